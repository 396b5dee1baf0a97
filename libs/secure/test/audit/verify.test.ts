import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { auditEntry, describeReport, sessionKey, signAudit, signatureLine, verifyAudit } from '../../src/index.js'
import { seeded, toHex } from '../support/bytes.js'
import { AGENT, CUSTOMER, HEADER, type Line, logOf, NOW, nthEntry, verify } from './scenes.js'

const COUNT = 12
const LOG = logOf(COUNT, [4, 8])
const bytesOf = (lines: readonly Pick<Line, 'text'>[]) => new TextEncoder().encode(lines.map(({ text }) => text).join(''))
const entryAt = (n: number) => LOG.findIndex(({ type, index }) => type === 'entry' && index === n)
const replaced = (at: number, ...texts: readonly string[]) => [...LOG.slice(0, at), ...texts.map(text => ({ text })), ...LOG.slice(at + 1)]

describe('a log', () => {
  test('as it was written is intact (RA-SEC-258)', () =>
    fc.assert(
      fc.property(fc.integer({ min: 2, max: 30 }), fc.array(fc.nat(30)), (count, signedAfter) => {
        const report = verify(logOf(count, signedAfter), CUSTOMER.publicKey)
        expect(report).toEqual({
          verdict: 'intact',
          session: toHex(HEADER.session),
          entries: count,
          signedByBoth: count,
          ended: true,
          signers: [
            { participant: 2, key: toHex(CUSTOMER.publicKey), entries: count },
            { participant: 1, key: toHex(AGENT.publicKey), entries: count },
          ],
          fault: undefined,
        })
      }),
      { numRuns: 15 },
    ))

  test('with any byte changed is not, and the entry is named (RA-SEC-258)', () => {
    const log = logOf(4)
    const bytes = bytesOf(log)
    let at = 0
    for (const { type, index, text } of log) {
      const length = bytesOf([{ text }]).length
      // Every byte of entries and header; of a signature, whose check takes longest, every thirteenth.
      for (let i = 0; i < length; i += type === 'signature' ? 13 : 1) {
        const altered = Uint8Array.from(bytes)
        altered[at + i] = (altered[at + i] as number) ^ (1 << (i & 7))
        const { verdict, fault } = verifyAudit(altered)
        expect([at + i, verdict]).toEqual([at + i, 'faulty'])
        if (type === 'entry') expect([text, i, fault?.index]).toEqual([text, i, index])
        if (type === 'header') expect([text, i, fault?.index]).toEqual([text, i, 0])
        if (type === 'signature') expect([index, index + 1]).toContain(fault?.index)
      }
      at += length
    }
  })

  test('cut off anywhere is not (RA-SEC-258)', () => {
    const bytes = bytesOf(LOG)
    for (let length = 0; length < bytes.length; length += 97) expect([length, verifyAudit(bytes.subarray(0, length)).verdict]).not.toEqual([length, 'intact'])
  })

  test('that breaks off in the middle of a line is not, and where is said (RA-SEC-258)', () => {
    const bytes = bytesOf(LOG)
    for (const file of [bytes.subarray(0, -1), Uint8Array.from([...bytes, 0x7b])])
      expect(verifyAudit(file)).toMatchObject({ verdict: 'faulty', fault: { kind: 'altered', index: COUNT } })
    expect(
      verifyAudit(
        bytesOf([
          {
            text: LOG.slice(0, 3)
              .map(({ text }) => text)
              .join('')
              .slice(0, -9),
          },
        ]),
      ).fault,
    ).toMatchObject({ kind: 'altered', index: 1, line: 3 })
  })

  test('of any bytes is judged, and nothing is thrown', () =>
    fc.assert(
      fc.property(
        fc.oneof(
          fc.uint8Array({ maxLength: 200 }),
          fc.json().map(text => bytesOf([LOG[0] as Line, { text: `${text}\n` }])),
        ),
        bytes => {
          expect(verifyAudit(bytes).verdict).toBe('faulty')
        },
      ),
    ))

  test.each([
    'null',
    '{}',
    '[]',
    '{"format":"remote-assist-audit/1"}',
    '{"signs":0}',
    '{"index":0,"at":1,"kind":"a.b","details":null}',
    '{"index":0,"details":{"__proto__":1}}',
  ])('with the line %s is not one', text => {
    expect(verify([LOG[0] as Line, { text: `${text}\n` }]).fault).toMatchObject({ kind: 'altered', index: 0, line: 2 })
    expect(verify([{ text: `${text}\n` }]).fault).toMatchObject({ kind: 'unreadable', line: 1 })
  })
})

describe('the first entry is named', () => {
  test.each(Array.from({ length: COUNT }, (_, n) => n))('that was altered, dropped, duplicated or swapped: %i (RA-SEC-258)', n => {
    const at = entryAt(n)
    const { text } = LOG[at] as Line
    const altered = text.replace(/"at":\d+/, `"at":${NOW - 1}`)
    expect(verify(replaced(at, altered)).fault).toMatchObject({ kind: 'altered', index: n, last: n, line: at + 1 })
    expect(verify(replaced(at)).fault).toMatchObject({ kind: 'dropped', index: n })
    expect(verify(replaced(at, text, text)).fault).toMatchObject({ kind: 'duplicated', index: n })
    for (let m = n + 1; m < COUNT; m++) {
      const other = entryAt(m)
      const swapped = [...LOG]
      swapped[at] = LOG[other] as Line
      swapped[other] = LOG[at] as Line
      expect(verify(swapped).fault).toMatchObject({ kind: 'reordered', index: n })
      // The same again, further on, and several dropped at once.
      expect(verify([...LOG.slice(0, other + 1), LOG[at] as Line, ...LOG.slice(other + 1)]).fault).toMatchObject({ kind: 'duplicated', index: n })
      const without = LOG.filter(({ type, index }) => type !== 'entry' || index < n || index >= m)
      expect(verify(without).fault).toMatchObject({ kind: 'dropped', index: n })
    }
  })

  test.each(Array.from({ length: COUNT }, (_, n) => n))('whose line was given another number, or a second entry of its number: %i (RA-SEC-258)', n => {
    const at = entryAt(n)
    const { text } = LOG[at] as Line
    expect(verify(replaced(at, text.replace(/"index":\d+/, `"index":${n + 5}`))).fault).toMatchObject({ kind: 'altered', index: n })
    if (n > 3) expect(verify(replaced(at, text.replace(/"index":\d+/, '"index":2'))).fault).toMatchObject({ kind: 'altered', index: n })
    const other = logOf(COUNT, [], (i, count) => (i === n ? auditEntry(NOW, 'session.paused', {}) : nthEntry(i, count))).filter(({ type }) => type === 'entry')
    const foreign = (other[n] as Line).text
    expect(verify(replaced(at, foreign, text)).fault).toMatchObject({ kind: 'forked', index: n })
    expect(verify(replaced(at, text, foreign)).fault).toMatchObject({ kind: 'forked', index: n })
  })

  test('that was altered together with its hash', () => {
    for (let n = 1; n < COUNT - 1; n++) {
      const other = logOf(COUNT, [], (i, count) => (i === n ? auditEntry(NOW, 'session.paused', {}) : nthEntry(i, count))).filter(
        ({ type }) => type === 'entry',
      )
      const { fault } = verify(replaced(entryAt(n), (other[n] as Line).text))
      // Where a signature stands behind it, that tells; else the entry behind it.
      const signedFrom = new Map([
        [4, 0],
        [8, 5],
      ]).get(n)
      expect([n, fault?.kind, fault?.index, fault?.last]).toEqual([n, 'altered', signedFrom ?? n, n])
    }
  })

  test('of those that may have been rewritten with all hashes: from the last signature to the next', () => {
    const rewritten = logOf(COUNT, [4, 8], (i, count) => (i === 6 ? auditEntry(NOW, 'session.paused', {}) : nthEntry(i, count)))
    const lines = rewritten.map((line, i) => (line.type === 'signature' ? (LOG[i] as Line) : line))
    const { fault, signedByBoth } = verify(lines)
    expect(fault).toMatchObject({ kind: 'altered', index: 5, last: 8 })
    expect(signedByBoth).toBe(5)
    expect(fault?.message).toContain('entries 5 to 8')
  })

  test('that follows on another one than the one that was signed: forked', () => {
    const other = logOf(COUNT, [], (i, count) => (i === 6 ? auditEntry(NOW, 'session.paused', {}) : nthEntry(i, count))).filter(({ type }) => type === 'entry')
    expect(verify(replaced(entryAt(9), (other[9] as Line).text)).fault).toMatchObject({ kind: 'forked', index: 9 })
  })

  test('that the ends disagree on: forked (RA-SEC-257)', () => {
    const other = logOf(COUNT, [4, 8], (i, count) => (i === 6 ? auditEntry(NOW, 'session.paused', {}) : nthEntry(i, count)))
    // The customer shows its own log, in which the agent's signatures are over another one.
    const lines = LOG.map((line, i) => (line.type === 'signature' && line.text.includes('"participant":1') ? (other[i] as Line) : line))
    expect(verify(lines).fault).toMatchObject({ kind: 'forked', index: 5, last: 8 })
  })
})

describe('a signature', () => {
  const signatures = LOG.flatMap(({ type }, i) => (type === 'signature' ? [i] : []))

  test('that stands again is named; one that comes late is not (RA-SEC-258)', () => {
    for (const at of signatures) {
      const line = LOG[at] as Line
      expect(verify(replaced(at, line.text, line.text)).fault).toMatchObject({ kind: 'duplicated', index: line.index })
      expect(verify([...LOG.slice(0, entryAt(line.index)), line, ...LOG.slice(entryAt(line.index))]).fault).toMatchObject({
        kind: 'reordered',
        index: line.index,
      })
    }
    const agents = LOG.findIndex(({ type, text }) => type === 'signature' && text.includes('"participant":1'))
    const late = [...LOG.slice(0, agents), ...LOG.slice(agents + 1, agents + 3), LOG[agents] as Line, ...LOG.slice(agents + 3)]
    expect(verify(late).verdict).toBe('intact')
  })

  test('of somebody who never joined, or with another key, is none', () => {
    const chain = { header: HEADER, entries: 1, head: seeded(9, 32), recent: [], signed: 0, unsignedSince: undefined }
    const forged = signatureLine(signAudit(chain, sessionKey(seeded(9, 32))).sign, 1)
    const stranger = signatureLine(signAudit(chain, sessionKey(seeded(9, 32))).sign, 7)
    for (const text of [forged, stranger]) expect(verify(replaced(signatures[0] as number, text)).fault).toMatchObject({ kind: 'signature', index: 0 })
  })

  test('over entries that are not there says that they were dropped', () => {
    const last = entryAt(COUNT - 1)
    expect(verify([...LOG.slice(0, last), ...LOG.slice(last + 1)]).fault).toMatchObject({ kind: 'dropped', index: COUNT - 1 })
  })
})

describe('what is not signed is said plainly', () => {
  test('the tail, whole and in part (RA-SEC-259)', () => {
    const unsigned = LOG.slice(0, -2)
    const report = verify(unsigned)
    expect(report).toMatchObject({ verdict: 'incomplete', entries: COUNT, signedByBoth: 9, ended: true, fault: undefined })
    expect(describeReport(report)).toContain('Not signed by both ends: entries 9 to 11. Whoever had the file may have written, altered or dropped them.')
    expect(verify(LOG.slice(0, -1))).toMatchObject({ verdict: 'incomplete', signedByBoth: 9 })
    expect(verify(LOG.slice(0, 2))).toMatchObject({ verdict: 'incomplete', entries: 1, signedByBoth: 0 })
    expect(describeReport(verify(LOG.slice(0, 2)))).toContain('Unbroken: entry 0.')
    expect(describeReport(verify(LOG.slice(0, 1))).join()).toContain('No entry is unbroken.')
    expect(describeReport(verify([{ text: 'null\n' }]))[0]).toBe('Audit log of session unknown')
    expect(verify(LOG.slice(0, 1))).toMatchObject({ verdict: 'incomplete', entries: 0, ended: false })
  })

  test('a log that stops before the session ends (RA-SEC-259)', () => {
    const report = verify(LOG.slice(0, entryAt(8) + 3))
    expect(report).toMatchObject({ verdict: 'incomplete', entries: 9, signedByBoth: 9, ended: false })
    expect(describeReport(report).join('\n')).toContain('does not end with the end of the session')
  })

  test('the log of another customer, where its key is known', () => {
    expect(verify(LOG, AGENT.publicKey).fault).toMatchObject({ kind: 'signature', line: 1 })
  })

  test('a second log behind the first', () => {
    expect(verify([...LOG, ...LOG]).fault).toMatchObject({ kind: 'duplicated', index: COUNT })
  })
})

test('a participant that came back signs with its new key, and with the old one no more', () => {
  const again = sessionKey(seeded(7, 32))
  const entryOf = (n: number, count: number) =>
    n === 2 ? auditEntry(NOW, 'session.resumed', { participant: 1, key: toHex(again.publicKey) }) : nthEntry(n, count)
  expect(verify(logOf(4, [], entryOf, again)).verdict).toBe('intact')
  expect(verify(logOf(4, [], entryOf)).fault).toMatchObject({ kind: 'signature', index: 3 })
})
