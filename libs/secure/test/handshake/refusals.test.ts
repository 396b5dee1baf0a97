import { sha256 } from '@noble/hashes/sha2.js'
import { describe, expect, test } from 'vitest'
import { beginCustomer, stepCustomer } from '../../src/handshake/customer.js'
import { FAULTS, type Fault } from '../../src/handshake/faults.js'
import { commitmentTo, proofForm, transcriptOf } from '../../src/handshake/forms.js'
import { beginJoiner, stepJoiner } from '../../src/handshake/joiner.js'
import { shareMessage } from '../../src/handshake/machine.js'
import { type HandshakeKind, type HandshakeShare, PASSWORD_CLASS, ROLE } from '../../src/handshake/messages.js'
import { resumeSecret } from '../../src/handshake/secret.js'
import { sessionKey } from '../../src/session-key.js'
import { sign } from '../../src/signature.js'
import { seeded } from '../support/bytes.js'
import { CONTEXT, type Line, Pair, PIN, type Scene, type Side, selfOf } from '../support/handshake.js'

/** Gives the messages of one end that bear a name other fields. */
const altering =
  (side: Side, name: HandshakeKind['$case'], fields: object): Line =>
  ({ from, message }) =>
    from === side && message.$case === name ? [{ ...message, value: { ...message.value, ...fields } } as HandshakeKind] : [message]

/** One end fails for a reason of its own and says its code; the other hears it and fails too. */
function expectFault(pair: Pair, side: Side, cause: Fault): void {
  const other = side === 'customer' ? 'joiner' : 'customer'
  expect(pair.end(side).failed).toMatchObject({ cause, code: FAULTS[cause] })
  expect(pair.end(other).failed).toMatchObject({ cause: 'COUNTERPART', code: FAULTS[cause] })
  expect(pair.output.customer.concat(pair.output.joiner).some(({ type }) => type === 'secured')).toBe(false)
}

const shares: readonly Side[] = ['customer', 'joiner']
const otherOf = (side: Side): Side => (side === 'customer' ? 'joiner' : 'customer')
const runWith = (line: Line, scene: Scene = {}) => new Pair(scene).run(line)

describe('a joiner refuses', () => {
  test('a suite that it does not speak, with INCOMPATIBLE (RA-SEC-023)', () => {
    for (const suite of ['CPACE-X25519-SHA512', 'CLEAR-HMAC-SHA256', 'CPACE-RISTR255-SHA51', ''])
      expectFault(runWith(altering('customer', 'start', { suite })), 'joiner', 'SUITE')
  })

  test('a class that it does not accept, whatever it knows, with INCOMPATIBLE (RA-SEC-024)', () => {
    expectFault(
      runWith(({ message }) => [message], { joiner: { accepts: [PASSWORD_CLASS.LINK] } }),
      'joiner',
      'CLASS',
    )
    expectFault(
      runWith(({ message }) => [message], { joiner: { accepts: [] } }),
      'joiner',
      'CLASS',
    )
    for (const passwordClass of [0, 5, 99]) expectFault(runWith(altering('customer', 'start', { passwordClass })), 'joiner', 'CLASS')
  })

  test('the name of a secret that it does not have, with WRONG_SECRET (RA-SEC-025)', () => {
    const secret = resumeSecret({ name: seeded(1, 16), secret: seeded(2, 32) })
    const scene = { customer: { secret }, joiner: { accepts: [PASSWORD_CLASS.RESUME] }, secrets: [{ ...secret, name: seeded(3, 16) }] }
    expectFault(
      runWith(({ message }) => [message], scene),
      'joiner',
      'WRONG_SECRET',
    )
    expectFault(
      runWith(({ message }) => [message], { secrets: [] }),
      'joiner',
      'WRONG_SECRET',
    )
    // Where there is no PIN there are no tries of it either.
    expectFault(
      runWith(({ message }) => [message], { secrets: [], attemptsLeft: 0 }),
      'joiner',
      'WRONG_SECRET',
    )
  })

  test('a PIN without tries, with ATTEMPTS, and other classes never (RA-SEC-061, RA-SEC-068)', () => {
    const pair = runWith(({ message }) => [message], { attemptsLeft: 0 })
    expectFault(pair, 'joiner', 'ATTEMPTS')
    expect(pair.end('customer').failed?.attemptsLeft).toBe(0)
    const secret = { ...PIN, passwordClass: PASSWORD_CLASS.LINK }
    const link = runWith(({ message }) => [message], {
      customer: { secret, attemptsLeft: 0 },
      joiner: { accepts: [PASSWORD_CLASS.LINK] },
      secrets: [secret],
      attemptsLeft: 0,
    })
    expect(link.end('joiner').secured).toBeDefined()
    expect(link.output.customer.concat(link.output.joiner).some(({ type }) => type === 'spent')).toBe(false)
  })
})

describe('a customer refuses', () => {
  test('a share that is not the one the joiner was bound to (RA-SEC-019)', () => {
    expectFault(runWith(altering('joiner', 'commit', { commitment: seeded(6, 32) })), 'customer', 'COMMITMENT')
    expectFault(runWith(altering('joiner', 'share', { credential: 'e30.e30.' })), 'customer', 'COMMITMENT')
  })

  test('its own nonce (RA-SEC-022)', () => {
    const pair = new Pair()
    const [start] = pair.sent
    if (start?.message.$case !== 'start') return expect.unreachable()
    const { nonce } = start.message.value
    expectFault(pair.run(altering('joiner', 'commit', { nonce })), 'customer', 'REFLECTED')
  })

  test('to begin with a PIN without tries: nothing is sent (RA-SEC-061)', () => {
    const pair = new Pair({ customer: { attemptsLeft: 0 } }).run()
    expect(pair.sent).toEqual([])
    expect(pair.end('customer').failed).toEqual({ cause: 'ATTEMPTS', code: 603, attemptsLeft: 0 })
  })
})

describe('either end refuses', () => {
  test('a share that is no point, or the neutral one (RA-SEC-021)', () => {
    for (const share of [new Uint8Array(32), new Uint8Array(32).fill(255), Uint8Array.of(1, ...new Uint8Array(31))])
      expectFault(runWith(altering('customer', 'share', { share })), 'joiner', 'POINT')
    for (const share of [new Uint8Array(32), new Uint8Array(32).fill(255)]) {
      const state = { ...sharedCustomer(share) }
      expect(state.output.at(-1)).toMatchObject({ type: 'failed', failed: { cause: 'POINT', code: 602 } })
    }
  })

  test('its own share or key (RA-SEC-022)', () => {
    for (const side of shares) {
      const { publicKey } = sessionKey(seeded(side === 'customer' ? 5 : 4, 32))
      expectFault(runWith(altering(side, 'share', { publicKey })), otherOf(side), 'REFLECTED')
    }
    const pair = new Pair()
    let ours = new Uint8Array()
    const line: Line = ({ from, message }) => {
      if (message.$case !== 'share') return [message]
      if (from === 'customer') ours = Uint8Array.from(message.value.share)
      return from === 'joiner' ? [{ ...message, value: { ...message.value, share: ours } }] : [message]
    }
    expectFault(pair.run(line), 'customer', 'REFLECTED')
  })

  test('another policy (RA-SEC-027)', () => {
    expectFault(
      runWith(({ message }) => [message], { joiner: { self: selfOf(5, { policyHash: seeded(30, 32) }) } }),
      'joiner',
      'POLICY',
    )
    expectFault(runWith(altering('joiner', 'share', { policyHash: seeded(30, 32) })), 'customer', 'POLICY')
  })

  test('a role that the other cannot have (RA-SEC-026)', () => {
    for (const role of [0, ROLE.AGENT, ROLE.VIEWER, 4, 9]) expectFault(runWith(altering('customer', 'share', { role })), 'joiner', 'ROLE')
    for (const role of [0, ROLE.CUSTOMER, ROLE.VIEWER, 4, 9]) expectFault(runWith(altering('joiner', 'share', { role })), 'customer', 'ROLE')
  })

  test('versions without one in common, with INCOMPATIBLE (RA-SEC-028)', () => {
    for (const side of shares) expectFault(runWith(altering(side, 'share', { version: { minMinor: 3, maxMinor: 9 } })), otherOf(side), 'VERSION')
  })

  test('a field outside its limits (RA-SEC-029)', () => {
    const long = (length: number) => Array.from({ length }, (_, i) => String(i).padStart(3, '0'))
    const bad: readonly Partial<HandshakeShare>[] = [
      { share: seeded(1, 31) },
      { share: seeded(1, 33) },
      { publicKey: seeded(1, 31) },
      { policyHash: seeded(1, 0) },
      { credential: 'x'.repeat(4_097) },
      { credential: 'é'.repeat(2_049) },
      { capabilities: long(65) },
      { capabilities: ['x'.repeat(65)] },
      { capabilities: ['é'.repeat(33)] },
      { capabilities: [''] },
      { capabilities: ['b', 'a'] },
      { capabilities: ['a', 'a'] },
      { capabilities: ['ab', 'a'] },
      { capabilities: ['\u{1f600}', '\uffee'] },
      { version: { minMinor: 2, maxMinor: 1 } },
      { version: { minMinor: 0, maxMinor: 1_001 } },
      { version: { minMinor: -1, maxMinor: 1 } },
      { version: { minMinor: 0, maxMinor: 0.5 } },
      { version: { minMinor: Number.NaN, maxMinor: 1 } },
    ]
    for (const side of shares) for (const fields of bad) expectFault(runWith(altering(side, 'share', fields)), otherOf(side), 'FORMAT')
    for (const fields of [{ nonce: seeded(1, 31) }, { nonce: seeded(1, 33) }, { secretId: seeded(1, 16) }])
      expectFault(runWith(altering('customer', 'start', fields)), 'joiner', 'FORMAT')
    for (const fields of [{ nonce: seeded(1, 31) }, { commitment: seeded(1, 33) }])
      expectFault(runWith(altering('joiner', 'commit', fields)), 'customer', 'FORMAT')
  })

  test('what is no message, at any moment before it has keys, and does not mind it after (RA-SEC-029, RA-SEC-038)', () => {
    const pair = new Pair()
    const stages = new Set<string>()
    for (let at = 0; ; at++) {
      const joiner = stepJoiner(pair.joiner, { type: 'malformed' })
      const customer = stepCustomer(pair.customer, { type: 'malformed' })
      for (const [before, after] of [
        [pair.joiner, joiner],
        [pair.customer, customer],
      ] as const) {
        stages.add(before.stage)
        if (before.stage === 'secured') expect(after).toEqual({ state: before, output: [] })
        else expect(after.output.find(({ type }) => type === 'failed')).toMatchObject({ failed: { cause: 'FORMAT', code: FAULTS.FORMAT } })
      }
      const next = pair.sent[at]
      if (next === undefined) break
      pair.receive(otherOf(next.from), next.message)
    }
    expect(stages).toEqual(new Set(['waiting', 'started', 'committed', 'shared', 'confirming', 'secured']))
  })

  test('a wrong tag of any length and content alike, with WRONG_SECRET and nothing more, and has no key (RA-SEC-033, RA-SEC-034)', () => {
    for (const side of shares) {
      const said = [new Uint8Array(), seeded(1, 32), seeded(2, 63), seeded(3, 64), seeded(4, 65)].map(tag => {
        const pair = runWith(altering(side, 'confirm', { tag }))
        expectFault2(pair, otherOf(side))
        return JSON.stringify(pair.sent.at(-1)?.message)
      })
      expect(new Set(said)).toEqual(new Set([JSON.stringify({ $case: 'failure', value: { code: 600, attemptsLeft: 2 } })]))
    }
  })

  test('a right tag of an end that does not have the key that it named, with HANDSHAKE (RA-SEC-070, RA-SEC-071)', () => {
    for (const side of shares) {
      const role = side === 'customer' ? ROLE.CUSTOMER : ROLE.AGENT
      const other = side === 'customer' ? ROLE.AGENT : ROLE.CUSTOMER
      const [own, another] = [sessionKey(seeded(side === 'customer' ? 4 : 5, 32)), sessionKey(seeded(6, 32))]
      const hash = transcriptHash()
      const right = sign(own, proofForm(role, hash))
      const proven = runWith(altering(side, 'confirm', { proof: right }))
      expect(proven.end(otherOf(side)).secured).toBeDefined()
      const wrong = [
        sign(another, proofForm(role, hash)),
        sign(own, proofForm(other, hash)),
        sign(
          own,
          proofForm(
            role,
            hash.map(byte => byte ^ 1),
          ),
        ),
        sign(own, hash),
        right.map((byte, i) => (i === 63 ? byte ^ 0x20 : byte)),
        right.slice(0, 63),
        new Uint8Array(64),
        new Uint8Array(),
      ]
      for (const proof of wrong) {
        const pair = runWith(altering(side, 'confirm', { proof }))
        expect(pair.end(otherOf(side)).failed).toMatchObject({ cause: 'PROOF', code: 602 })
        expect(pair.end(side).failed).toMatchObject({ cause: 'COUNTERPART', code: 602 })
      }
    }
  })

  test('to wait for ever: TIMEOUT', () => {
    for (let carried = 1; carried <= 4; carried++) {
      let left = carried
      const pair = runWith(({ message }) => (message.$case === 'failure' || left-- > 0 ? [message] : []))
      const causes = shares.map(side => pair.end(side).failed?.cause)
      expect(causes).toContain('TIMEOUT')
      for (const side of shares) expect(pair.end(side).failed?.code).toBe(407)
    }
  })
})

describe('a failure', () => {
  test('carries one of five codes; any other counts as HANDSHAKE (RA-SEC-035)', () => {
    expect(new Set(Object.values(FAULTS))).toEqual(new Set([206, 407, 600, 602, 603]))
    for (const [code, meant] of [
      [206, 206],
      [407, 407],
      [600, 600],
      [602, 602],
      [603, 603],
      [0, 602],
      [500, 602],
      [601, 602],
      [-1, 602],
    ] as const) {
      const pair = new Pair()
      pair.receive('customer', { $case: 'failure', value: { code, attemptsLeft: 9 } })
      expect(pair.end('customer').failed).toEqual({ cause: 'COUNTERPART', code: meant, attemptsLeft: 3 })
    }
  })

  test('is the last word: nothing is answered after it, but a start at the joiner (RA-SEC-036, RA-SEC-006)', () => {
    const pair = runWith(altering('customer', 'share', { share: new Uint8Array(32) }))
    const [said, first] = [pair.sent.length, pair.sent[0]]
    for (const { from, message } of [...pair.sent]) if (message.$case !== 'start') pair.receive(otherOf(from), message)
    for (const side of shares) pair.timeout(side)
    expect(pair.sent).toHaveLength(said)
    if (first === undefined) return expect.unreachable()
    pair.receive('joiner', first.message)
    expect(pair.joiner.stage).toBe('committed')
  })
})

describe('a try of a PIN', () => {
  test('is spent at each end just before its share is sent, and at no other moment (RA-SEC-060)', () => {
    for (let carried = 0; carried <= 6; carried++) {
      let left = carried
      const pair = runWith(({ message }) => (left-- > 0 ? [message] : []))
      for (const side of shares) {
        const names = pair.output[side].map(output => (output.type === 'send' ? output.message.$case : output.type))
        expect(names.filter(name => name === 'spent')).toHaveLength(names.filter(name => name === 'share').length)
        if (names.includes('spent')) expect(names[names.indexOf('spent') + 1]).toBe('share')
        const failed = pair.end(side).failed
        const begun = side === 'customer' || carried > 0
        if (failed !== undefined) expect(failed.attemptsLeft).toBe(names.includes('spent') ? 2 : begun ? 3 : undefined)
      }
    }
  })
})

describe('a joiner', () => {
  test('says nothing before a start (RA-SEC-002)', () => {
    const { sent } = new Pair().run()
    for (const { message } of sent) {
      if (message.$case === 'start') continue
      const pair = new Pair()
      pair.receive('joiner', message)
      expect(pair.said('joiner')).toEqual([])
      expect(pair.joiner.stage).toBe('waiting')
    }
    const pair = new Pair()
    pair.timeout('joiner')
    expect(pair.said('joiner')).toEqual([])
    expect(pair.end('joiner').failed?.cause).toBe('TIMEOUT')
  })

  test('ends with WRONG_SECRET what proves a secret that is void meanwhile, with no try left; what it secured stays (RA-SEC-069)', () => {
    for (const passwordClass of [PASSWORD_CLASS.PIN, PASSWORD_CLASS.LINK]) {
      const secret = { ...PIN, passwordClass }
      for (let carried = 1; carried <= 6; carried++) {
        const pair = new Pair({ customer: { secret }, joiner: { accepts: [passwordClass] }, secrets: [secret] })
        for (let i = 0; i < carried; i++) {
          const sent = pair.sent[i]
          if (sent !== undefined) pair.receive(otherOf(sent.from), sent.message)
        }
        const said = pair.said('joiner').length
        pair.withdraw()
        if (carried >= 5) {
          expect(pair.joiner.stage).toBe('secured')
          expect(pair.said('joiner')).toHaveLength(said)
          continue
        }
        const attemptsLeft = passwordClass === PASSWORD_CLASS.PIN ? 0 : undefined
        expect(pair.end('joiner').failed).toEqual({ cause: 'WRONG_SECRET', code: 600, attemptsLeft })
        const last = pair.sent.at(-1)
        if (last !== undefined) pair.receive('customer', last.message)
        expect(pair.end('customer').failed).toEqual({ cause: 'COUNTERPART', code: 600, attemptsLeft })
        pair.withdraw()
        expect(pair.said('joiner')).toHaveLength(said + 1)
      }
    }
  })

  test('begins anew with a second start, whatever the first came to (RA-SEC-006)', () => {
    for (let carried = 1; carried <= 6; carried++) {
      let left = carried
      const before = new Pair()
      before.run(({ message }) => (left-- > 0 ? [message] : []))
      const after = new Pair({ seed: 99 })
      after.joiner = before.joiner
      after.run()
      expect([after.customer.stage, after.joiner.stage]).toEqual(['secured', 'secured'])
    }
  })
})

describe('the caller', () => {
  test('is told with E_FORMAT of randomness or data of its own that cannot be right', () => {
    const setup = { context: CONTEXT, self: selfOf(4), secret: PIN, attemptsLeft: 3 }
    const badly = expect.objectContaining({ code: 'E_FORMAT' })
    expect(() => beginCustomer(setup, seeded(1, 95))).toThrow(badly)
    expect(() => beginCustomer({ ...setup, context: { ...CONTEXT, sessionId: seeded(1, 15) } }, seeded(1, 96))).toThrow(badly)
    expect(() => beginCustomer({ ...setup, self: selfOf(4, { capabilities: ['b', 'a'] }) }, seeded(1, 96))).toThrow(badly)
    expect(() => beginJoiner({ context: CONTEXT, self: selfOf(4, { policyHash: seeded(1, 31) }), accepts: [1] })).toThrow(badly)
  })
})

/** As `expectFault` for WRONG_SECRET, but the joiner may have been secured for as long as the customer's failure was on its way. */
function expectFault2(pair: Pair, side: Side): void {
  expect(pair.end(side).failed).toEqual({ cause: 'WRONG_SECRET', code: 600, attemptsLeft: 2 })
  expect(pair.end(otherOf(side)).failed).toMatchObject({ cause: 'COUNTERPART', code: 600 })
}

/** The hash of what the two ends say in the scene that is there by default. */
function transcriptHash(): Uint8Array {
  const { sent } = new Pair().run()
  const value = (from: Side, name: HandshakeKind['$case']) => sent.find(one => one.from === from && one.message.$case === name)?.message.value as never
  const [start, commit] = [value('customer', 'start'), value('joiner', 'commit')]
  return sha256(transcriptOf({ context: CONTEXT, start, commit, customer: value('customer', 'share'), joiner: value('joiner', 'share') }))
}

/** A customer that gets this share from a joiner that was honestly bound to it. */
function sharedCustomer(share: Uint8Array): ReturnType<typeof stepCustomer> {
  const pair = new Pair()
  const [start] = pair.sent
  if (start?.message.$case !== 'start') throw new Error('no start')
  const theirs = shareMessage(selfOf(5), share, ROLE.AGENT)
  const commitment = commitmentTo(theirs)
  const { state } = stepCustomer(pair.customer, { type: 'received', message: { $case: 'commit', value: { nonce: seeded(50, 32), commitment } } })
  return stepCustomer(state, { type: 'received', message: { $case: 'share', value: theirs } })
}
