/** What the session, the grants, the lease and elevation mean for each channel of a peer: every rule that crosses channels at the customer. */
import { Permission, RefusalReason, Role } from '@remote-assist/codec'
import { holderOf } from '../../lease/lease.js'
import { holds } from '../../peer/grants.js'
import { FEATURE } from '../features.js'
import { flowOf } from '../flow.js'
import { effectivePolicy } from '../policy.js'
import { type CustomerPeer, type CustomerState, grantsOf, isEngaged, type Permits } from './state.js'

function secureKeys(state: CustomerState, peer: CustomerPeer): RefusalReason | undefined {
  if (!holds(grantsOf(peer), Permission.SECURE_KEYS)) return RefusalReason.NO_GRANT
  if (peer.channels.elevation.phase === 'elevated' && !state.platform.canSendSecureKeys) return RefusalReason.UNSUPPORTED
  return peer.channels.elevation.phase === 'elevated' ? undefined : RefusalReason.NOT_ELEVATED
}

/** The local user is asked for elevation, or for a way back: nothing is injected meanwhile, so that nobody else can answer (RA-ELV-004, RA-SES-163). */
const isAsked = ({ peers, rejoin }: CustomerState): boolean =>
  rejoin.phase === 'asked' || [...peers.values()].some(({ channels }) => channels.elevation.phase === 'consent')

/** Bytes of files that passed with the others, whatever became of those; 0 where they are not limited. */
function elsewhereBytes({ peers, goneBytes }: CustomerState, { number }: CustomerPeer, maxSessionBytes: bigint): bigint {
  if (maxSessionBytes === 0n) return 0n
  return [...peers.values()].reduce((sum, other) => (other.number === number ? sum : sum + other.channels.file.movedBytes), goneBytes)
}

export function permitsFor(state: CustomerState, peer: CustomerPeer): Permits {
  const grants = grantsOf(peer)
  const may = (permission: Permission): boolean => holds(grants, permission)
  const engaged = isEngaged(peer)
  const active = peer.machine.phase === 'active'
  const { lease, layout } = state
  const inControl = holderOf(lease) === peer.number
  const { consentTimeoutMs, maxFileBytes, maxSessionBytes, maxTransferEntries, maxElevationMs, requireWordsBeforeElevation } = effectivePolicy(state.policy)
  return {
    screen: { view: engaged && may(Permission.VIEW_SCREEN), flowing: active, layout },
    input: {
      open: engaged,
      control: active && lease.phase === 'held' && inControl && may(Permission.CONTROL_INPUT) && !isAsked(state),
      epoch: lease.epoch,
      layout,
      secureKeys: secureKeys(state, peer),
    },
    clipboard: {
      toCustomer: may(Permission.CLIPBOARD_TO_CUSTOMER),
      fromCustomer: may(Permission.CLIPBOARD_FROM_CUSTOMER),
      flowing: active,
      reset: !engaged,
    },
    file: {
      toCustomer: !engaged || may(Permission.FILES_TO_CUSTOMER),
      fromCustomer: !engaged || may(Permission.FILES_FROM_CUSTOMER),
      flow: flowOf(peer.machine.phase),
      maxFileBytes,
      maxSessionBytes,
      elsewhereBytes: elsewhereBytes(state, peer, maxSessionBytes),
      maxEntries: maxTransferEntries,
      consentTimeoutMs,
    },
    elevation: {
      open: engaged,
      paused: peer.machine.phase === 'paused',
      elevate: may(Permission.ELEVATE),
      runCommand: may(Permission.RUN_COMMAND),
      inControl,
      available: state.platform.canElevate,
      credentials: state.capabilities.includes(FEATURE.credentials),
      busy: [...state.peers.values()].some(other => other.number !== peer.number && other.channels.elevation.phase !== 'none'),
      maxMs: maxElevationMs,
      consentTimeoutMs,
      words: peer.words !== 'open' || !requireWordsBeforeElevation,
      locked: state.locked,
      tries: state.tries,
    },
    chat: { open: engaged && may(Permission.CHAT), author: peer.number },
    // A viewer has no annotation channel: what others draw reaches it in the picture alone.
    annotation: { open: active && peer.role === Role.AGENT, annotate: may(Permission.ANNOTATE), view: may(Permission.VIEW_SCREEN), author: peer.number },
  }
}
