/** The agent's hands on a session: input goes out while this agent is in control, and is dropped otherwise. */
import { AssistError, type Session } from '@remote-assist/peer'
import type { Hands } from './surface.js'

/** What the hands ask of the console. */
export interface HandsOptions {
  /** Nothing keeps input from being sent: no pause, no line that is down. */
  live(): boolean
  /** The picture was pressed while this agent is not in control. */
  pressed(): void
  /** The keyboard is to leave the picture. */
  leave(): void
}

/** Hands that send while this agent is in control of a live session. */
export function handsOf({ input, control, screens }: Session, { live, pressed, leave }: HandsOptions): Hands {
  const active = () => control.state.ours && screens.current !== undefined && live()
  /** Control may end between a look at it and the call: then the event is dropped, as it would be a moment later. */
  const send = (call: () => void) => {
    if (!active()) return
    try {
      call()
    } catch (error) {
      if (!(error instanceof AssistError)) throw error
    }
  }
  return {
    active,
    pressed,
    leave,
    down: (usage, locks) => send(() => input.down(usage, { locks })),
    up: (usage, locks) => send(() => input.up(usage, { locks })),
    text: text => send(() => input.type(text)),
    releaseAll: () => send(() => input.releaseAll()),
    move: ({ x, y }) => send(() => input.pointer.move(x, y)),
    buttonDown: button => send(() => input.pointer.down(button)),
    buttonUp: button => send(() => input.pointer.up(button)),
    wheel: (x, y) => send(() => input.pointer.wheel(x, y)),
  }
}
