/** Words of the wire as the page has them. */
import { Phase } from '@remote-assist/codec'
import { AssistError, FileTransferError, HostError, type Participant, Role } from '@remote-assist/peer'
import { type Helper, isHere, type Present, type Problem, type Told } from './model.js'
import { plain } from './plain.js'
import { topicsOf } from './topics.js'

/** An error in words for a person. */
export function toldOf(error: unknown): Told {
  if (error instanceof AssistError || error instanceof HostError || error instanceof FileTransferError)
    return { code: error.code, message: error.message, hint: error.hint }
  if (isCode(error)) return { code: error.code, message: error.code, hint: undefined }
  return { code: 'E_UNEXPECTED', message: error instanceof Error ? error.message : String(error), hint: undefined }
}

/** Something that the page has words for. */
const isCode = (error: unknown): error is { readonly code: string } =>
  typeof error === 'object' && error !== null && !(error instanceof Error) && 'code' in error

/** Why a code did not let the person in. */
export function problemOf(error: unknown, code: string, nowMs: number): Problem {
  const { attemptsLeft, retryAfterMs } = error instanceof AssistError ? error : { attemptsLeft: undefined, retryAfterMs: undefined }
  // A link is whole or not; nobody mends one by hand, and it shows a secret.
  const typed = code.includes('#') ? '' : code
  return { ...toldOf(error), typed, attemptsLeft, againAtMs: retryAfterMs === undefined ? undefined : nowMs + retryAfterMs }
}

/** Somebody, as a person sees them. */
export const helperOf = ({ participant, role, displayName, organisation }: WhoIs): Helper => ({
  id: participant,
  name: plain(displayName),
  role: role === Role.VIEWER ? 'viewer' : 'agent',
  organisation: organisation === undefined || organisation === '' ? undefined : plain(organisation),
})

interface WhoIs extends Pick<Participant, 'participant' | 'role' | 'displayName'> {
  readonly organisation: string | undefined
}

/** Everybody but the customer who was let in, agents first. */
export const presentOf = (participants: readonly Participant[]): readonly Present[] =>
  participants
    .filter(({ role }) => role !== Role.CUSTOMER)
    .map(one => ({
      ...helperOf(one),
      inControl: one.inControl,
      recording: one.recording,
      away: one.phase === Phase.SUSPENDED,
      holds: topicsOf(one.grants),
    }))
    .filter(isHere)
    .sort((a, b) => Number(a.role === 'viewer') - Number(b.role === 'viewer'))
