/** The walk: every world that can come about, each looked at once. */
import { createHash } from 'node:crypto'
import { Role } from '@remote-assist/codec'
import type { CustomerState, JoinerState } from '@remote-assist/core'
import { Breach } from '../breach.js'
import { canonical } from './canon.js'
import { choices } from './choices.js'
import { begin, NAMES, type World } from './world.js'

export interface Finding {
  readonly message: string
  /** The names of the choices that lead there. */
  readonly path: readonly string[]
}

export interface Walk {
  readonly states: number
  readonly transitions: number
  readonly complete: boolean
  readonly violations: readonly Finding[]
  /** Worlds that are still, where somebody waits for what cannot come, or the ends see things differently. */
  readonly stuck: readonly Finding[]
}

interface Trail {
  readonly step: string
  readonly before: Trail | undefined
}

const path = (trail: Trail | undefined): string[] => {
  const steps: string[] = []
  for (let it = trail; it !== undefined; it = it.before) steps.push(it.step)
  return steps.reverse()
}

/** Findings beyond this many add nothing. */
const MAX_FINDINGS = 10

export function walk(drops: number, max: number, progress: (states: number, queued: number) => void): Walk {
  const seen = new Set<string>()
  const violations: Finding[] = []
  const stuck: Finding[] = []
  let transitions = 0
  let frontier: { readonly world: World; readonly trail: Trail | undefined }[] = [{ world: begin(drops), trail: undefined }]
  while (frontier.length > 0 && seen.size < max && violations.length < MAX_FINDINGS && stuck.length < MAX_FINDINGS) {
    const next: typeof frontier = []
    for (const { world, trail } of frontier) {
      try {
        const possible = choices(world)
        const objection = isStill(world) ? disagreement(world) : undefined
        if (objection !== undefined) stuck.push({ message: objection, path: path(trail) })
        for (const choice of possible) {
          transitions++
          const key = digest(canonical(choice.next))
          if (seen.has(key)) continue
          seen.add(key)
          next.push({ world: choice.next, trail: { step: choice.name, before: trail } })
        }
      } catch (error) {
        if (!(error instanceof Breach)) throw error
        violations.push({ message: error.message, path: path(trail) })
      }
      if (violations.length >= MAX_FINDINGS || stuck.length >= MAX_FINDINGS || seen.size >= max) break
    }
    frontier = next
    progress(seen.size, frontier.length)
  }
  return { states: seen.size, transitions, complete: frontier.length === 0, violations, stuck }
}

const digest = (text: string): string => createHash('sha1').update(text).digest('base64')

const PHASES_OF_REST = ['active', 'paused', 'gone', undefined]

/** Nothing is under way and every line is up, so that only time can change anything. */
const isStill = (world: World): boolean =>
  NAMES.every(name => world.ends[name].toBroker.length === 0 && world.ends[name].toEnd.length === 0 && (world.ends[name].up || world.ends[name].token === ''))

/** What two ends that are both up, with nothing under way, see differently. Waiting phases have deadlines of their own and are left to time. */
function disagreement(world: World): string | undefined {
  const state = world.ends.customer.state as CustomerState
  if (state.session.phase !== 'live') return undefined
  for (const peer of state.peers.values()) {
    const name = peer.role === Role.AGENT ? 'agent' : 'viewer'
    const end = world.ends[name]
    const other = (end.state as JoinerState).customer
    if (end.participant !== peer.number || other === undefined || end.state.session.phase !== 'live') continue
    const ours = peer.machine.phase
    const theirs = other.machine.phase
    if (!PHASES_OF_REST.includes(ours) || !PHASES_OF_REST.includes(theirs) || ours === 'gone' || theirs === 'gone') continue
    if (ours !== theirs) return `the customer is ${ours} with the ${name}, who is ${theirs}`
    const list = (machine: typeof peer.machine | typeof other.machine): string =>
      ('grants' in machine ? (machine.grants ?? []) : []).map(grant => grant.permission).join(' ')
    if (list(peer.machine) !== list(other.machine)) return `the ${name} holds ${list(peer.machine)} to the customer, and ${list(other.machine)} to itself`
    if (other.participants.length !== state.told.participants.length)
      return `the ${name} was told of ${other.participants.length} participants, and there are ${state.told.participants.length}`
    if (other.lease?.leaseEpoch !== state.lease.epoch)
      return `the lease's epoch is ${state.lease.epoch} to the customer, and ${other.lease?.leaseEpoch} to the ${name}`
  }
  return undefined
}
