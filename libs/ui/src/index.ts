/** The customer's side as data: what there is to see and to decide, in the words for it. Runs in Node and in browsers. */

// A session, as its customer follows it

export { Attendance, type AttendanceOwner } from './attendance.js'
export { type DeskOwner, FileDesk } from './files.js'
export {
  type Actions,
  type CustomerState,
  type FileQuestion,
  type Helper,
  initialState,
  isHere,
  mayAnybody,
  type Present,
  type Problem,
  type Question,
  type ReceivedFile,
  type Said,
  type Shared,
  type Stage,
  type Surface,
  type Told,
  type Transferred,
} from './model.js'
export { Questions } from './questions.js'
export { type Line, Sketch, type Spot } from './sketch.js'
export { BROWSER_TOPICS, grantsFor, permissionsOf, SUGGESTED, TOPICS, type Topic, topicsOf } from './topics.js'

// The desktop companion

export { type Act, actOf, givesMore, MAX_UPLOADS } from './companion/act.js'
export { type CompanionState, initialCompanion, isAsked, type PowerQuestion } from './companion/state.js'
export { type CompanionStrings, companionStringsFor } from './companion/strings.js'

// In words

export { amount } from './amount.js'
export { type Languages, languages } from './languages.js'
export { entryOf, type LogEntry, type LogLine, readable } from './log.js'
export { plain } from './plain.js'
export { called, presence } from './presence.js'
export { LANGUAGES, languageFor, type Strings, sentenceOf, stringsFor } from './strings.js'
export { minutes } from './time.js'
export { helperOf, presentOf, problemOf, toldOf } from './told.js'
