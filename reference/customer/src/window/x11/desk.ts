/** What the companion has on the person's display beside its window: the bar on top, the overlay, and the keys that stop it all. */
import type { Annotation, ScreenInfo } from '@remote-assist/peer'
import { type CompanionState, called, companionStringsFor, isAsked, presence, Sketch } from '@remote-assist/ui'
import { XConnection } from '../../hosts/x11/connection.js'
import { Bar, type BarWords } from './bar.js'
import { inkOf, legible } from './ink.js'
import { Overlay } from './overlay.js'
import { type StopKeys, type Watch, watchStopKeys, written } from './stop-keys.js'

/** What is asked of the companion. */
export interface DeskOwner {
  pause(): void
  stop(): void
}

/** The display, with what the companion has on it. */
export class Desk {
  readonly #connection: XConnection
  readonly #bar: Bar
  readonly #overlay: Overlay | undefined
  readonly #keys: StopKeys
  readonly #watch: Watch | undefined
  readonly #sketch = new Sketch()
  #screens: readonly ScreenInfo[] = []
  #state: CompanionState | undefined
  #drawing = false

  private constructor(connection: XConnection, bar: Bar, overlay: Overlay | undefined, keys: StopKeys, watch: Watch | undefined) {
    this.#connection = connection
    this.#bar = bar
    this.#overlay = overlay
    this.#keys = keys
    this.#watch = watch
  }

  /** Opens it. Rejects with `HostError` if there is no such display. */
  static async open(display: string, keys: StopKeys, owner: DeskOwner): Promise<Desk> {
    const connection = await XConnection.open(display)
    const bar = new Bar(connection, owner)
    await bar.describe('Remote Assist')
    const watch = await watchStopKeys(connection, keys, () => owner.stop())
    return new Desk(connection, bar, await Overlay.open(connection), keys, watch)
  }

  /** The keys that stop it all, as they are written; undefined = this keyboard has not got them. */
  get stopKeys(): string | undefined {
    return this.#watch === undefined ? undefined : written(this.#keys)
  }

  /** Another program has these keys as well. */
  get keysTaken(): boolean {
    return this.#watch?.taken ?? false
  }

  /** The screens are these now. */
  arrange(screens: readonly ScreenInfo[]): void {
    this.#screens = screens
    this.#showBar()
    this.#draw()
  }

  /** What is to be seen is another. */
  show(state: CompanionState): void {
    this.#state = inLetters(state)
    this.#showBar()
    if (this.#connection.lost !== undefined) return
    // Who may not draw any longer has drawn nothing (RA-ANN-007).
    if (this.#sketch.keep(new Set(state.people.filter(({ holds }) => holds.includes('talk')).map(({ id }) => id)))) this.#draw()
  }

  /** Something was drawn, or went. */
  hear(annotation: Annotation): void {
    this.#sketch.hear(annotation)
    this.#draw()
  }

  close(): void {
    this.#watch?.stop()
    this.#bar.close()
    this.#connection.close()
  }

  #showBar(): void {
    if (this.#connection.lost === undefined) this.#bar.show(this.#state?.stage.name === 'live' ? wordsOf(this.#state) : undefined, this.#screens)
  }

  /** Once for all that came at a time. */
  #draw(): void {
    if (this.#drawing) return
    this.#drawing = true
    setImmediate(() => {
      this.#drawing = false
      if (this.#connection.lost === undefined)
        this.#overlay?.show(
          inkOf(this.#sketch, this.#screens, person => this.#nameOf(person)),
          this.#screens,
        )
    })
  }

  #nameOf(person: number): string {
    const who = this.#state?.people.find(({ id }) => id === person)
    return called(who ?? { name: '', role: 'agent' }, words())
  }
}

const words = () => companionStringsFor(Intl.DateTimeFormat().resolvedOptions().locale)

/** How much the bar says, where there is less and less room: so many names, of so many letters each. */
const SHORTER = [
  { names: Number.POSITIVE_INFINITY, letters: Number.POSITIVE_INFINITY },
  { names: 2, letters: 20 },
  { names: 1, letters: 12 },
]

const shortened = (name: string, letters: number): string => ([...name].length > letters ? `${[...name].slice(0, letters - 1).join('')}…` : name)

/** The same, with the names that can be written there; somebody else is the agent, or a viewer. */
const inLetters = (state: CompanionState): CompanionState => ({ ...state, people: state.people.map(one => ({ ...one, name: legible(one.name) ?? '' })) })

function wordsOf(state: CompanionState): BarWords {
  const t = words()
  const said = SHORTER.map(({ names, letters }) => {
    const people = state.people.map(one => ({ ...one, name: shortened(one.name, letters) }))
    return presence({ ...state, people }, t, names)
  })
  // The window may lie behind others.
  const sentences = isAsked(state) ? [t.asked] : said.map(({ sentence }) => sentence)
  return { sentences, seen: said[0]?.look === 'seen', pause: state.paused ? t.goOn : t.pause, stop: t.stop }
}
