/** What an end knows of its session, gathered from the words of its core; changes of phase are told as they happen. */
import { CloseCode, ElevationPhase, type Participant, type Permission, Phase, Role, type Screen } from '@remote-assist/codec'
import type { Observer } from '@remote-assist/peer'
import type { Happening, Standing } from '../contract.js'

/** The phases by the names that the machines give them. */
const PHASES: ReadonlyMap<string, Phase> = new Map([
  ['securing', Phase.SECURING],
  ['consenting', Phase.CONSENTING],
  ['admission', Phase.ADMISSION],
  ['active', Phase.ACTIVE],
  ['paused', Phase.PAUSED],
  ['suspended', Phase.SUSPENDED],
  ['gone', Phase.GONE],
])

interface Counterpart {
  readonly phase: Phase
  /** It was let in once. */
  readonly met: boolean
}

/** What differs between the ends in what is told of a counterpart's words. */
export interface Acquaintances {
  words(participant: number): readonly string[]
  confirmed(participant: number): boolean
}

export class Following {
  session = Phase.JOINING
  self = 0
  closeCode = CloseCode.UNSPECIFIED
  /** Why the last attempt to come in failed. */
  failure = CloseCode.UNSPECIFIED
  control = 0
  participants: readonly Participant[] = []
  grants: readonly Permission[] = []
  screens: readonly Screen[] = []
  /** The newest phase of elevation, in the contract's words; empty = none. */
  elevation = ''
  readonly recording = new Set<number>()
  readonly #counterparts = new Map<number, Counterpart>()
  readonly #roster = new Map<number, { readonly role: Role; readonly displayName: string }>()
  #goneWith = CloseCode.UNSPECIFIED
  #ended = false

  constructor(
    readonly tell: (happening: Happening) => void,
    /** This end waits for customers: one that does not get in does not end it. */
    readonly waits = false,
  ) {}

  /** Hears the core: give it to an end as `observe`. */
  readonly observe: Observer = (word, participant) => {
    switch (word.kind) {
      case 'session.live':
        this.self = word.welcome.participant
        this.#met(word.welcome.roster?.entries ?? [])
        this.session = Phase.LIVE
        return this.tell({ case: 'phase', value: { participant: 0, phase: Phase.LIVE as number } })
      case 'session.refused':
        this.failure = word.refusal.code
        return
      case 'session.ended':
        this.session = Phase.ENDED
        this.closeCode = word.code
        if (this.failure === CloseCode.UNSPECIFIED) this.failure = word.code
        return this.tell({ case: 'phase', value: { participant: 0, phase: Phase.ENDED as number } })
      case 'peer.phase':
        return this.#phase(participant, PHASES.get(word.phase) ?? Phase.UNSPECIFIED, word.code)
      case 'peer.grants':
        this.grants = word.grants.map(({ permission }) => permission)
        return
      case 'participants':
        this.participants = word.participants
        this.recording.clear()
        for (const { participant: number, recording } of word.participants) if (recording) this.recording.add(number)
        return
      case 'control':
        this.control = word.holder
        return
      case 'elevation.changed':
        this.elevation = word.phase === ElevationPhase.NONE ? '' : ElevationPhase[word.phase].toLowerCase()
        return
      case 'screen.list':
        this.screens = word.layout.screens
        return
      default:
        return
    }
  }

  /** The dealings with the customer are over. If the session is not, who stays waits for another; who does not is done. */
  left(forGood: boolean): void {
    queueMicrotask(() => {
      if (this.session === Phase.ENDED || forGood) this.over()
      else this.tell({ case: 'ended', value: this.#goneWith })
    })
  }

  /** It is over for this end, and nothing more is told of it, whether the session or its counterpart ended. */
  over(): void {
    queueMicrotask(() => this.#last(this.session === Phase.ENDED ? this.closeCode : this.#goneWith))
  }

  /** This end came in vain, and will not try again by itself. */
  failed(): void {
    this.tell({ case: 'joinFailed', value: this.failure })
    this.#last(this.failure)
  }

  /** The counterparts that were let in and are not gone. */
  get present(): readonly number[] {
    return [...this.#counterparts].filter(([, { met }]) => met).map(([number]) => number)
  }

  /** What every end shows of its session. */
  look({ words, confirmed }: Acquaintances): Standing {
    const known = new Map(this.participants.map(it => [it.participant, it]))
    return {
      session: this.session as number,
      participant: this.self,
      peers: [...this.#counterparts]
        .sort(([a], [b]) => a - b)
        .map(([participant, { phase }]) => {
          const told = known.get(participant)
          const theirs = told?.role === Role.CUSTOMER ? this.grants : (told?.grants ?? [])
          return {
            participant,
            role: (told?.role ?? this.#roster.get(participant)?.role ?? Role.UNSPECIFIED) as number,
            phase: phase as number,
            grants: [...theirs].sort((a, b) => a - b) as number[],
            displayName: told?.displayName ?? this.#roster.get(participant)?.displayName ?? '',
            organisation: told?.organisation ?? '',
            words: words(participant).join(' '),
            wordsConfirmed: confirmed(participant),
          }
        }),
      control: this.control,
      recording: [...this.recording].sort((a, b) => a - b),
      closeCode: this.session === Phase.ENDED ? this.closeCode : CloseCode.UNSPECIFIED,
      participants: this.participants.map(({ participant }) => participant).sort((a, b) => a - b),
    }
  }

  #last(code: CloseCode): void {
    if (this.#ended) return
    this.#ended = true
    this.tell({ case: 'ended', value: code })
  }

  #met(entries: readonly { readonly participant: number; readonly role: Role; readonly displayName: string }[]): void {
    for (const { participant, role, displayName } of entries) this.#roster.set(participant, { role, displayName })
  }

  #phase(participant: number, phase: Phase, code: CloseCode | undefined): void {
    const before = this.#counterparts.get(participant)
    const inside = phase === Phase.ACTIVE || phase === Phase.PAUSED
    if (phase === Phase.GONE) this.#counterparts.delete(participant)
    else this.#counterparts.set(participant, { phase, met: before?.met === true || inside })
    this.tell({ case: 'phase', value: { participant, phase: phase as number } })
    if (phase !== Phase.GONE || code === undefined) return
    if (before?.met === true) this.#goneWith = code
    else if (this.waits && this.session !== Phase.ENDED) this.tell({ case: 'joinFailed', value: code })
    else this.failure = code
  }
}
