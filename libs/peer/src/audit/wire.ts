/** Entries and signatures as channel SESSION carries them, and what both ends agree on beyond their bytes. */
import type { AuditEntry, AuditSign } from '@remote-assist/codec'
import type { AuditMessage, AuditSignature } from '@remote-assist/secure'
import type { Clock } from '../clock.js'

/** So long does an end that leaves wait for the last signatures, in ms. */
export const LAST_WORDS_MS = 1_000

/** An entry for the wire. */
export const entryKind = ({ index, entry }: AuditMessage) => ({ $case: 'auditEntry', value: { index: BigInt(index), entry } }) as const

/** What an agent says of its going with a signature. */
export type Leaving = Pick<AuditSign, 'leaving' | 'endsSession'>

/** Nobody goes. */
export const STAYS: Leaving = { leaving: false, endsSession: false }

/** A signature for the wire. */
export const signKind = ({ index, head, signature }: AuditSignature, { leaving, endsSession } = STAYS) =>
  ({ $case: 'auditSign', value: { index: BigInt(index), head, signature, leaving, endsSession } }) as const

/** An entry from the wire; a number beyond all counting stays one that is never the next. */
export const entryOf = ({ index, entry }: AuditEntry): AuditMessage => ({ index: Number(index), entry })

/** A signature from the wire. */
export const signOf = ({ index, head, signature }: AuditSign): AuditSignature => ({ index: Number(index), head, signature })

/** Resolves when `done` is called, and after `LAST_WORDS_MS` in any case. */
export function lastWords(clock: Clock): { readonly over: Promise<void>; readonly done: () => void } {
  let resolve = (): void => undefined
  const over = new Promise<void>(settle => {
    resolve = settle
  })
  const cancel = clock.setTimer((clock.now() + LAST_WORDS_MS) as ReturnType<Clock['now']>, resolve)
  return {
    over,
    done: () => {
      cancel()
      resolve()
    },
  }
}
