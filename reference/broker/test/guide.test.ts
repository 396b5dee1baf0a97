import { readFile } from 'node:fs/promises'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { brokerCommand } from '../src/command.js'
import { type Made, Rig } from './rig.js'

const guide = await readFile(new URL('../../../docs/guides/broker.md', import.meta.url), 'utf8')

test('the guide lists every option of the command, and no other', () => {
  const listed = [...guide.matchAll(/^\| `(--[^`]+)` \|/gm)].map(([, flags]) => flags)
  expect(listed).toEqual(brokerCommand().options.map(({ flags }) => flags))
})

/** The words of a command line as a shell splits them, variables replaced. */
const words = (line: string, variables: Readonly<Record<string, string>>): readonly string[] =>
  [...line.matchAll(/'([^']*)'|"([^"]*)"|(\S+)/g)].map(
    ([, single, double, plain = '']) => single ?? (double ?? plain).replace(/\$([A-Z_]+)/g, (_all, name) => variables[name] ?? ''),
  )

describe('the guide’s examples', () => {
  const lines = guide.split('\n').filter(line => line.startsWith('curl '))
  const variables: Record<string, string> = {}
  let rig: Rig
  beforeAll(async () => {
    rig = await Rig.start()
  })
  afterAll(() => rig.stop())

  test.each(lines)('%s', async line => {
    const [, ...args] = words(line, variables)
    let [method, path, body] = ['GET', '', undefined as string | undefined]
    const headers: Record<string, string> = {}
    for (let i = 0; i < args.length; i++) {
      const arg = args[i] ?? ''
      if (arg === '-X') method = args[++i] ?? ''
      else if (arg === '-d') body = args[++i]
      else if (arg === '-H') headers[(args[++i] ?? '').split(': ')[0] ?? ''] = (args[i] ?? '').split(': ')[1] ?? ''
      else if (arg !== '-s') path = arg.replace('http://127.0.0.1:8080', '')
    }
    const { status, body: answer } = await rig.call<Partial<Made>>(method, path, body, headers)
    expect([200, 201]).toContain(status)
    if (answer.agentToken !== undefined) variables.AGENT_TOKEN = answer.agentToken
    if (answer.session?.locator !== undefined) Object.assign(variables, { SESSION: answer.session.sessionId, LOCATOR: answer.session.locator })
  })

  test('are several', () => {
    expect(lines.length).toBeGreaterThan(8)
  })
})

test('the guide names every metric of the broker', async () => {
  const rig = await Rig.start()
  const { body } = await rig.call<string>('GET', '/metrics')
  await rig.stop()
  const ours = [...body.matchAll(/^# TYPE (remote_assist_\w+) /gm)].map(([, name]) => name)
  expect(ours.length).toBeGreaterThan(5)
  for (const name of ours) expect(guide).toMatch(new RegExp(`^\\| \`${name}[\`{]`, 'm'))
})
