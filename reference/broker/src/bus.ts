/** How frames and orders reach a participant wherever it is attached: in memory here; over a message system where there are several brokers. */
import type { CloseCode, RelayMessage } from '@remote-assist/codec'

/** A relay message that the broker sends: `{ $case: 'roster', value: {…} }`. */
export type RelayKind = NonNullable<RelayMessage['kind']>

/** The connection of a participant, as the bus sees it. */
export interface Receiver {
  readonly incarnation: number
  /** Queues a frame of another participant, the bytes as they came. `droppable`: a DropMedia may discard it. */
  forward(frame: Uint8Array, source: number, droppable: boolean): void
  /** Queues a message of the broker behind what is queued. */
  tell(message: RelayKind): void
  /** Discards queued droppable frames of that source. */
  drop(source: number): void
  /** Ends the connection; `bye` says goodbye first. The room knows already. */
  end(code: CloseCode, bye: boolean): void
}

/** Delivers to participants by session and number. What is for nobody attached is discarded (RA-RLY-168). */
export interface Bus {
  /** From now on `receiver` is the participant's connection, until the returned function is called or another takes its place. */
  attach(sessionId: string, participant: number, receiver: Receiver): () => void
  forward(sessionId: string, target: number, frame: Uint8Array, source: number, droppable: boolean): void
  tell(sessionId: string, target: number, message: RelayKind): void
  drop(sessionId: string, target: number, source: number): void
  /** Ends the connection of that incarnation, if it is still the participant's. */
  end(sessionId: string, participant: number, incarnation: number, code: CloseCode, bye: boolean): void
}

/** A bus within this process: everything happens within the call. */
export function memoryBus(): Bus {
  const rooms = new Map<string, Map<number, Receiver>>()
  return {
    attach(sessionId, participant, receiver) {
      const room = rooms.get(sessionId) ?? new Map<number, Receiver>()
      rooms.set(sessionId, room.set(participant, receiver))
      return () => {
        if (room.get(participant) !== receiver) return
        room.delete(participant)
        if (room.size === 0) rooms.delete(sessionId)
      }
    },
    forward: (sessionId, target, frame, source, droppable) => rooms.get(sessionId)?.get(target)?.forward(frame, source, droppable),
    tell: (sessionId, target, message) => rooms.get(sessionId)?.get(target)?.tell(message),
    drop: (sessionId, target, source) => rooms.get(sessionId)?.get(target)?.drop(source),
    end(sessionId, participant, incarnation, code, bye) {
      const receiver = rooms.get(sessionId)?.get(participant)
      if (receiver?.incarnation === incarnation) receiver.end(code, bye)
    },
  }
}
