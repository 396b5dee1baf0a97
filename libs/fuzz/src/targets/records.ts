import { MediaOpener, MediaSealer, platformAead, type RecordHeader, RecordOpener, RecordSealer, type Soon } from '@remote-assist/secure'
import { Random } from '../random.js'
import { promise, type Target } from '../target.js'
import { type Answer, concat, type Operation, sameBytes, scriptOf, scripts, securing } from './support.js'

/** A record on the line. */
interface Sent {
  readonly header: RecordHeader
  readonly plaintext: Uint8Array
  readonly record: Uint8Array
  /** From 1; of MEDIA, within its epoch. */
  readonly counter: number
  readonly epoch: number
}

/** One direction of a line, with what is promised of it: told by a model that knows no key. */
interface Line {
  seal(header: RecordHeader, plaintext: Uint8Array, now: number): Sent
  open(header: RecordHeader, record: Uint8Array): Uint8Array
  /** Whether an honest record is to open now. */
  due(sent: Sent): boolean
  opened(sent: Sent): void
  /** The keys change, at both ends or at the sender's alone. */
  rekey(atBothEnds: boolean): void
}

/** What Node.js seals with answers at once. */
function now<T>(soon: Soon<T>): T {
  promise(!(soon instanceof Promise), 'sealing is asynchronous')
  return soon
}

function pairwise(random: Random): Line {
  const secret = random.bytes(32)
  const [sealer, opener] = [new RecordSealer(platformAead, secret), new RecordOpener(platformAead, secret)]
  let last = 0
  return {
    seal: (header, plaintext, at) => ({ header, plaintext, record: now(sealer.seal(header, plaintext, at)), counter: sealer.counter, epoch: 0 }),
    open: (header, record) => now(opener.open(header, record)),
    due: ({ counter }) => counter === last + 1,
    opened: ({ counter }) => {
      last = counter
    },
    rekey: () => undefined,
  }
}

function media(random: Random): Line {
  const [sealer, opener] = [new MediaSealer(platformAead), new MediaOpener(platformAead)]
  let [epoch, counter, atOpener, last] = [0, 0, 0, 0]
  const rekey = (atBothEnds: boolean) => {
    const key = { epoch: ++epoch, key: random.bytes(32), salt: random.bytes(12) }
    counter = 0
    sealer.switchTo(key)
    if (!atBothEnds) return
    // An opener that has broken off takes no key either.
    securing(() => opener.switchTo(key))
    atOpener = epoch
    last = 0
  }
  rekey(true)
  return {
    seal: (header, plaintext, at) => ({ header, plaintext, record: now(sealer.seal(header, plaintext, at)), counter: ++counter, epoch }),
    open: (header, record) => now(opener.open(header, record)),
    due: sent => sent.epoch === atOpener && sent.counter > last,
    opened: sent => {
      last = sent.counter
    },
    rekey,
  }
}

const CHANNEL = { pairwise: 6, media: 5 } as const
const MINUTES_11 = 660_000
const MOST = 24

/** What operations do with the next record, or with what was sent before. */
const DELIVER = { next: 0, changed: 1, again: 2, dropped: 3, elsewhere: 4, raw: 5, cut: 6, late: 7, rekey: 8, rekeyAlone: 9 } as const
const KINDS = Object.keys(DELIVER).length

/** The header of a record, as somebody on the way may have changed it. */
function elsewhere({ channel, source, targets, sequence }: RecordHeader, { a, b }: Operation): RecordHeader {
  const more = 1 + (b % 7)
  switch (a % 5) {
    case 0:
      return { channel: channel + more, source, targets, sequence }
    case 1:
      return { channel, source: source + more, targets, sequence }
    case 2:
      return { channel, source, targets: targets.map(target => target + more), sequence }
    case 3:
      return { channel, source, targets, sequence: sequence + more }
    default:
      return { channel, source, targets: [...targets, 9 + more], sequence }
  }
}

/** A script of what happens on the line from a sealer to an opener. */
function target(name: 'pairwise' | 'media', line: (random: Random) => Line): Target {
  return {
    name: `record-${name}`,
    title: `a ${name} record opens once, in order, where it was sealed for and as it was sealed, and no other opens; after a failure none does`,
    seeds: () => [
      Uint8Array.from({ length: 4 * 6 }, () => 0),
      ...Object.values(DELIVER).map(kind => Uint8Array.of(0, 0, 0, 0, kind, 0, 20, 1, 0, 0, 0, 0, kind, 0, 0, 0, 0, 0, 0, 0)),
    ],
    grammar: () => scripts(KINDS, MOST),
    run: input => {
      const random = new Random(7)
      const ends = line(random)
      const sent: Sent[] = []
      let [sequence, at, failed, opened, word] = [0, 0, '', 0, 'opened']

      const deliver = (header: RecordHeader, record: Uint8Array, honest: Sent | undefined) => {
        const answer: Answer<Uint8Array> = securing(() => ends.open(header, record))
        const due = failed === '' && honest !== undefined && ends.due(honest)
        if ('refused' in answer) {
          promise(!due, `the next record is refused: ${answer.refused}`)
          promise(failed === '' || failed === answer.refused, `after ${failed} it says ${answer.refused}`)
          failed = answer.refused
          word = answer.refused
          return
        }
        promise(due && honest !== undefined, 'a record opens that must not')
        promise(sameBytes(answer.value, honest.plaintext), 'a record opens to something else than was sealed')
        ends.opened(honest)
        opened++
      }

      for (const operation of scriptOf(input, KINDS, MOST)) {
        const { kind, a, b, c } = operation
        if (kind === DELIVER.late) {
          at += MINUTES_11
          continue
        }
        if (kind === DELIVER.rekey || kind === DELIVER.rekeyAlone) {
          ends.rekey(kind === DELIVER.rekey)
          continue
        }
        if (kind === DELIVER.again) {
          const before = sent[a % Math.max(1, sent.length)]
          if (before !== undefined) deliver(before.header, before.record, before)
          continue
        }
        if (kind === DELIVER.raw) {
          deliver({ channel: CHANNEL[name], source: 2, targets: [1], sequence: sequence + 1 }, concat(random.bytes(b), Uint8Array.of(a, c)), undefined)
          continue
        }
        const header = { channel: CHANNEL[name], source: 2, targets: [1], sequence: ++sequence }
        const next = ends.seal(header, random.bytes(b % 32), at)
        sent.push(next)
        const { record } = next
        if (kind === DELIVER.next) deliver(header, record, next)
        else if (kind === DELIVER.elsewhere) deliver(elsewhere(header, operation), record, undefined)
        else if (kind === DELIVER.cut) deliver(header, record.subarray(0, record.length - 1 - (a % record.length)), undefined)
        else if (kind === DELIVER.changed) {
          const place = (256 * a + b) % record.length
          deliver(header, record.with(place, (record[place] ?? 0) ^ c), c === 0 ? next : undefined)
        }
      }
      return `${word} after ${Math.min(opened, 3)}`
    },
  }
}

/** The openers of sealed records. */
export const records: readonly Target[] = [target('pairwise', pairwise), target('media', media)]
