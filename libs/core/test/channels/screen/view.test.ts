import { type Channel, type FramePart, RefusalReason, Subscription_State } from '@remote-assist/codec'
import { describe, expect, it } from 'vitest'
import { KEYFRAME_TIMEOUT_MS, type ScreenViewEvent, type ScreenViewState, SUBSCRIBE_TIMEOUT_MS, screenView } from '../../../src/channels/screen/view.js'
import { LocalProtocolError } from '../../../src/machine.js'
import type { Kind } from '../../../src/message.js'
import { Actor } from '../../support/actor.js'
import { screen, subscribe } from '../../support/protocol.js'

type Effect = ReturnType<typeof screenView.step>['effects'][number]
const { STARTED, REFUSED, ENDED } = Subscription_State

class View extends Actor<ScreenViewState, ScreenViewEvent, Effect> {
  constructor() {
    super(screenView, screenView.initial)
  }
  static idle(): View {
    const view = new View()
    view.permit(true)
    view.list(1)
    return view
  }
  static watching(): View {
    const view = View.idle()
    view.show(1)
    view.answer(STARTED)
    return view
  }
  static painted(): View {
    const view = View.watching()
    view.part({ frameId: 1, baseFrameId: 0 })
    return view
  }
  permit = (view: boolean) => this.step({ type: 'permit', view })
  list = (layoutEpoch: number, ...ids: readonly number[]) =>
    this.step({ type: 'remote.screenList', value: { layoutEpoch, screens: (ids.length === 0 ? [1, 2] : ids).map(id => screen(id)) } })
  show = (screenId: number) => this.step({ type: 'local.show', subscribe: subscribe(screenId) })
  answer = (state: Subscription_State, screenId = 1, reason = RefusalReason.UNSPECIFIED) =>
    this.step({ type: 'remote.subscription', value: { screenId, state, reason } })
  part = (change: Partial<FramePart>) =>
    this.step({
      type: 'remote.framePart',
      value: {
        screenId: 1,
        layoutEpoch: 1,
        frameId: 1,
        baseFrameId: 0,
        part: 0,
        last: true,
        capturedAtUs: 0n,
        lastInput: undefined,
        rects: [],
        width: 1,
        height: 1,
        ...change,
      },
    })
}
const said = (effects: readonly Effect[]): readonly Kind<Channel.SCREEN>[] => effects.flatMap(effect => (effect.type === 'send' ? [effect.kind] : []))
const told = (effects: readonly Effect[]) => effects.flatMap(effect => (effect.type === 'notify' ? [effect.notice] : []))
const ask = { $case: 'requestKeyframe', value: { screenId: 1 } }
const applied = (view: View) => (view.state.phase === 'watching' ? view.state.picture.applied : undefined)

describe('the screens', () => {
  it('are told in every phase', () => {
    for (const view of [new View(), View.idle(), View.watching()]) {
      expect(told(view.list(7))).toEqual([{ kind: 'screen.list', layout: { epoch: 7, screens: [screen(1), screen(2)] } }])
    }
  })
})

describe('a subscription', () => {
  it('is asked for, and its start and end are told', () => {
    const view = View.idle()
    expect(said(view.show(1))).toEqual([{ $case: 'subscribe', value: subscribe(1) }])
    expect(told(view.answer(STARTED))).toEqual([{ kind: 'screen.subscription', screenId: 1, state: STARTED, reason: RefusalReason.UNSPECIFIED }])
    expect(view.deadline).toBeUndefined()
    expect(view.answer(ENDED, 2)).toEqual([])
    view.answer(ENDED, 1, RefusalReason.NO_GRANT)
    expect(view.state.phase).toBe('idle')
    expect(view.answer(STARTED)).toEqual([])
  })

  it('needs the right to see, and a screen that is there', () => {
    expect(() => View.idle().show(9)).toThrow('there is no screen 9')
    expect(() => new View().show(1)).toThrow(LocalProtocolError)
  })

  it('is asked for twice, then counts as refused', () => {
    const view = View.idle()
    view.show(1)
    expect(view.step({ type: 'tick' })).toEqual([])
    expect(said(view.pass(SUBSCRIBE_TIMEOUT_MS))).toEqual([{ $case: 'subscribe', value: subscribe(1) }])
    expect(told(view.pass(SUBSCRIBE_TIMEOUT_MS))).toEqual([{ kind: 'screen.subscription', screenId: 1, state: REFUSED, reason: RefusalReason.TIMEOUT }])
    expect(view.state.phase).toBe('idle')
  })

  it('moves to the next screen, and ends when it is not wanted', () => {
    const view = View.painted()
    expect(said(view.show(2))).toEqual([{ $case: 'subscribe', value: subscribe(2) }])
    expect(applied(view)).toBe(0)
    expect(said(view.step({ type: 'local.hide' }))).toEqual([{ $case: 'unsubscribe', value: { screenId: 2 } }])
    expect(view.step({ type: 'local.hide' })).toEqual([])
  })

  it('RA-SES-137 survives a dropped line as a wish: it is asked for anew', () => {
    const view = View.painted()
    expect(view.permit(false)).toEqual([])
    expect(view.state).toMatchObject({ phase: 'closed', wish: { screenId: 1 } })
    expect(view.permit(false)).toEqual([])
    expect(said(view.permit(true))).toEqual([{ $case: 'subscribe', value: subscribe(1) }])
    expect(applied(view)).toBe(0)
    view.permit(false)
    view.step({ type: 'local.hide' })
    expect(view.permit(true)).toEqual([])
    expect(view.permit(true)).toEqual([])
    view.permit(false)
    expect(view.state).toMatchObject({ phase: 'closed', wish: undefined })
  })

  it('stays as it is when nothing changes', () => {
    const view = View.painted()
    const { state } = view
    expect(view.permit(true)).toEqual([])
    expect(view.state).toBe(state)
  })
})

describe('frames', () => {
  it('are told part by part, and are applied with the last', () => {
    const view = View.watching()
    expect(told(view.part({ last: false }))).toMatchObject([{ kind: 'screen.part', first: true }])
    expect(applied(view)).toBe(0)
    expect(told(view.part({ part: 1, last: false }))).toMatchObject([{ first: false }])
    view.part({ part: 2 })
    expect(applied(view)).toBe(1)
    view.part({ frameId: 2, baseFrameId: 1 })
    expect(applied(view)).toBe(2)
  })

  it.each([
    ['another base than the frame applied last', { frameId: 9, baseFrameId: 7 }],
    ['a part of a frame that did not begin', { frameId: 2, part: 1 }],
  ])('RA-SCR-041 with %s are discarded, and a key frame is asked for', (_what, change) => {
    const view = View.painted()
    expect(view.part(change)).toEqual([{ type: 'send', kind: ask }])
    expect(applied(view)).toBe(0)
  })

  it('RA-SCR-041 with a gap, or that another interrupts, are discarded', () => {
    for (const change of [{ part: 2 }, { frameId: 3, part: 1 }]) {
      const view = View.painted()
      view.part({ frameId: 2, baseFrameId: 1, last: false })
      expect(said(view.part({ frameId: 2, ...change }))).toEqual([ask])
    }
  })

  it('RA-SCR-042 of another layout or screen are discarded without a word', () => {
    const view = View.painted()
    expect(view.part({ frameId: 2, layoutEpoch: 9 })).toEqual([])
    expect(view.part({ frameId: 2, screenId: 2 })).toEqual([])
    expect(applied(view)).toBe(1)
    view.list(2)
    expect(applied(view)).toBe(0)
    for (const it of [new View(), View.idle()]) expect(it.part({})).toEqual([])
  })

  it('RA-SCR-043 that do not decode make a key frame be asked for', () => {
    const view = View.painted()
    expect(said(view.step({ type: 'local.undecodable' }))).toEqual([ask])
    for (const it of [new View(), View.idle()]) expect(it.step({ type: 'local.undecodable' })).toEqual([])
  })

  it('RA-SCR-061 are acknowledged when they were shown', () => {
    expect(said(View.painted().step({ type: 'local.presented', frameId: 1, decodeUs: 800 }))).toEqual([
      { $case: 'frameAck', value: { screenId: 1, frameId: 1, decodeUs: 800 } },
    ])
    for (const it of [new View(), View.idle()]) expect(it.step({ type: 'local.presented', frameId: 1, decodeUs: 1 })).toEqual([])
  })

  it('asks once for a key frame while one is on its way, and again when it does not come', () => {
    const view = View.painted()
    view.part({ frameId: 9, baseFrameId: 7 })
    expect(view.part({ frameId: 10, baseFrameId: 9 })).toEqual([])
    expect(view.pass(KEYFRAME_TIMEOUT_MS - 1)).toEqual([])
    expect(view.step({ type: 'tick' })).toEqual([])
    expect(said(view.pass(1))).toEqual([ask])
    view.part({ frameId: 11 })
    expect(view.deadline).toBeUndefined()
    expect(view.step({ type: 'tick' })).toEqual([])
    expect(applied(view)).toBe(11)
  })

  it('lets a key frame take its time once it has begun', () => {
    const view = View.painted()
    view.step({ type: 'local.undecodable' })
    view.part({ frameId: 11, last: false })
    expect(view.pass(10 * KEYFRAME_TIMEOUT_MS)).toEqual([])
    view.part({ frameId: 11, part: 1 })
    expect(applied(view)).toBe(11)
  })
})

it('passes on pointer, secure desktop and masks while it may see', () => {
  const words = ['cursorShape', 'cursorUse', 'cursorPosition', 'secureDesktop', 'maskedRegions'] as const
  for (const $case of words) {
    const event = { type: `remote.${$case}`, value: { mark: 1 } } as unknown as ScreenViewEvent
    for (const view of [View.idle(), View.watching()])
      expect(told(view.step(event))).toEqual([{ kind: 'screen.shown', message: { $case, value: { mark: 1 } } }])
    expect(new View().step(event)).toEqual([])
  }
  expect(new View().answer(STARTED)).toEqual([])
})
