/** What a guess at a PIN is worth: three tries against each end, and not one more. */
import { CloseCode } from '@remote-assist/codec'
import { type Code, claim, newCode, settle, spendTry } from '@remote-assist/secure'
import { afterAll, expect, test } from 'vitest'
import { customerEnd, type End, exchange, joinerEnd, pin } from '../security/meet.js'

/** Two thousand exchanges in a deep run (npm run test:deep), a hundred else. */
const DEEP = process.env.DEEP === 'true'
const CODES = DEEP ? 350 : 20
const TRIES = 3
/** The longest wait between two tries, in ms. */
const WAIT_MS = 10_000

/** Numbers from 0 to below 1, the same in every run (mulberry32). */
function seeded(seed: number): () => number {
  let state = seed
  return () => {
    state = (state + 0x6d2b79f5) | 0
    let mixed = Math.imul(state ^ (state >>> 15), state | 1)
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61)
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 4_294_967_296
  }
}

/** Guesses at one end as often, and as soon, as it lets anybody. Returns whether one was right, and how many there were. */
function guessAt(secret: number, guess: () => number): { readonly right: boolean; readonly tries: number } {
  let code: Code = newCode(0)
  let now = 0
  for (let tries = 0; ; ) {
    const answer = claim(code, now)
    if (answer.type === 'refused') return { right: false, tries }
    if (answer.type === 'wait') {
      now = answer.until ?? now
      continue
    }
    tries++
    const right = guess() === secret
    code = settle(spendTry(answer.code, now), right)
    if (right) return { right, tries }
  }
}

test('a million guessers at a secret of two digits are right as often as six tries in a hundred are (RA-SEC-061)', () => {
  const random = seeded(20_260_101)
  const trials = 1_000_000
  let [right, most] = [0, 0]
  for (let i = 0; i < trials; i++) {
    const secret = Math.floor(random() * 100)
    // Whoever is the broker guesses at both ends, and never the same twice.
    let guessed = Math.floor(random() * 100)
    const guess = () => guessed++ % 100
    const agent = guessAt(secret, guess)
    const customer = agent.right ? { right: false, tries: 0 } : guessAt(secret, guess)
    if (agent.right || customer.right) right++
    most = Math.max(most, agent.tries, customer.tries)
  }
  const [rate, claimed] = [right / trials, (2 * TRIES) / 100]
  console.info(
    `» Guessing two digits: ${trials} trials, ${right} right (${(rate * 100).toFixed(3)} %, claimed ${claimed * 100} %), at most ${most} tries at an end`,
  )
  expect(most).toBe(TRIES)
  expect(Math.abs(rate / claimed - 1)).toBeLessThan(0.05)
})

const counts = { exchanges: 0, shares: 0, right: 0, fourths: 0 }
afterAll(() => console.info(`» Guessing six digits: ${counts.exchanges} exchanges, ${counts.right} right; ${counts.fourths} tries more than three`))

/** A wrong guess, another one each time. */
const wrong = (secret: string, nth: number): string => String((Number(secret) + 1 + nth * 7) % 1_000_000).padStart(6, '0')

/** One exchange between an end that keeps its code and somebody new; the two clocks are those of the ends. */
async function guess(
  customer: End,
  joiner: End,
  kept: End,
): Promise<{ readonly shares: number; readonly secured: boolean; readonly code: CloseCode | undefined }> {
  const before = kept.result.failures.length
  const { said } = await exchange(customer, joiner)
  await kept.clock.advance(WAIT_MS)
  const sharer = kept === customer ? 'customer share' : 'joiner share'
  return { shares: said.filter(it => it === sharer).length, secured: kept.result.secured > 0, code: kept.result.failures[before]?.code }
}

test(`${CODES} codes of six digits, guessed at in real exchanges at either end: no fourth try, not even with the right PIN (RA-SEC-060, RA-SEC-061)`, async () => {
  const random = seeded(7)
  for (let n = 0; n < CODES; n++) {
    const secret = String(Math.floor(random() * 1_000_000)).padStart(6, '0')
    for (const side of ['customer', 'joiner'] as const) {
      const kept = side === 'customer' ? customerEnd(() => pin(secret)) : joinerEnd([pin(secret)])
      const against = (digits: string) =>
        side === 'customer'
          ? guess(kept, joinerEnd([pin(digits)]), kept)
          : guess(
              customerEnd(() => pin(digits)),
              kept,
              kept,
            )
      for (let i = 0; i < TRIES; i++) {
        const { shares, secured } = await against(wrong(secret, i))
        counts.exchanges++
        counts.shares += shares
        if (secured) counts.right++
      }
      expect(await against(secret)).toEqual({ shares: 0, secured: false, code: CloseCode.ATTEMPTS })
      counts.fourths++
    }
  }
  expect(counts).toEqual({ exchanges: CODES * 2 * TRIES, shares: CODES * 2 * TRIES, right: 0, fourths: CODES * 2 })
}, 600_000)
