/** Faults of agents: in what they send, prove and keep count of. */
import { mutantsOf } from './mutant.js'

const GRANTEE = 'core/peer/grantee.js'
const JOINER_END = 'core/endpoint/joiner/joiner.js'
const SOURCE = 'core/channels/input/source.js'
const CLIPBOARD = 'core/channels/clipboard/clipboard.js'
const CHECK = 'secure/handshake/check.js'
const LIMITS = 'secure/records/limits.js'
const EXCHANGE = 'peer/security/exchange.js'
const AGENT = 'peer/api/agent.js'

/** Faults of agents, and of those whose like a viewer has as well. */
export const AGENTS = [
  ...mutantsOf('input', [
    [
      'numbers-anew-with-each-lease',
      'RA-INP-006',
      'agent',
      SOURCE,
      'const next = permit.open ? { permit, seq: s.seq, requests: s.requests } :',
      'const next = permit.open ? { permit, seq: permit.epoch === s.permit.epoch ? s.seq : 0, requests: s.requests } :',
      'An agent counts its events anew under each lease.',
    ],
    [
      'numbers-outlive-the-line',
      'RA-INP-006',
      'agent',
      SOURCE,
      '{ permit, seq: 0, requests: [] };\n    return go(permit.control',
      '{ permit, seq: s.seq, requests: [] };\n    return go(permit.control',
      'After a return an agent goes on with the numbers of the line before.',
    ],
    [
      'released-keys-told-as-held',
      'RA-INP-041',
      'agent',
      SOURCE,
      'return down ? [...others, item].sort((a, b) => a - b) : others;',
      'return down ? [...others, item].sort((a, b) => a - b) : held;',
      'An agent says of keys that were released that they are down.',
    ],
    [
      'held-buttons-left-out',
      'RA-INP-041',
      'agent',
      SOURCE,
      'hidUsages: s.keys, buttons: s.buttons }',
      'hidUsages: s.keys, buttons: [] }',
      'An agent does not say which buttons it holds.',
    ],
  ]),
  ...mutantsOf('clipboard', [
    [
      'copied-text-offered-while-off',
      'RA-CLP-005',
      'agent',
      CLIPBOARD,
      "s.phase === 'flowing' && carries(s, outgoing(s));",
      "s.phase === 'flowing';",
      'An agent offers what is copied while the direction is off.',
    ],
    [
      'offer-of-before-served',
      'RA-CLP-010',
      'agent',
      CLIPBOARD,
      'const format = s.own?.offerId === offerId ? s.own.formats.find(it => it.mime === mime) : undefined;',
      'const format = s.own?.formats.find(it => it.mime === mime);',
      'An agent serves an offer that another one has replaced.',
    ],
    [
      'offers-of-an-agent-without-pause',
      'RA-CLP-017',
      'agent',
      CLIPBOARD,
      'offerFrom: after(now, OFFER_INTERVAL_MS)',
      'offerFrom: after(now, 0)',
      'An agent offers as often as something is copied.',
    ],
  ]),
  ...mutantsOf('security', [
    [
      'drawn-once',
      'RA-SEC-037',
      'agent',
      EXCHANGE,
      'start: kind.value, random: random.bytes(HANDSHAKE_RANDOM_BYTES), secrets',
      'start: kind.value, random: new Uint8Array(HANDSHAKE_RANDOM_BYTES).fill(7), secrets',
      'An agent has the same nonce and scalar in every exchange.',
    ],
    [
      'sixth-code-made',
      'RA-SEC-065',
      'agent',
      AGENT,
      'if (this.#codes > MAX_CODES)\n            throw',
      'if (this.#codes > 10 * MAX_CODES)\n            throw',
      'A session has as many codes as anybody likes.',
    ],
    [
      'policy-of-anybody',
      'RA-SEC-027',
      'agent',
      CHECK,
      "if (!sameBytes(theirs.policyHash, ours.policyHash))\n        return 'POLICY';",
      '',
      'An agent secures a customer that was told another policy.',
    ],
    [
      'version-of-anybody',
      'RA-SEC-028',
      'agent',
      CHECK,
      "return minorOf(ours.version, theirs.version) === undefined ? 'VERSION' : undefined;",
      'return undefined;',
      'An agent secures a customer with which it has no version in common.',
    ],
    [
      'proven-and-not-let-in',
      'RA-SEC-020',
      'agent',
      GRANTEE,
      'const admit = before.host.candidate ? [',
      'const admit = before.host.candidate && before.secured ? [',
      'A lead does not let in the customer that has proven the code.',
    ],
    [
      'viewer-keys-for-ever',
      'RA-SEC-213',
      'viewer',
      LIMITS,
      'export const PACE = { records: 4_194_304, ms: 600_000 };',
      'export const PACE = { records: 4_194_304, ms: 86_400_000 };',
      'A viewer seals with the same keys for longer than ten minutes.',
    ],
  ]),
  ...mutantsOf('session', [
    [
      'rules-unheeded',
      'RA-SES-004',
      'viewer',
      JOINER_END,
      "if (verdict.do === 'drop')\n        return;\n    if (channel === Channel.SESSION)",
      'if (channel === Channel.SESSION)',
      'A viewer acts on messages that are not allowed at that moment.',
    ],
  ]),
]
