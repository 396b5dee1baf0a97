/** What the session and the grants mean for each channel at an agent or viewer. The customer decides again: this only keeps the honest from asking in vain. */
import { Permission, Role } from '@remote-assist/codec'
import { holds } from '../../peer/grants.js'
import { FEATURE } from '../features.js'
import { flowOf } from '../flow.js'
import { effectivePolicy } from '../policy.js'
import { type Customer, grantsOf, isEngaged, type JoinerPermits, type JoinerState, self } from './state.js'

export function permitsFor(state: JoinerState, customer: Customer): JoinerPermits {
  const grants = grantsOf(customer)
  const engaged = isEngaged(customer)
  const active = customer.machine.phase === 'active'
  const agent = state.role === Role.AGENT
  const may = (permission: Permission): boolean => engaged && holds(grants, permission)
  const { lease, channels, capabilities } = customer
  const inControl = lease?.holder === self(state)
  const { consentTimeoutMs, maxFileBytes, maxSessionBytes, maxTransferEntries } = effectivePolicy(state.policy)
  return {
    screen: { view: may(Permission.VIEW_SCREEN) },
    input: {
      open: agent && engaged,
      control: agent && active && inControl && lease.heldOffMs === 0 && may(Permission.CONTROL_INPUT),
      epoch: lease?.leaseEpoch ?? 0,
      layoutEpoch: channels.screen.layout.epoch,
      text: capabilities.includes(FEATURE.text),
    },
    clipboard: {
      toCustomer: agent && may(Permission.CLIPBOARD_TO_CUSTOMER),
      fromCustomer: agent && may(Permission.CLIPBOARD_FROM_CUSTOMER),
      flowing: active,
      reset: !engaged,
    },
    file: {
      toCustomer: agent && (!engaged || may(Permission.FILES_TO_CUSTOMER)),
      fromCustomer: agent && (!engaged || may(Permission.FILES_FROM_CUSTOMER)),
      flow: flowOf(customer.machine.phase),
      maxFileBytes,
      maxSessionBytes,
      elsewhereBytes: 0n,
      maxEntries: maxTransferEntries,
      consentTimeoutMs,
    },
    elevation: {
      open: agent && engaged,
      elevate: may(Permission.ELEVATE),
      runCommand: may(Permission.RUN_COMMAND),
      credentials: capabilities.includes(FEATURE.credentials),
      consentTimeoutMs,
    },
    chat: { open: may(Permission.CHAT), author: 0 },
    annotation: { open: agent && active, annotate: may(Permission.ANNOTATE), view: may(Permission.VIEW_SCREEN), author: 0 },
  }
}
