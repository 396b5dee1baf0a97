/** Faults in what a receiver makes of a message by its rule, and of what it does not know. */
import { mutantsOf } from './mutant.js'

const RECORD = 'core/endpoint/customer/record.js'
const COUPLING = 'core/endpoint/customer/coupling.js'
const SESSION_OF_CUSTOMER = 'core/endpoint/customer/session.js'

export const RULES = mutantsOf('session', [
  [
    'unknown-unanswered',
    'RA-SES-008',
    'customer',
    RECORD,
    'if (kind === undefined)\n            unsupported(run, number, channel, sequence);\n        else',
    'if (kind !== undefined)',
    'A message of a later version is not answered.',
  ],
  [
    'unknown-answered-without-limit',
    'RA-SES-008',
    'agent',
    'core/endpoint/unsupported.js',
    'const PER_SECOND = 10;',
    'const PER_SECOND = 1_000;',
    'Every message of a later version is answered, however many come.',
  ],
  [
    'fatal-as-drop',
    'RA-SES-007',
    'customer',
    RECORD,
    "        case 'fatal':\n",
    "        case 'fatal':\n            return;\n",
    'What no role may ever send is passed over.',
  ],
  [
    'refusals-unsaid',
    'RA-SES-005',
    'customer',
    RECORD,
    'return sendTo(run, number, { channel, kind: refusalOf(message, verdict.reason) });',
    'return;',
    'What is refused is not answered.',
  ],
  [
    'phase-unasked',
    'RA-SES-003',
    'customer',
    RECORD,
    'phase: peer.machine.phase,\n    grants',
    "phase: 'active',\n    grants",
    'Whether a message is allowed does not depend on the phase.',
  ],
  [
    'unsupported-answered',
    'RA-SES-009',
    'customer',
    RECORD,
    'if (kind === undefined)\n            unsupported',
    "if (kind === undefined || kind.$case === 'unsupported')\n            unsupported",
    'An answer to an unknown message is answered.',
  ],
  [
    'features-descend',
    'RA-SES-203',
    'customer',
    COUPLING,
    'value: { names: run.state.capabilities } });',
    'value: { names: run.state.capabilities.toReversed() } });',
    'Features are announced in any order.',
  ],
  [
    'unknown-features-refused',
    'RA-SES-204',
    'customer',
    SESSION_OF_CUSTOMER,
    "return run.notify({ kind: 'capabilities', names: kind.value.names }, number);",
    "if (kind.value.names.some(name => !run.state.capabilities.includes(name)))\n                return stepPeer(run, number, { type: 'local.remove', code: CloseCode.MALFORMED });\n            return run.notify({ kind: 'capabilities', names: kind.value.names }, number);",
    'A feature of a later version ends the peer.',
  ],
  [
    'dropped-and-answered',
    'RA-SES-006',
    'customer',
    RECORD,
    "        case 'drop':\n            return;",
    "        case 'drop':\n            return sendTo(run, number, { channel: Channel.SESSION, kind: { $case: 'refused', value: { requestId: 0, reason: 1 } } });",
    'What is to be passed over is answered.',
  ],
])
