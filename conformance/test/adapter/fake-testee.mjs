// A testee for tests: `node fake-testee.mjs WIRE BEHAVIOUR`. It plays customers that do nothing; the behaviour says what is wrong with it.
import { createRequire } from 'node:module'
import { fileURLToPath } from 'node:url'
import protobuf from 'protobufjs'

const [wire, behaviour = 'good'] = process.argv.slice(2)

const PROTO = fileURLToPath(new URL('../../../proto/', import.meta.url))
const root = new protobuf.Root()
root.resolvePath = (_origin, target) => (target.startsWith('google/') ? createRequire(import.meta.url).resolve(`protobufjs/${target}`) : PROTO + target)
if (wire === 'protobuf') root.loadSync('remoteassist/conformance/v1/adapter.proto')
const type = name => root.lookupType(`remoteassist.conformance.v1.${name}`)

function write(bytes) {
  const length = Buffer.alloc(4)
  length.writeUInt32BE(bytes.length)
  // In two pieces: a reader has to put them together.
  process.stdout.write(Buffer.concat([length, bytes.subarray(0, 1)]))
  process.stdout.write(bytes.subarray(1))
}

const send = frame =>
  wire === 'jsonl' ? process.stdout.write(`${JSON.stringify(frame)}\n`) : write(type('TesteeFrame').encode(type('TesteeFrame').fromObject(frame)).finish())

const HELLO = {
  contract: 1,
  implementation: { name: 'fake', version: process.env.FAKE_VERSION ?? '1' },
  roles: ['ROLE_CUSTOMER'],
  profiles: ['core'],
  features: ['snapshot'],
}

const WRONG_HELLO = {
  contract: { ...HELLO, contract: 2 },
  nameless: { ...HELLO, implementation: undefined },
  roleless: { ...HELLO, roles: [] },
  profile: { ...HELLO, profiles: ['coar'] },
  relay: { ...HELLO, roles: ['ROLE_UNSPECIFIED'] },
}

/** What each behaviour does instead, by command. */
const INSTEAD = {
  chatty: { hello: () => process.stdout.write('Starting up…\n') },
  crash: {
    do: () => {
      process.stderr.write('cannot go on\n')
      process.exitCode = 7
      process.exit()
    },
  },
  hang: { do: () => {} },
  late: { do: seq => (late = seq), snapshot: (seq, key) => [answer(late, key, { result: { ok: true } }), answer(seq, key, { snapshotData: {} })] },
  mute: { hello: () => {} },
  sequence: { do: (seq, key) => answer(seq + 1, key, { result: { ok: true } }) },
  twice: { do: (seq, key) => [1, 2].map(() => answer(seq, key, { result: { ok: true } })) },
  kind: { do: (seq, key) => answer(seq, key, { roleReady: {} }) },
  key: { do: seq => answer(seq, 'other', { result: { ok: true } }) },
  stranger: { do: () => send({ key: 'other', event: { ended: 404 } }) },
  numbered: { do: (seq, key) => send({ reSeq: seq, key, event: { ended: 404 } }) },
  empty: { do: (seq, key) => send({ reSeq: seq, key }) },
  long: { do: () => process.stdout.write(wire === 'jsonl' ? Buffer.alloc(16 * 1024 * 1024 + 1, 'x') : Buffer.from('01000001', 'hex')) },
  misspelt: { do: (seq, key) => send({ reSeq: seq, key, result: { okay: true } }) },
  stays: { shutdown: (seq, key) => answer(seq, key, { result: { ok: true } }) },
}
let late = 0

const answer = (reSeq, key, kind) => send({ reSeq, key, ...kind })

const USUAL = {
  hello: (seq, key) => answer(seq, key, { helloAck: WRONG_HELLO[behaviour] ?? HELLO }),
  startRole: (seq, key, { role }) => {
    if (role !== 'ROLE_CUSTOMER') return answer(seq, key, { result: { ok: false, error: 'unsupported' } })
    send({ key, event: { phase: { participant: 0, phase: 'PHASE_JOINING' } } })
    answer(seq, key, { roleReady: {} })
  },
  do: (seq, key, action) => {
    send({ key, event: { answered: Object.keys(action).join() } })
    send({ key, event: { ended: 0 } })
    answer(seq, key, { result: { ok: true, text: 'done', data: Buffer.from([1, 2, 254]).toString('base64'), id: 5 } })
  },
  snapshot: (seq, key) =>
    answer(seq, key, { snapshotData: { session: 'PHASE_LIVE', participant: 3, keysDown: [4, 5], files: [{ path: 'a', size: '5000000000' }] } }),
  stopRole: (seq, key) => answer(seq, key, { result: { ok: true } }),
  shutdown: (seq, key) => {
    answer(seq, key, { result: { ok: true } })
    process.stdin.destroy()
  },
}

function take({ seq, key = '', ...kind }) {
  const [[name, fields]] = Object.entries(kind)
  const act = INSTEAD[behaviour]?.[name] ?? USUAL[name]
  act(seq, key, fields)
}

let buffer = Buffer.alloc(0)
process.stdin.on('data', chunk => {
  buffer = Buffer.concat([buffer, chunk])
  for (;;) {
    const end = wire === 'jsonl' ? buffer.indexOf(10) + 1 : buffer.length < 4 ? 0 : 4 + buffer.readUInt32BE()
    if (end === 0 || buffer.length < end) return
    const frame = buffer.subarray(0, end)
    buffer = buffer.subarray(end)
    if (wire === 'jsonl') take(JSON.parse(frame.toString()))
    else {
      const decoded = type('HostFrame').toObject(type('HostFrame').decode(frame.subarray(4)), { enums: String, longs: String, bytes: String })
      take(decoded)
    }
  }
})
