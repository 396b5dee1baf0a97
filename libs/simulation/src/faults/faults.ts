/** Faults that are planted one at a time into a copy of the built core: each must be found by the simulation or the explorer. */

export interface Fault {
  readonly name: string
  readonly kind: 'table' | 'coupling' | 'deadline' | 'security'
  /** Where it is planted. */
  readonly package: 'core' | 'secure'
  /** The built file, below the package's `dist`. */
  readonly file: string
  /** Stands there exactly once. */
  readonly find: string
  readonly replace: string
  readonly foundBy: 'simulation' | 'explorer' | 'attack' | 'real simulation' | 'real attack'
  /** The seed to begin with: one that showed it, so that a search is short. Sessions change with the code; a search from a seed that shows it no more goes on from there. */
  readonly from: number
}

const GRANTOR = 'peer/grantor.js'
const GRANTEE = 'peer/grantee.js'
const LEASE = 'lease/lease.js'
const PERMITS = 'endpoint/customer/permits.js'
const COUPLING = 'endpoint/customer/coupling.js'
const CUSTOMER = 'endpoint/customer/customer.js'
const SINK = 'channels/input/sink.js'

const fault = (kind: Fault['kind'], foundBy: Fault['foundBy'], name: string, file: string, find: string, replace: string, from = 1): Fault => ({
  kind,
  package: kind === 'security' ? 'secure' : 'core',
  foundBy,
  name,
  file,
  find,
  replace,
  from,
})

export const FAULTS: readonly Fault[] = [
  // Handlers that do not do what their cell of the table means
  fault(
    'table',
    'explorer',
    'a joiner that is told of a pause goes on',
    GRANTEE,
    "const pause = (s) => go({ ...s, phase: 'paused' }, entered('paused'))",
    'const pause = (s) => stay(s)',
  ),
  fault(
    'table',
    'simulation',
    'a customer that goes on tells nobody',
    GRANTOR,
    "phase: 'active', paused: false }, send({ $case: 'unpause', value: {} }), entered('active'))",
    "phase: 'active', paused: false }, entered('active'))",
    32,
  ),
  fault(
    'table',
    'simulation',
    'who becomes active during a pause is not paused',
    GRANTOR,
    "const phase = s.paused ? 'paused' : 'active'",
    "const phase = 'active'",
    26,
  ),
  fault(
    'table',
    'simulation',
    'a decision grants what was not asked for',
    GRANTOR,
    'return withinCeiling(fromWire([...e.granted], now), question.permissions)',
    'return fromWire([...e.granted, { permission: 2, expiresInMs: 0 }], now)',
  ),
  fault(
    'table',
    'explorer',
    'a revocation is kept from whom it concerns',
    GRANTOR,
    'return holds(s.grants, permission) ? regrant(s, without(s.grants, permission), GrantSource.CUSTOMER, now) : stay(s)',
    'return stay({ ...s, grants: without(s.grants, permission) })',
  ),
  fault('table', 'simulation', 'a new epoch does not release what the old one pressed', SINK, 'const released = releaseAll(s)', 'const released = stay(s)', 20),
  // Rules that cross machines
  fault(
    'coupling',
    'simulation',
    'anybody active may control',
    PERMITS,
    "control: active && lease.phase === 'held' && inControl && may(",
    "control: active && lease.phase === 'held' && may(",
    35,
  ),
  fault(
    'coupling',
    'simulation',
    'the local user does not hold the agent off',
    PERMITS,
    "control: active && lease.phase === 'held' &&",
    'control: active &&',
    20,
  ),
  fault(
    'coupling',
    'explorer',
    'a pause leaves the input open',
    PERMITS,
    "control: active && lease.phase === 'held'",
    "control: engaged && lease.phase === 'held'",
    43,
  ),
  fault('coupling', 'simulation', 'pictures need no grant', PERMITS, 'view: engaged && may(Permission.VIEW_SCREEN), flowing', 'view: engaged, flowing'),
  fault('coupling', 'simulation', 'pictures flow during a pause', PERMITS, 'flowing: active, layout', 'flowing: engaged, layout', 25),
  fault('coupling', 'simulation', 'elevation outlives control', PERMITS, '            inControl,\n', '            inControl: true,\n'),
  fault('coupling', 'simulation', 'a pause leaves the clipboard open', PERMITS, 'flowing: active,\n            reset', 'flowing: engaged,\n            reset'),
  fault('coupling', 'simulation', 'control outlives its grant', COUPLING, ' || !holds(grantsOf(peer), Permission.CONTROL_INPUT)', ''),
  fault('coupling', 'explorer', 'a change of control is announced to newcomers alone', COUPLING, 'if (fresh || news.lease)', 'if (fresh)'),
  fault('coupling', 'explorer', 'who joins is announced to newcomers alone', COUPLING, 'if (fresh || news.participants)', 'if (fresh)'),
  fault(
    'coupling',
    'simulation',
    'a new line is taken for the old one',
    'endpoint/roster.js',
    '!seen.up || seen.incarnation !== entry.incarnation || seen.ours !== ours',
    '!seen.up',
    56,
  ),
  fault(
    'coupling',
    'simulation',
    'a viewer may be given control',
    'peer/grants.js',
    '[Role.VIEWER]: [Permission.VIEW_SCREEN,',
    '[Role.VIEWER]: [Permission.CONTROL_INPUT, Permission.VIEW_SCREEN,',
    20,
  ),
  fault(
    'coupling',
    'simulation',
    'annotations go to viewers too',
    PERMITS,
    'open: active && peer.role === Role.AGENT, annotate',
    'open: active, annotate',
    212,
  ),
  fault('coupling', 'simulation', 'Stop is told and not done', CUSTOMER, 'leaveSession(run, CloseCode.STOPPED, true)', 'void 0', 229),
  // Deadlines
  fault(
    'deadline',
    'simulation',
    'a handshake may take for ever',
    GRANTEE,
    'tick: (s, _e, now) => (now >= s.by ? fail(s, CloseCode.TIMEOUT) : stay(s))',
    'tick: s => stay(s)',
    36,
  ),
  fault('deadline', 'simulation', 'a question stays open for ever', GRANTOR, 'return s.question?.by ?? s.by;', 'return undefined;'),
  fault(
    'deadline',
    'simulation',
    'a suspended peer is awaited for ever',
    GRANTOR,
    "            case 'suspended':\n                return s.until;",
    "            case 'suspended':\n                return undefined;",
    67,
  ),
  fault(
    'deadline',
    'simulation',
    'grants do not expire',
    GRANTOR,
    'const grants = unexpired(s.grants, now);\n    const expired',
    'const grants = s.grants;\n    const expired',
  ),
  fault(
    'deadline',
    'simulation',
    'the local user holds the agent off for ever',
    LEASE,
    "nextDeadline: s => (s.phase === 'held-off' ? s.until : undefined)",
    'nextDeadline: () => undefined',
    53,
  ),
  fault(
    'deadline',
    'simulation',
    'silence does not release',
    SINK,
    'now >= moved.state.silentAt ? releaseAll(moved.state)',
    'now >= moved.state.silentAt ? stay({ ...moved.state, silentAt: undefined })',
    265,
  ),
  fault(
    'deadline',
    'simulation',
    'elevation does not expire',
    'channels/elevation/grantor.js',
    'return earliest(s.expiresAt, s.switching?.by)',
    'return s.switching?.by',
    128,
  ),
  // Keys, records and tries, with somebody hostile at the broker
  fault('security', 'attack', 'tries of a code are not counted', 'attempts.js', 'Math.max(0, code.triesLeft - 1)', 'code.triesLeft'),
  fault('security', 'attack', 'a proven code is not burned', 'attempts.js', 'burned: code.burned || proven', 'burned: code.burned'),
  fault(
    'security',
    'real attack',
    'a joiner takes any customer for one that knows the secret',
    'handshake/joiner.js',
    'confirmFault(confirm, theirs, agreed, agreed.tags.initiator)',
    'undefined',
    41,
  ),
  fault(
    'security',
    'real attack',
    'a customer takes any joiner for one that knows the secret',
    'handshake/customer.js',
    'confirmFault(confirm, theirs, agreed, agreed.tags.responder)',
    'undefined',
    178,
  ),
  fault('security', 'real attack', 'a record may be missing', 'records/opener.js', 'lead.counter !== this.#counter + 1', 'lead.counter <= this.#counter'),
  fault('security', 'real attack', 'a record may come twice', 'records/opener.js', 'lead.counter !== this.#counter + 1', 'lead.counter > this.#counter + 1'),
  fault('security', 'real attack', 'a record does not know its place', 'records/form.js', 'putSafe(view, 6, sequence);', '', 46),
  fault(
    'security',
    'real simulation',
    'pictures open under an old key',
    'records/media.js',
    'this.#epoch = begin(this.aead, key, this.#epoch);\n        }\n        catch',
    'this.#epoch ??= begin(this.aead, key, this.#epoch);\n        }\n        catch',
    38,
  ),
]
