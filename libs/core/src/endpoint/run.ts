/** What a step at an end collects: the newest state and, in order, what to do about it. The state handed in is never changed. */
import type { CloseCode } from '@remote-assist/codec'
import type { Instant } from '../instant.js'
import type { Step, Violation } from '../machine.js'
import type { Message } from '../message.js'

/** A message to send: on RELAY to the broker (`to` empty), else to these participants. More than one only on MEDIA. */
export type Send = Message & { readonly type: 'send'; readonly to: readonly number[] }

/** What an end asks of its driver. `peer` 0 = the session as a whole. */
export type Effect<N> =
  | Send
  | { readonly type: 'notify'; readonly peer: number; readonly notice: N }
  | (Violation & { readonly peer: number })
  | { readonly type: 'close'; readonly code: CloseCode }

export class Run<S, N> {
  readonly effects: Effect<N>[] = []
  constructor(
    public state: S,
    readonly now: Instant,
  ) {}

  patch(change: Partial<S>): void {
    this.state = { ...this.state, ...change }
  }

  send(message: Message, ...to: readonly number[]): void {
    this.effects.push({ type: 'send', to, ...message })
  }

  notify(notice: N, peer = 0): void {
    this.effects.push({ type: 'notify', peer, notice })
  }

  violation(peer: number, phase: string, event: string, code: CloseCode): void {
    this.effects.push({ type: 'violation', peer, phase, event, code })
  }

  done(): Step<S, Effect<N>> {
    return { state: this.state, effects: this.effects }
  }
}

/** Rounds until a fixed point. Few are needed, since each consequence has its own in the next round; more would be a fault of ours. */
const MAX_ROUNDS = 16

/** Applies the rules in order, again and again, until none of them changes the state. Throws if they never come to rest. */
export function settleDown<S, N>(run: Run<S, N>, ...rules: readonly ((run: Run<S, N>) => void)[]): void {
  for (let round = 0; round < MAX_ROUNDS; round++) {
    const before = run.state
    for (const rule of rules) rule(run)
    if (run.state === before) return
  }
  throw new Error('the coupling found no fixed point')
}
