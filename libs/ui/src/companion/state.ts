/** What the desktop companion shows beside what every customer does. */
import { type CustomerState, type Helper, initialState } from '../model.js'

/** Something that gives more than what was agreed to at the beginning. */
export interface PowerQuestion {
  readonly id: number
  /** Administrator powers; the password of the person's own account, for powers that were allowed; the way back after a restart. */
  readonly kind: 'elevation' | 'password' | 'rejoin'
  /** Who asks; undefined = this computer itself. */
  readonly from: Helper | undefined
  readonly words: readonly string[]
  readonly reason: string
  /** Of elevation: for how long, and whether the agent gives the credentials of an account. */
  readonly minutes: number
  readonly credentials: boolean
  /** Of a password: the one before was wrong, and so many more may be; undefined = it is the first. */
  readonly attemptsLeft: number | undefined
  /** A yes counts from then on, ms since 1970: nobody presses what has only just appeared. */
  readonly armedAtMs: number
  /** When silence denies, ms since 1970; undefined = it is not known. */
  readonly byMs: number | undefined
}

/** Everything that the companion's window shows. */
export interface CompanionState extends CustomerState {
  readonly power: PowerQuestion | undefined
  /** What each person's screen shows as well, unless somebody stands between. */
  readonly words: Readonly<Record<string, readonly string[]>>
  /** Where received files lie. */
  readonly folder: string
  /** Where the log lies; undefined = it was not saved. */
  readonly logFile: string | undefined
  /** The keys that stop everything, wherever they are pressed; undefined = there are none. */
  readonly stopKeys: string | undefined
  /** A ticket for the way back after a restart lies ready. */
  readonly rejoinReady: boolean
}

/** Whether the person is asked something. */
export const isAsked = ({ questions, fileQuestions, power }: CompanionState): boolean => questions.length > 0 || fileQuestions.length > 0 || power !== undefined

/** Before anything has happened. */
export const initialCompanion: CompanionState = {
  ...initialState,
  power: undefined,
  words: {},
  folder: '',
  logFile: undefined,
  stopKeys: undefined,
  rejoinReady: false,
}
