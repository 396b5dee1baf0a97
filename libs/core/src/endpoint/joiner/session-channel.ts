/** What the customer says on channel SESSION, at an agent or viewer; and what was asked of it. */
import { Channel, type Participant, RefusalReason } from '@remote-assist/codec'
import { after, type Instant } from '../../instant.js'
import { LocalProtocolError } from '../../machine.js'
import type { Kind } from '../../message.js'
import { felt } from '../alive.js'
import { engagedCustomer, patchCustomer, relink, sendToCustomer, stepPeer } from './customer.js'
import type { JoinerRun } from './events.js'
import { type Customer, isEngaged, MAX_REQUESTS, REQUEST_TIMEOUT_MS, type Request, self } from './state.js'

/** Sends a request; its answer, or its end, is `request.done`. */
export function ask(run: JoinerRun, request: Omit<Request, 'by'>, kind: Kind<Channel.SESSION>, timeoutMs = REQUEST_TIMEOUT_MS): void {
  const customer = engagedCustomer(run, `local.${request.what}`)
  if (customer.requests.length >= MAX_REQUESTS)
    throw new LocalProtocolError('session', customer.machine.phase, `local.${request.what}`, `${MAX_REQUESTS} requests are open already`)
  patchCustomer(run, { requests: [...customer.requests, { ...request, by: after(run.now, timeoutMs) }] })
  sendToCustomer(run, { channel: Channel.SESSION, kind })
}

/** Ends the requests that `which` names. */
export function settle(run: JoinerRun, which: (request: Request) => boolean, refusal: RefusalReason): void {
  const { customer } = run.state
  if (customer === undefined) return
  const done = customer.requests.filter(which)
  if (done.length === 0) return
  patchCustomer(run, { requests: customer.requests.filter(request => !done.includes(request)) })
  for (const { requestId } of done) run.notify({ kind: 'request.done', requestId, refusal }, customer.number)
}

/** A ticket lies where it was asked for; one that nobody awaits any more is taken back (RA-SES-169). */
function ready(run: JoinerRun, { requests, number }: Customer, { requestId, secret }: { readonly requestId: number; readonly secret: Uint8Array }): void {
  const asked = requests.find(it => it.what === 'rejoin' && it.requestId === requestId)
  if (asked === undefined) return cancelRejoin(run, requestId)
  run.patch({ rejoin: { requestId, until: asked.until as Instant } })
  run.notify({ kind: 'rejoin.ready', requestId, secret }, number)
  settle(run, it => it === asked, RefusalReason.UNSPECIFIED)
}

const cancelRejoin = (run: JoinerRun, requestId: number): void =>
  sendToCustomer(run, { channel: Channel.SESSION, kind: { $case: 'rejoinCancel', value: { requestId } } })

/** Nobody comes back any more by the ticket of this request; `tell`: the customer takes it away. */
export function endRejoin(run: JoinerRun, tell: boolean): void {
  const { rejoin, customer } = run.state
  if (rejoin === undefined) return
  run.patch({ rejoin: undefined })
  if (tell && customer !== undefined && isEngaged(customer)) cancelRejoin(run, rejoin.requestId)
  run.notify({ kind: 'rejoin.over', requestId: rejoin.requestId })
}

const isGone = (list: readonly Participant[], participant: number): boolean => !list.some(it => it.participant === participant)

/** The matrix has let it pass. */
export function onSession(run: JoinerRun, customer: Customer, kind: Kind<Channel.SESSION>): void {
  const { number } = customer
  switch (kind.$case) {
    case 'decision':
      return stepPeer(run, { type: 'remote.decision', value: kind.value })
    case 'grantChanged':
      return stepPeer(run, { type: 'remote.grantChanged', value: kind.value })
    case 'pause':
      return stepPeer(run, { type: 'remote.pause', value: kind.value })
    case 'unpause':
      return stepPeer(run, { type: 'remote.unpause', value: kind.value })
    case 'stop':
      return stepPeer(run, { type: 'remote.stop', value: kind.value })
    case 'participants': {
      const { revision, participants } = kind.value
      patchCustomer(run, { participants })
      run.notify({ kind: 'participants', revision, participants }, number)
      return settle(run, it => it.what === 'remove' && isGone(participants, it.participant), RefusalReason.UNSPECIFIED)
    }
    case 'controlLease': {
      const { holder, leaseEpoch, heldOffMs } = kind.value
      patchCustomer(run, { lease: kind.value })
      run.notify({ kind: 'control', holder, epoch: leaseEpoch, heldOff: heldOffMs > 0 }, number)
      if (holder === self(run.state)) settle(run, it => it.what === 'control', RefusalReason.UNSPECIFIED)
      return
    }
    case 'leadChanged':
      run.patch({ lead: kind.value.participant })
      return run.notify({ kind: 'lead', participant: kind.value.participant }, number)
    case 'inviteRegistered':
      return settle(run, it => it.requestId === kind.value.requestId, RefusalReason.UNSPECIFIED)
    case 'rejoinReady':
      return ready(run, customer, kind.value)
    case 'rejoinCancel':
      return kind.value.requestId === run.state.rejoin?.requestId ? endRejoin(run, false) : undefined
    case 'refused':
      return settle(run, it => it.requestId === kind.value.requestId, kind.value.reason)
    case 'capabilities':
      patchCustomer(run, { capabilities: kind.value.names })
      return run.notify({ kind: 'capabilities', names: kind.value.names }, number)
    case 'platformInfo':
      patchCustomer(run, { platform: kind.value })
      return run.notify({ kind: 'platform', platform: kind.value }, number)
    case 'recordingState':
      return run.notify({ kind: 'recording', ...kind.value }, number)
    case 'mediaKey':
      return run.notify({ kind: 'media.key', message: kind.value }, number)
    case 'capability':
      return run.notify({ kind: 'capability', signed: kind.value.signed }, number)
    case 'wordsConfirmed':
      patchCustomer(run, { wordsConfirmed: true })
      return run.notify({ kind: 'words', participant: kind.value.participant }, number)
    case 'auditEntry':
    case 'auditSign':
      return run.notify({ kind: 'audit', message: kind }, number)
    case 'alive': {
      const { pulse, lost } = felt(customer.pulse, kind.value, run.now)
      patchCustomer(run, { pulse })
      if (pulse.rttMs !== undefined && pulse.rttMs !== customer.pulse.rttMs) run.notify({ kind: 'quality', rttMs: pulse.rttMs }, number)
      if (lost) relink(run)
      return
    }
    default:
      return
  }
}
