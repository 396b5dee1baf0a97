import { Button, type Channel, KeyCombo, RefusalReason } from '@remote-assist/codec'
import { describe, expect, it } from 'vitest'
import {
  COMBO_TIMEOUT_MS,
  INPUT_RATE,
  inputSink,
  MAX_HELD_KEYS,
  MAX_OPEN_COMBOS,
  REPORT_INTERVAL_MS,
  refuseInput,
  SILENCE_MS,
} from '../../../src/channels/input/sink.js'
import type { Injection, InputPermit, InputSinkEvent, InputSinkState } from '../../../src/channels/input/sink-table.js'
import type { Kind } from '../../../src/message.js'
import { Actor } from '../../support/actor.js'
import { screen } from '../../support/protocol.js'

const LAYOUT = { epoch: 4, screens: [screen(1), screen(2, { width: 800, height: 600 })] }
const PERMIT: InputPermit = { open: true, control: true, epoch: 3, layout: LAYOUT, secureKeys: undefined }
const A = 4
const B = 5

type Effect = ReturnType<typeof inputSink.step>['effects'][number]

/** The sink with an agent in control, whose events are numbered as they come. */
class Sink extends Actor<InputSinkState, InputSinkEvent, Effect> {
  seq = 0
  epoch = PERMIT.epoch
  layout = LAYOUT.epoch

  constructor(permit: Partial<InputPermit> = {}) {
    super(inputSink, inputSink.initial)
    this.permit(permit)
  }

  permit(change: Partial<InputPermit> = {}) {
    return this.step({ type: 'permit', ...PERMIT, ...change })
  }
  #stamp = () => ({ seq: ++this.seq, leaseEpoch: this.epoch })
  #at = (x: number, y: number, screenId: number) => ({ ...this.#stamp(), layoutEpoch: this.layout, screenId, x, y })
  key = (hidUsage: number, down: boolean, locks = 0) => this.step({ type: 'remote.keyEvent', value: { ...this.#stamp(), hidUsage, down, modifiers: 0, locks } })
  text = (text: string) => this.step({ type: 'remote.textInput', value: { ...this.#stamp(), text } })
  move = (x: number, y: number, screenId = 1) => this.step({ type: 'remote.pointerMove', value: this.#at(x, y, screenId) })
  button = (button: Button, down: boolean, x = 10, y = 20) => this.step({ type: 'remote.pointerButton', value: { ...this.#at(x, y, 1), button, down } })
  wheel = (deltaY: number) => this.step({ type: 'remote.wheel', value: { ...this.#at(1, 2, 1), deltaX: 0, deltaY } })
  releaseAll = () => this.step({ type: 'remote.releaseAll', value: this.#stamp() })
  holds = (hidUsages: readonly number[], buttons: readonly Button[] = []) => this.step({ type: 'remote.held', value: { ...this.#stamp(), hidUsages, buttons } })
  combo = (requestId: number, combo = KeyCombo.CTRL_ALT_DELETE) => this.step({ type: 'remote.sendKeys', value: { ...this.#stamp(), requestId, combo } })
  done = (requestId: number, refusal = RefusalReason.UNSPECIFIED) => this.step({ type: 'local.comboDone', requestId, refusal })
}

/** Bit 3 of `locks`: the others mean something. */
const SAID = 8

const injected = (effects: readonly Effect[]): readonly Injection[] => effects.flatMap(effect => (effect.type === 'notify' ? effect.notice.injections : []))
const said = (effects: readonly Effect[]): readonly Kind<Channel.INPUT>[] => effects.flatMap(effect => (effect.type === 'send' ? [effect.kind] : []))
const rejected = (reason: RefusalReason, seq: number, count = 1) => ({ $case: 'inputRejected', value: { seq, reason, count } })
const answer = (requestId: number, refusal: RefusalReason) => ({ $case: 'sendKeysResult', value: { requestId, refusal } })
const up = (usage: number): Injection => ({ do: 'key', usage, down: false })
const down = (usage: number): Injection => ({ do: 'key', usage, down: true })
const press = (which: Button, isDown: boolean): Injection => ({ do: 'button', button: which, down: isDown })
const { LEFT } = Button

describe('keys and text', () => {
  it('RA-INP-021 presses and releases by position, and marks what it injects', () => {
    const sink = new Sink()
    expect(sink.key(A, true)).toContainEqual({
      type: 'notify',
      notice: { kind: 'input.inject', injections: [down(A)], mark: { leaseEpoch: 3, seq: 1 } },
    })
    expect(injected(sink.key(A, false))).toEqual([up(A)])
  })

  it('RA-INP-022 brings the locks into their state before a press, and only if they changed', () => {
    const sink = new Sink()
    expect(injected(sink.key(A, true, SAID | 2))).toEqual([{ do: 'locks', locks: 2 }, down(A)])
    expect(injected(sink.key(B, true, SAID | 2))).toEqual([down(B)])
    expect(injected(sink.key(B, false, SAID))).toEqual([up(B)])
    expect(injected(sink.key(B, true, SAID | 2))).toEqual([down(B)])
  })

  it('RA-INP-028 leaves the locks as they are for a key that does not say how they should be', () => {
    const sink = new Sink()
    for (const locks of [0, 2]) expect(injected(sink.key(A, true, locks))).toEqual([down(A)])
    expect(injected(sink.key(B, true, SAID))).toEqual([{ do: 'locks', locks: 0 }, down(B)])
    expect(injected(sink.key(B, true))).toEqual([down(B)])
    expect(injected(sink.key(B, true, SAID))).toEqual([down(B)])
  })

  it('RA-INP-022 lets a key that turns a lock turn it, and brings the locks into their state before the next key', () => {
    for (const lockKey of [0x39, 0x47, 0x53]) {
      const sink = new Sink()
      sink.key(A, true, SAID)
      expect(injected(sink.key(lockKey, true, SAID | 7))).toEqual([down(lockKey)])
      expect(injected(sink.key(B, true, SAID | 7))).toEqual([{ do: 'locks', locks: 7 }, down(B)])
    }
  })

  it('RA-INP-026 RA-INP-027 repeats a key that is down, and ignores the release of one that is up', () => {
    const sink = new Sink()
    sink.key(A, true)
    expect(injected(sink.key(A, true))).toEqual([down(A)])
    expect(injected(sink.key(A, false))).toEqual([up(A)])
    expect(sink.key(A, false)).toEqual([])
    expect(sink.button(LEFT, false)).toEqual([])
  })

  it('types text', () => expect(injected(new Sink().text('é\t漢\n'))).toEqual([{ do: 'text', text: 'é\t漢\n' }]))

  it('RA-INP-024 rejects text with a control character as a whole', () => {
    for (const text of ['ls\r', '\u0000', 'a\u001b[A', '\u0085']) {
      const sink = new Sink()
      expect(sink.text(text)).toEqual([{ type: 'send', kind: rejected(RefusalReason.INVALID, 1) }])
    }
  })

  it('rejects a press beyond the keys that one agent can hold', () => {
    const sink = new Sink()
    for (let usage = 4; usage < 4 + MAX_HELD_KEYS; usage++) sink.key(usage, true)
    expect(said(sink.key(200, true))).toEqual([rejected(RefusalReason.LIMIT, MAX_HELD_KEYS + 1)])
    expect(injected(sink.key(4, true))).toEqual([down(4)])
  })
})

describe('the pointer', () => {
  it('RA-INP-031 goes to the nearest pixel of its screen', () => {
    const sink = new Sink()
    expect(injected(sink.move(5_000, -3))).toEqual([{ do: 'move', screenId: 1, x: 1_919, y: 0 }])
    expect(injected(sink.move(5_000, 5_000, 2))).toEqual([{ do: 'move', screenId: 2, x: 799, y: 599 }])
  })

  it('moves before it presses, releases and turns', () => {
    const sink = new Sink()
    const place: Injection = { do: 'move', screenId: 1, x: 10, y: 20 }
    expect(injected(sink.button(LEFT, true))).toEqual([place, press(LEFT, true)])
    expect(injected(sink.button(LEFT, true))).toEqual([place, press(LEFT, true)])
    expect(injected(sink.button(LEFT, false))).toEqual([place, press(LEFT, false)])
    expect(injected(sink.wheel(120))).toEqual([
      { do: 'move', screenId: 1, x: 1, y: 2 },
      { do: 'wheel', deltaX: 0, deltaY: 120 },
    ])
  })

  it('RA-INP-032 drops and reports what means another layout or no screen', () => {
    const acts: readonly ((sink: Sink) => readonly Effect[])[] = [sink => sink.move(1, 1), sink => sink.button(LEFT, true), sink => sink.wheel(1)]
    for (const act of acts) {
      const sink = new Sink()
      sink.layout = 3
      expect(act(sink)).toEqual([{ type: 'send', kind: rejected(RefusalReason.INVALID, 1) }])
    }
    expect(said(new Sink().move(1, 1, 9))).toEqual([rejected(RefusalReason.INVALID, 1)])
  })

  it('RA-INP-033 releases a button of any layout where the pointer is', () => {
    const sink = new Sink()
    sink.button(LEFT, true)
    sink.layout = 3
    expect(injected(sink.button(LEFT, false))).toEqual([press(LEFT, false)])
  })
})

describe('order, numbers and epochs', () => {
  it('RA-INP-003 RA-INP-004 drops events of an older epoch whole, and reports them', () => {
    const sink = new Sink()
    sink.key(A, true)
    sink.epoch = 2
    expect(sink.key(A, false)).toEqual([{ type: 'send', kind: rejected(RefusalReason.NO_LEASE, 2) }])
    expect(sink.state).toMatchObject({ keys: [A] })
    expect(said(sink.combo(1))).toEqual([answer(1, RefusalReason.NO_LEASE)])
  })

  it('RA-INP-008 injects each number once', () => {
    const sink = new Sink()
    sink.key(A, true)
    sink.seq = 0
    expect(sink.key(B, true)).toEqual([{ type: 'send', kind: rejected(RefusalReason.INVALID, 1) }])
    sink.seq = 0
    expect(said(sink.combo(1))).toEqual([answer(1, RefusalReason.INVALID)])
    sink.seq = 0
    sink.permit({ control: false })
    expect(said(sink.combo(2))).toEqual([answer(2, RefusalReason.INVALID)])
  })

  it('RA-INP-006 takes numbers from 1 when the line is new', () => {
    const sink = new Sink()
    for (let n = 0; n < 5; n++) sink.move(n, n)
    sink.permit({ open: false, control: false })
    sink.permit()
    sink.seq = 0
    expect(injected(sink.move(1, 1))).toHaveLength(1)
  })

  it('RA-INP-001 RA-INP-002 injects nothing without control, and reports it', () => {
    const sink = new Sink({ control: false })
    const acts = [() => sink.key(A, true), () => sink.text('x'), () => sink.move(1, 1), () => sink.button(LEFT, true), () => sink.wheel(1)]
    for (const act of acts) expect(injected(act())).toEqual([])
    expect(sink.releaseAll()).toEqual([])
    expect(sink.holds([A])).toEqual([])
    expect(said(sink.combo(1))).toEqual([answer(1, RefusalReason.NO_LEASE)])
    expect(said(sink.pass(REPORT_INTERVAL_MS))).toEqual([rejected(RefusalReason.NO_LEASE, 5, 4)])
  })
})

describe('rates', () => {
  const exhausted = () => {
    const sink = new Sink()
    sink.key(A, true)
    sink.button(LEFT, true)
    while (sink.seq < INPUT_RATE) sink.move(1, 1)
    return sink
  }

  it('RA-INP-035 accepts 500 events at once, and 500 in any second after', () => {
    const sink = new Sink()
    for (let n = 0; n < INPUT_RATE; n++) expect(injected(sink.text('x'))).toHaveLength(1)
    expect(injected(sink.text('x'))).toEqual([])
    for (let n = 0; n < 1_000; n++) {
      sink.pass(2)
      expect(injected(sink.text('x'))).toHaveLength(1)
    }
  })

  it('RA-INP-036 RA-INP-007 applies the newest of the moves that waited, before anything that comes after', () => {
    const sink = exhausted()
    expect(sink.move(5, 5)).toEqual([])
    expect(sink.move(6, 6)).toEqual([])
    expect(injected(sink.pass(2))).toEqual([{ do: 'move', screenId: 1, x: 6, y: 6 }])
    expect(sink.move(7, 7)).toEqual([])
    sink.pass(0)
    expect(injected(sink.key(A, false))).toEqual([{ do: 'move', screenId: 1, x: 7, y: 7 }, up(A)])
  })

  it('waits for a token before it applies a move that waited', () => {
    const sink = exhausted()
    sink.move(5, 5)
    expect(injected(sink.step({ type: 'tick' }))).toEqual([])
    expect(sink.deadline).toBe(sink.now + 2)
  })

  it('RA-INP-037 drops presses, text and combinations, never a release', () => {
    const sink = exhausted()
    expect(said(sink.key(B, true))).toEqual([rejected(RefusalReason.LIMIT, sink.seq)])
    expect(injected(sink.wheel(1))).toEqual([])
    expect(said(sink.combo(1))).toEqual([answer(1, RefusalReason.LIMIT)])
    expect(injected(sink.key(A, false))).toEqual([up(A)])
    sink.layout = 3
    expect(injected(sink.button(LEFT, false))).toEqual([press(LEFT, false)])
  })

  it('RA-INP-037 leaves a move that waits where a release finds no place of its own', () => {
    const sink = exhausted()
    sink.move(5, 5)
    sink.layout = 3
    expect(injected(sink.button(LEFT, false))).toEqual([{ do: 'move', screenId: 1, x: 5, y: 5 }, press(LEFT, false)])
  })

  it('RA-INP-038 reports at most ten times in a second, and counts the rest', () => {
    const sink = new Sink()
    sink.epoch = 1
    const times: number[] = []
    let counted = 0
    const note = (effects: readonly Effect[]) => {
      for (const kind of said(effects)) {
        if (kind.$case !== 'inputRejected') continue
        times.push(sink.now)
        counted += kind.value.count
      }
    }
    for (let n = 0; n < 200; n++) {
      note(sink.text('x'))
      note(sink.pass(10))
    }
    for (const start of times) expect(times.filter(time => time >= start && time < start + 1_000).length).toBeLessThanOrEqual(10)
    expect(counted).toBe(200)
    sink.pass(REPORT_INTERVAL_MS)
    expect(sink.deadline).toBeUndefined()
  })
})

describe('nothing stays pressed', () => {
  const holding = () => {
    const sink = new Sink()
    sink.key(A, true)
    sink.button(LEFT, true)
    return sink
  }
  const everything = [up(A), press(LEFT, false)]

  it('RA-INP-042 after 1.5 s of silence', () => {
    const sink = holding()
    expect(sink.pass(SILENCE_MS - 1)).toEqual([])
    sink.move(1, 1)
    expect(sink.pass(SILENCE_MS - 1)).toEqual([])
    expect(injected(sink.step({ type: 'tick' }))).toEqual([])
    expect(injected(sink.pass(1))).toEqual(everything)
    expect(sink.deadline).toBeUndefined()
  })

  it('RA-INP-043 when control ends or changes its epoch', () => {
    for (const change of [{ control: false }, { open: false, control: false }, { epoch: 4 }]) {
      const sink = holding()
      expect(injected(sink.permit(change))).toEqual(everything)
      expect(sink.state.phase).toBe('control' in change ? 'closed' : 'open')
    }
    const kept = holding()
    expect(kept.permit({ secureKeys: RefusalReason.NO_GRANT })).toEqual([])
    expect(kept.state).toMatchObject({ keys: [A], buttons: [LEFT] })
  })

  it('RA-INP-044 after ReleaseAll', () => {
    const sink = holding()
    expect(injected(sink.releaseAll())).toEqual(everything)
    expect(sink.releaseAll()).toEqual([])
  })

  it('RA-INP-045 RA-INP-046 beyond what Held lists, and nothing is pressed that it lists', () => {
    const sink = holding()
    sink.key(B, true)
    expect(injected(sink.holds([A, 9], [LEFT]))).toEqual([up(B)])
    expect(injected(sink.holds([], [Button.RIGHT]))).toEqual(everything)
    expect(sink.holds([A], [LEFT])).toEqual([])
  })
})

describe('combinations', () => {
  it('RA-INP-051 makes one as a whole, and answers when it is made', () => {
    const sink = new Sink()
    expect(injected(sink.combo(1, KeyCombo.CTRL_ESCAPE))).toEqual([{ do: 'combo', requestId: 1, combo: KeyCombo.CTRL_ESCAPE }])
    expect(said(sink.done(1))).toEqual([answer(1, RefusalReason.UNSPECIFIED)])
    expect(sink.done(1)).toEqual([])
  })

  it('RA-INP-055 passes on that the host cannot make it', () => {
    const sink = new Sink()
    sink.combo(1, KeyCombo.CTRL_ESCAPE)
    expect(said(sink.done(1, RefusalReason.UNSUPPORTED))).toEqual([answer(1, RefusalReason.UNSUPPORTED)])
  })

  it('RA-INP-052 RA-INP-053 RA-INP-054 makes Ctrl+Alt+Delete only where secure keys are to be had', () => {
    for (const secureKeys of [RefusalReason.NOT_ELEVATED, RefusalReason.NO_GRANT, RefusalReason.UNSUPPORTED]) {
      const sink = new Sink({ secureKeys })
      expect(said(sink.combo(1))).toEqual([answer(1, secureKeys)])
      expect(injected(sink.combo(2, KeyCombo.CTRL_ESCAPE))).toHaveLength(1)
    }
    expect(injected(new Sink().combo(1))).toEqual([{ do: 'combo', requestId: 1, combo: KeyCombo.CTRL_ALT_DELETE }])
  })

  it('RA-INP-057 answers TIMEOUT when the host does not', () => {
    for (const control of [true, false]) {
      const sink = new Sink()
      sink.combo(1)
      sink.permit({ control })
      expect(sink.pass(COMBO_TIMEOUT_MS - 1)).toEqual([])
      sink.step({ type: 'tick' })
      expect(said(sink.pass(1))).toEqual([answer(1, RefusalReason.TIMEOUT)])
      expect(sink.done(1)).toEqual([])
    }
  })

  it('answers BUSY while too many wait', () => {
    const sink = new Sink()
    for (let n = 1; n <= MAX_OPEN_COMBOS; n++) sink.combo(n)
    expect(said(sink.combo(99))).toEqual([answer(99, RefusalReason.BUSY)])
  })

  it('RA-SES-005 are refused with the reason of the matrix; other input is dropped', () => {
    const value = { seq: 1, leaseEpoch: 1 }
    expect(refuseInput({ $case: 'sendKeys', value: { ...value, requestId: 3, combo: KeyCombo.CTRL_ESCAPE } }, RefusalReason.PAUSED)).toEqual(
      answer(3, RefusalReason.PAUSED),
    )
    expect(refuseInput({ $case: 'releaseAll', value }, RefusalReason.PAUSED)).toBeUndefined()
  })
})
