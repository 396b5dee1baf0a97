/** The words of the companion's window: those of the page, but for what is otherwise on a desktop. */

import { ENGLISH } from '../strings/english.js'
import { LANGUAGES, languageFor, type Strings } from '../strings.js'

/** What the page has no words for. */
const OWN_ENGLISH = {
  stopKeys: (keys: string) => `${keys} stops everything, wherever you are.`,
  asked: 'A question for you, in the window',
  filesIn: (folder: string) => `Received files are in ${folder}.`,
  showFolder: 'Show the folder',
  logIn: (file: string) => `Saved: ${file}`,
  wantsPowers: (minutes: number) => `asks for administrator powers, for ${minutes} min`,
  powersHow: 'They could change anything on this computer. If you agree, the system asks you once more.',
  powersCredentials: 'They could change anything on this computer. They then give the password of an account; you are not asked for one.',
  wantsRestart: 'wants to start this computer again',
  restartHow: 'This program then goes back to them by itself: once, within ten minutes, when you have logged on. Save your work first.',
  wantsPassword: 'Your password on this computer',
  passwordHow: 'It gives the powers that you agreed to. It goes to the system, and never to the agent.',
  passwordLabel: 'Password',
  passwordWrong: 'That password is not right.',
  allow: 'Allow',
  deny: 'No',
  notYet: 'Read it first',
  rejoinReady: 'This computer may be started again: the session goes on after you have logged on.',
  cancelRejoin: 'No way back',
  closed: 'The program has ended',
  closedHow: 'Nothing is shared. Start it again to be helped.',
}

const GERMAN_KEYS: Readonly<Record<string, string>> = { Ctrl: 'Strg', Shift: 'Umschalt', End: 'Ende', Home: 'Pos1', Escape: 'Esc', Delete: 'Entf' }

/** `Ctrl+Alt+End` as it is written on German keys. */
const onGermanKeys = (keys: string): string => keys.replace(/\w+/g, key => GERMAN_KEYS[key] ?? key)

const OWN_GERMAN: typeof OWN_ENGLISH = {
  stopKeys: keys => `${onGermanKeys(keys)} beendet alles, wo auch immer Sie sind.`,
  asked: 'Eine Frage an Sie, im Fenster',
  filesIn: folder => `Empfangene Dateien liegen in ${folder}.`,
  showFolder: 'Ordner zeigen',
  logIn: file => `Gespeichert: ${file}`,
  wantsPowers: minutes => `bittet um Administratorrechte, für ${minutes} min`,
  powersHow: 'Damit lässt sich alles auf diesem Computer ändern. Wenn Sie zustimmen, fragt das System Sie noch einmal.',
  powersCredentials: 'Damit lässt sich alles auf diesem Computer ändern. Das Kennwort eines Kontos kommt dann vom Agenten; Sie werden nach keinem gefragt.',
  wantsRestart: 'möchte diesen Computer neu starten',
  restartHow: 'Dieses Programm kehrt dann von selbst zurück: einmal, binnen zehn Minuten, wenn Sie sich angemeldet haben. Sichern Sie zuerst Ihre Arbeit.',
  wantsPassword: 'Ihr Kennwort an diesem Computer',
  passwordHow: 'Es gibt die Rechte, denen Sie zugestimmt haben. Es geht an das System und nie an den Agenten.',
  passwordLabel: 'Kennwort',
  passwordWrong: 'Dieses Kennwort stimmt nicht.',
  allow: 'Erlauben',
  deny: 'Nein',
  notYet: 'Lesen Sie es zuerst',
  rejoinReady: 'Dieser Computer darf neu gestartet werden: die Sitzung geht weiter, wenn Sie sich angemeldet haben.',
  cancelRejoin: 'Kein Rückweg',
  closed: 'Das Programm ist zu Ende',
  closedHow: 'Nichts wird geteilt. Starten Sie es neu, wenn Sie Hilfe möchten.',
}

type Other = Partial<Omit<Strings, 'errors'>> & Pick<Strings, 'errors'>

const OTHER_ENGLISH: Other = {
  scam: 'Nobody who calls you unasked, from no bank and no company, should ever have you do this. If in doubt, close this window.',
  see: 'See your screens',
  seeHow: 'All of them, as you see them. Close first what nobody should see.',
  seeShort: 'see your screens',
  clipboardHow: 'What you copy is offered to them, and what they copy to you, for as long as this is on.',
  compareHow: 'Have the agent read their three words to you. If they are others than these, somebody stands between: close this window.',
  endedHow: 'Nothing is shared any more. You can close this window.',
  refusedHow: 'Nothing was shared. You can close this window.',
  screenTitle: 'Your screens',
  errors: {
    E_KEYS_TAKEN: ['Another program uses the keys that stop everything, too.', 'They work here as well; name others by --stop-keys.'],
    E_NO_INPUT: [
      'Agents can look here, but neither point nor type.',
      'Your display lacks the extension XTEST, or RECORD, without which they could not be held off while you do.',
    ],
    E_NOT_YOUR_HAND: ['The agent was using your mouse or keyboard just now.', 'Press it again: this is for your own hand alone.'],
  },
}

const OTHER_GERMAN: Other = {
  scam: 'Niemand, der Sie ungebeten anruft, keine Bank und keine Firma, sollte Sie je hierzu bewegen. Im Zweifel schließen Sie dieses Fenster.',
  see: 'Ihre Bildschirme sehen',
  seeHow: 'Alle, so wie Sie sie sehen. Schließen Sie vorher, was niemand sehen soll.',
  seeShort: 'Ihre Bildschirme sehen',
  clipboardHow: 'Was Sie kopieren, wird angeboten, und was dort kopiert wird, Ihnen: solange dies an ist.',
  compareHow: 'Lassen Sie sich vom Agenten seine drei Wörter vorlesen. Sind es andere als diese, steht jemand dazwischen: schließen Sie dieses Fenster.',
  endedHow: 'Nichts wird mehr geteilt. Sie können dieses Fenster schließen.',
  refusedHow: 'Nichts wurde geteilt. Sie können dieses Fenster schließen.',
  screenTitle: 'Ihre Bildschirme',
  errors: {
    E_KEYS_TAKEN: ['Ein anderes Programm benutzt die Tasten, die alles beenden, ebenfalls.', 'Hier wirken sie trotzdem; andere nennt --stop-keys.'],
    E_NO_INPUT: [
      'Agenten können hier zusehen, aber weder zeigen noch tippen.',
      'Ihrer Anzeige fehlt die Erweiterung XTEST, oder RECORD, ohne die man sie nicht anhalten könnte, während Sie es tun.',
    ],
    E_NOT_YOUR_HAND: ['Der Agent hat gerade Ihre Maus oder Tastatur benutzt.', 'Drücken Sie noch einmal: dies ist für Ihre eigene Hand allein.'],
  },
}

/** Errors whose words on the page are about a browser. */
const OF_BROWSERS = ['E_UNSUPPORTED', 'E_HOST', 'E_DENIED', 'E_RELOADED', 'E_INCOMPATIBLE']

/** The words of one language. */
export type CompanionStrings = Strings & typeof OWN_ENGLISH

const on = (strings: Strings, own: typeof OWN_ENGLISH, other: Other): CompanionStrings => {
  const errors = Object.entries(strings.errors).filter(([code]) => !OF_BROWSERS.includes(code))
  return { ...strings, ...own, ...other, errors: { ...Object.fromEntries(errors), ...other.errors } }
}

const WORDS: ReadonlyMap<string, CompanionStrings> = new Map([
  ['en', on(ENGLISH, OWN_ENGLISH, OTHER_ENGLISH)],
  ['de', on(LANGUAGES.get('de') ?? ENGLISH, OWN_GERMAN, OTHER_GERMAN)],
])

/** The words for the first of these BCP 47 tags that the window speaks; English if it speaks none. */
export const companionStringsFor = (...tags: readonly string[]): CompanionStrings => WORDS.get(languageFor(...tags)) ?? on(ENGLISH, OWN_ENGLISH, OTHER_ENGLISH)
