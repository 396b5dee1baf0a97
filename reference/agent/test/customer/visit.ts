import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { Agent, type Session } from '@remote-assist/peer'
import { diskFiles } from '@remote-assist/peer/node'
import { connect } from '@remote-assist/transport-websocket'
import type { BrowserContext, Page } from 'playwright-core'
import { afterAll, afterEach, beforeAll, beforeEach, expect } from 'vitest'
import { startStage } from '../../scripts/stage.mjs'
import { startSharingBrowser } from '../../scripts/x-screen.mjs'
import { complaintsOf, part } from '../customer-page.js'

/** How long something may take on a loaded machine. */
export const PATIENT = { timeout: 20_000 }

/** What a page picked last. */
export interface Kept {
  picked: MediaStream
}

/** A broker, and a browser that shares a display, for the tests of a file; a context of its own for each of them, in which no page complains of anything. */
export function useVisit() {
  let agents: Agent[]
  const visit = {
    stage: undefined as unknown as Awaited<ReturnType<typeof startSharingBrowser>>,
    broker: undefined as unknown as Awaited<ReturnType<typeof startStage>>,
    context: undefined as unknown as BrowserContext,
    /** What pages said that is wrong; a test that expects something takes it out. */
    complaints: [] as readonly string[],
    /** Where the agents' files are. */
    folder: '',

    /** An agent without a page. */
    async newAgent(options: Partial<Parameters<typeof Agent.create>[0]> = {}): Promise<Agent> {
      const files = diskFiles({ folder: visit.folder })
      const agent = await Agent.create({ transport: connect, brokerUrl: visit.broker.url, displayName: 'Ada', files, ...options })
      agents.push(agent)
      return agent
    },

    async openJoin(query = '?name=Eva'): Promise<Page> {
      const page = await visit.context.newPage()
      await page.goto(`${visit.broker.url}/join${query}`)
      return page
    },

    /** A session of an agent with a page that allowed these switches beside what is on already. */
    async share(allowed: readonly string[] = []): Promise<{ readonly page: Page; readonly agent: Agent; readonly session: Session }> {
      const agent = await visit.newAgent()
      const joined = agent.customer()
      const page = await visit.openJoin()
      await typePin(page, agent.pin.grouped)
      for (const name of allowed) await page.getByRole('switch', { name }).check()
      await press(page, 'Start')
      const session = await joined
      await part(page, 'bar').waitFor()
      return { page, agent, session }
    },
  }

  beforeAll(async () => {
    visit.broker = await startStage(undefined, { graceMs: 5_000 })
    visit.stage = await startSharingBrowser()
    visit.folder = await mkdtemp(join(tmpdir(), 'remote-assist-page-'))
  })
  afterAll(async () => {
    await visit.stage?.close()
    await visit.broker?.close()
    await rm(visit.folder, { recursive: true, force: true })
  })
  beforeEach(async () => {
    agents = []
    visit.context = await visit.stage.browser.newContext({
      viewport: { width: 980, height: 760 },
      locale: 'en',
      permissions: ['clipboard-read', 'clipboard-write'],
    })
    visit.context.setDefaultTimeout(PATIENT.timeout)
    visit.complaints = complaintsOf(visit.context)
    await visit.context.addInitScript(() => {
      const { mediaDevices } = navigator as { readonly mediaDevices?: MediaDevices }
      // An empty page has none.
      if (mediaDevices === undefined) return
      const pick = mediaDevices.getDisplayMedia.bind(mediaDevices)
      mediaDevices.getDisplayMedia = async wish => {
        const picked = await pick(wish)
        ;(globalThis as unknown as Kept).picked = picked
        return picked
      }
    })
  })
  afterEach(async () => {
    for (const agent of agents) agent.leave()
    await visit.context.close()
    expect(visit.complaints).toEqual([])
  })
  return visit
}

/** Presses the button of this name. */
export const press = (page: Page, name: string | RegExp) => page.getByRole('button', { name, exact: typeof name === 'string' }).click()

/** Types a PIN, or pastes a link, and sends it. */
export async function typePin(page: Page, pin: string): Promise<void> {
  await page.getByLabel('PIN').fill(pin)
  await page.keyboard.press('Enter')
}
