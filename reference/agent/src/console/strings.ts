/** Every word of the console, by language. */
import type { Combo, Person, Told } from './model.js'

const ENGLISH = {
  creating: 'Preparing a session …',
  waitingTitle: 'Waiting for the customer',
  waitingHow: 'Ask the customer to open',
  waitingType: 'and to type this PIN, or send the link.',
  expiredTitle: 'This code has expired',
  expiredHow: 'Make a new one and read it to the customer.',
  linkExpiredHow: 'Make a new link and send it to the customer.',
  spentTitle: 'This PIN is used up: somebody tried a wrong one three times',
  spentHow: 'Nobody gets in by it any more. Make a new code, or send the link: it still works.',
  usedTitle: 'The customer was gone before they decided',
  usedHow: 'Their code is used and lets nobody in again.',
  linkOnlyTitle: 'From now on the link alone lets the customer in',
  linkOnlyHow: 'This session had its five PINs. Send the customer the link; no PIN needs to be typed.',
  askingTitle: 'The customer is deciding',
  askingHow: 'They see who is asking, and choose what you may do. The picture appears as soon as they agree.',
  askingWords: 'The customer sees the same three words. Read them out if you are asked for them.',
  startingPicture: 'Waiting for the first picture …',
  noView: 'The customer did not share the screen',
  pausedTitle: 'The customer paused the session',
  pausedHow: 'Nothing is seen or done until they go on.',
  reconnectingOwn: 'Your connection dropped',
  reconnectingTheirs: 'The customer’s connection dropped',
  reconnectingHow: 'Reconnecting. Consent stays; nothing needs to be typed again.',
  endedTitle: 'The session has ended',
  errorTitle: 'That did not work',
  again: 'New session',
  retry: 'Try again',
  session: 'Session',
  pin: 'PIN',
  link: 'Client link',
  externalView: 'External view',
  externalViewWhat: 'A link for an expert: sees, cannot touch.',
  makeLink: 'Create link',
  users: 'Users',
  nobody: 'Nobody yet',
  screen: 'Screen',
  none: 'none',
  chat: 'Chat',
  chatEmpty: 'Nothing said yet.',
  chatPlaceholder: 'Message to everybody',
  send: 'Send',
  copy: 'Copy',
  copyPin: 'Copy PIN',
  copyLink: 'Copy link',
  copied: 'Copied',
  readAloud: 'Read aloud',
  newCode: 'New code',
  newLink: 'New link',
  words: 'Words to compare',
  wordsHow: 'Have the customer read their three words to you. If they differ, somebody stands between: leave, and call another way.',
  wordsForViewer: 'The customer sees the same three words. If theirs differ, somebody stands between: close this page.',
  wordsSame: 'Compared: the same',
  wordsByUs: 'You compared them: the same',
  wordsByCustomer: 'The customer confirmed: the same',
  unverified: 'unverified',
  unverifiedHint: 'No organisation that the customer trusts vouches for this agent',
  you: 'you',
  takeControl: 'Take control',
  releaseControl: 'In control',
  releaseHint: 'Give control back',
  sendKeys: 'Send keys',
  syncClipboard: 'Sync clipboard',
  fit: 'Fit',
  actualSize: 'Actual size',
  fullScreen: 'Full screen',
  leaveFullScreen: 'Leave full screen',
  panel: 'Details',
  leave: 'Leave',
  leaveHint: 'Leave the session; the call goes on',
  elevated: 'Elevated',
  heldOff: 'The customer is typing',
  picture: 'The customer’s screen',
  dismiss: 'Dismiss',
  whyNotYet: 'Available once the customer is in the session',
  whyPaused: 'The customer paused the session',
  whyLine: 'Waiting for the connection',
  whyOneScreen: 'The customer has one screen',
  whyNoScreen: 'No screen is shared',
  whyNoControl: 'The customer did not allow control',
  whyOtherControls: 'Another agent is in control',
  whyTakeControl: 'Take control first',
  whyElevate: 'Needs elevation: the customer’s computer accepts it from an administrator alone',
  whyNoClipboard: 'The customer did not allow the clipboard',
  whyNoChat: 'The customer did not allow chat',
  whyNoPin: 'There is no PIN to read: the link lets the customer in',
  whyNoSpeech: 'This browser cannot speak',
  whyNoFullScreen: 'This browser does not allow full screen here',
  inControl: 'in control',
  viewing: 'viewing',
  agent: 'agent',
  customer: 'customer',
  recording: 'recording',
  viewerTitle: 'External view',
  viewerWaiting: 'Waiting to be let in',
  viewerWaitingHow: 'The customer is asked whether you may look on.',
  viewerEnded: 'The view has ended',
  viewerOnly: 'View only',
  wrongCode: 'Somebody came with a link or a PIN that is not right, and was not let in.',
  wrongCodeHow: 'If it was your customer, send the link again.',
  wrongInvitation: 'This link is not right, or it is no longer in use.',
  wrongInvitationHow: 'Ask the agent for a new one.',
  insecure: 'The secure connection failed: something on the way damaged or changed it.',
  insecureHow: 'Nothing was let through. Try again; if it happens again, use another network and tell your administrator.',
  limit: 'This session has reached a limit.',
  limitHow: 'Wait a moment, then try again.',
  verifiedBy: (organisation: string) => `verified by ${organisation}`,
  tried: (left: number) => `Somebody tried a wrong PIN; ${left === 1 ? '1 try is' : `${left} tries are`} left.`,
  validFor: (time: string) => `Valid for ${time}`,
  nextScreen: (number: number | undefined) => (number === undefined ? 'Next screen' : `Next screen (${number})`),
  milliseconds: (ms: number) => `${ms} ms`,
}

/** The words of one language. */
export type Strings = typeof ENGLISH

const GERMAN: Strings = {
  creating: 'Eine Sitzung wird vorbereitet …',
  waitingTitle: 'Warten auf den Kunden',
  waitingHow: 'Der Kunde öffnet',
  waitingType: 'und tippt diese PIN ein, oder Sie senden ihm den Link.',
  expiredTitle: 'Dieser Code ist abgelaufen',
  expiredHow: 'Erzeugen Sie einen neuen und lesen Sie ihn vor.',
  linkExpiredHow: 'Erzeugen Sie einen neuen Link und senden Sie ihn dem Kunden.',
  spentTitle: 'Diese PIN ist verbraucht: jemand hat dreimal eine falsche eingegeben',
  spentHow: 'Mit ihr kommt niemand mehr herein. Erzeugen Sie einen neuen Code oder senden Sie den Link: er gilt weiter.',
  usedTitle: 'Der Kunde war weg, bevor er entschieden hat',
  usedHow: 'Sein Code ist benutzt und lässt niemanden mehr herein.',
  linkOnlyTitle: 'Ab jetzt lässt nur noch der Link den Kunden herein',
  linkOnlyHow: 'Diese Sitzung hatte ihre fünf PINs. Senden Sie dem Kunden den Link; eine PIN muss niemand eintippen.',
  askingTitle: 'Der Kunde entscheidet',
  askingHow: 'Er sieht, wer anfragt, und wählt, was Sie dürfen. Das Bild erscheint, sobald er zustimmt.',
  askingWords: 'Der Kunde sieht dieselben drei Wörter. Lesen Sie sie vor, wenn er danach fragt.',
  startingPicture: 'Warten auf das erste Bild …',
  noView: 'Der Kunde hat den Bildschirm nicht freigegeben',
  pausedTitle: 'Der Kunde hat die Sitzung angehalten',
  pausedHow: 'Bis er fortfährt, ist nichts zu sehen und nichts zu tun.',
  reconnectingOwn: 'Ihre Verbindung ist abgebrochen',
  reconnectingTheirs: 'Die Verbindung des Kunden ist abgebrochen',
  reconnectingHow: 'Wird wiederhergestellt. Die Zustimmung bleibt; nichts muss neu eingegeben werden.',
  endedTitle: 'Die Sitzung ist beendet',
  errorTitle: 'Das hat nicht geklappt',
  again: 'Neue Sitzung',
  retry: 'Noch einmal',
  session: 'Sitzung',
  pin: 'PIN',
  link: 'Kundenlink',
  externalView: 'Externe Ansicht',
  externalViewWhat: 'Ein Link für Fachleute: zusehen, nicht eingreifen.',
  makeLink: 'Link erzeugen',
  users: 'Teilnehmer',
  nobody: 'Noch niemand',
  screen: 'Bildschirm',
  none: 'keiner',
  chat: 'Chat',
  chatEmpty: 'Noch nichts geschrieben.',
  chatPlaceholder: 'Nachricht an alle',
  send: 'Senden',
  copy: 'Kopieren',
  copyPin: 'PIN kopieren',
  copyLink: 'Link kopieren',
  copied: 'Kopiert',
  readAloud: 'Vorlesen',
  newCode: 'Neuer Code',
  newLink: 'Neuer Link',
  words: 'Wörter zum Vergleichen',
  wordsHow:
    'Lassen Sie sich vom Kunden seine drei Wörter vorlesen. Sind es andere, steht jemand dazwischen: verlassen Sie die Sitzung und rufen Sie auf anderem Weg an.',
  wordsForViewer: 'Der Kunde sieht dieselben drei Wörter. Sind es andere, steht jemand dazwischen: schließen Sie diese Seite.',
  wordsSame: 'Verglichen: dieselben',
  wordsByUs: 'Von Ihnen verglichen: dieselben',
  wordsByCustomer: 'Vom Kunden bestätigt: dieselben',
  unverified: 'nicht bestätigt',
  unverifiedHint: 'Keine Organisation, der der Kunde vertraut, bürgt für diesen Agenten',
  you: 'Sie',
  takeControl: 'Steuern',
  releaseControl: 'Sie steuern',
  releaseHint: 'Steuerung zurückgeben',
  sendKeys: 'Tasten senden',
  syncClipboard: 'Zwischenablage',
  fit: 'Einpassen',
  actualSize: 'Originalgröße',
  fullScreen: 'Vollbild',
  leaveFullScreen: 'Vollbild beenden',
  panel: 'Details',
  leave: 'Verlassen',
  leaveHint: 'Die Sitzung verlassen; das Gespräch geht weiter',
  elevated: 'Erhöhte Rechte',
  heldOff: 'Der Kunde arbeitet gerade',
  picture: 'Der Bildschirm des Kunden',
  dismiss: 'Schließen',
  whyNotYet: 'Möglich, sobald der Kunde in der Sitzung ist',
  whyPaused: 'Der Kunde hat die Sitzung angehalten',
  whyLine: 'Warten auf die Verbindung',
  whyOneScreen: 'Der Kunde hat einen Bildschirm',
  whyNoScreen: 'Kein Bildschirm ist freigegeben',
  whyNoControl: 'Der Kunde hat das Steuern nicht erlaubt',
  whyOtherControls: 'Ein anderer Agent steuert gerade',
  whyTakeControl: 'Übernehmen Sie zuerst die Steuerung',
  whyElevate: 'Braucht erhöhte Rechte: der Rechner nimmt es nur von einem Administrator an',
  whyNoClipboard: 'Der Kunde hat die Zwischenablage nicht erlaubt',
  whyNoChat: 'Der Kunde hat den Chat nicht erlaubt',
  whyNoPin: 'Es gibt keine PIN vorzulesen: der Link lässt den Kunden herein',
  whyNoSpeech: 'Dieser Browser kann nicht sprechen',
  whyNoFullScreen: 'Dieser Browser erlaubt hier kein Vollbild',
  inControl: 'steuert',
  viewing: 'sieht zu',
  agent: 'Agent',
  customer: 'Kunde',
  recording: 'zeichnet auf',
  viewerTitle: 'Externe Ansicht',
  viewerWaiting: 'Warten auf Einlass',
  viewerWaitingHow: 'Der Kunde wird gefragt, ob Sie zusehen dürfen.',
  viewerEnded: 'Die Ansicht ist beendet',
  viewerOnly: 'Nur Ansicht',
  wrongCode: 'Jemand kam mit einem falschen Link oder einer falschen PIN und wurde nicht hereingelassen.',
  wrongCodeHow: 'War es Ihr Kunde, senden Sie ihm den Link noch einmal.',
  wrongInvitation: 'Dieser Link ist falsch oder gilt nicht mehr.',
  wrongInvitationHow: 'Bitten Sie den Agenten um einen neuen.',
  insecure: 'Die sichere Verbindung kam nicht zustande: unterwegs wurde etwas beschädigt oder verändert.',
  insecureHow:
    'Nichts wurde durchgelassen. Versuchen Sie es noch einmal; geschieht es wieder, nehmen Sie ein anderes Netz und verständigen Sie Ihren Administrator.',
  limit: 'Diese Sitzung hat eine Grenze erreicht.',
  limitHow: 'Warten Sie einen Moment und versuchen Sie es noch einmal.',
  verifiedBy: organisation => `bestätigt von ${organisation}`,
  tried: left => `Jemand hat eine falsche PIN eingegeben; ${left === 1 ? '1 Versuch bleibt' : `${left} Versuche bleiben`}.`,
  validFor: time => `Noch ${time} gültig`,
  nextScreen: number => (number === undefined ? 'Nächster Bildschirm' : `Nächster Bildschirm (${number})`),
  milliseconds: ms => `${ms} ms`,
}

/** The languages that the console speaks. */
export const LANGUAGES: ReadonlyMap<string, Strings> = new Map([
  ['en', ENGLISH],
  ['de', GERMAN],
])

/** The words for a BCP 47 tag, e.g. `de-AT`; English for languages that are not there. */
export const stringsFor = (tag: string): Strings => LANGUAGES.get(tag.toLowerCase().split('-', 1)[0] ?? '') ?? ENGLISH

/** The language of an element: its own, or that of what it is in. */
export const languageOf = (element: Element): string => element.closest<HTMLElement>('[lang]')?.lang || 'en'

type Plain = { [K in keyof Strings]: Strings[K] extends string ? K : never }[keyof Strings]

const SENTENCES: { readonly [code: string]: readonly [message: Plain, hint: Plain] } = {
  E_PIN_WRONG: ['wrongCode', 'wrongCodeHow'],
  E_ATTEMPTS: ['wrongCode', 'wrongCodeHow'],
  E_SECURITY: ['insecure', 'insecureHow'],
  E_LIMIT: ['limit', 'limitHow'],
}

/** An error in the words of the console, where it has its own; they are for an agent. */
export function sentenceOf({ code, message, hint }: Told, t: Strings): Pick<Told, 'message' | 'hint'> {
  const own = SENTENCES[code]
  return own === undefined ? { message, hint } : { message: t[own[0]], hint: t[own[1]] }
}

const KEY_NAMES: Readonly<Record<string, string>> = {
  ctrl: 'Ctrl',
  alt: 'Alt',
  shift: 'Shift',
  meta: 'Windows',
  delete: 'Del',
  escape: 'Esc',
  tab: 'Tab',
  printscreen: 'Print Screen',
}

/** A combination as it is written on keys: `Ctrl + Alt + Del`. */
export const comboLabel = (combo: Combo): string =>
  combo
    .split('+')
    .map(key => KEY_NAMES[key] ?? key.toUpperCase())
    .join(' + ')

/** What somebody does in the session. */
export const activity = ({ role, inControl, recording }: Person, t: Strings): string => {
  if (recording) return t.recording
  if (inControl) return t.inControl
  if (role === 'viewer') return t.viewing
  return role === 'agent' ? t.agent : t.customer
}

/** A rest of time: `9:41`. */
export function minutes(ms: number): string {
  const seconds = Math.max(0, Math.ceil(ms / 1_000))
  return `${Math.floor(seconds / 60)}:${String(seconds % 60).padStart(2, '0')}`
}
