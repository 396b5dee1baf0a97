/** What goes wrong or ends, as an agent is told of it in German. */
import type { ElevationReason } from '@remote-assist/codec'
import type { AssistErrorCode, FileErrorCode, RefusalWord } from '@remote-assist/peer'
import type { Sentence } from './english.js'

/** Everything that an agent's console can be told, from where it is defined: what is missing here does not compile. */
type Code =
  | AssistErrorCode
  | FileErrorCode
  | `E_ELEVATION:${keyof typeof ElevationReason}`
  | `E_DENIED:${RefusalWord}`
  | 'E_FILE_TIMEOUT:offer'
  | 'E_FILE_TOO_LARGE:sizes'
  | 'E_UNEXPECTED'

const AGAIN = 'Versuchen Sie es noch einmal.'
const WAIT = 'Warten Sie einen Moment und versuchen Sie es noch einmal.'
const NEW_SESSION = 'Beginnen Sie eine neue Sitzung.'
const SEND_AGAIN = 'Senden Sie es noch einmal.'
const GOES_ON = 'Senden Sie es noch einmal: es geht weiter, wo es aufhörte.'
const WRONG_CODE: Sentence = [
  'Jemand kam mit einem falschen Link oder einer falschen PIN und wurde nicht hereingelassen.',
  'War es Ihr Kunde, senden Sie ihm den Link noch einmal.',
]
const NO_KEYS = 'Die Tasten wurden nicht gesendet'

/** By code, or by code and reason. A file's sentence stands behind its name. */
export const ERRORS: Readonly<Record<Code, Sentence>> = {
  E_PIN_FORMAT: ['Das ist keine PIN.'],
  E_LINK_FORMAT: ['Dieser Link ist nicht vollständig.', 'Kopieren Sie ihn noch einmal.'],
  E_PIN_WRONG: WRONG_CODE,
  E_ATTEMPTS: WRONG_CODE,
  E_CODE_EXPIRED: ['Dieser Code ist abgelaufen.', 'Erzeugen Sie einen neuen.'],
  E_CODE_UNKNOWN: ['Zu diesem Code gibt es keine Sitzung.', 'Erzeugen Sie einen neuen.'],
  E_CODE_USED: ['Dieser Code ist schon benutzt.', 'Erzeugen Sie einen neuen.'],
  E_UNAUTHENTICATED: ['Die Anmeldung gilt nicht oder nicht mehr.', 'Melden Sie sich noch einmal an.'],
  E_FULL: ['Die Sitzung ist voll.', 'Jemand muss zuerst gehen.'],
  E_NOT_ADMITTED: ['Niemand hat Sie rechtzeitig hereingelassen.', AGAIN],
  E_THROTTLED: ['Zu viele Versuche.', WAIT],
  E_INCOMPATIBLE: ['Die beiden Programme passen nicht zusammen.', 'Aktualisieren Sie das ältere.'],
  E_RESUME: ['Die Sitzung ließ sich nicht fortsetzen.', NEW_SESSION],
  E_CONSENT_DENIED: ['Der Kunde hat nicht zugestimmt.'],
  E_REMOVED: ['Sie wurden aus der Sitzung entfernt.'],
  E_STOPPED: ['Der Kunde hat die Sitzung beendet.'],
  E_LEFT: ['Sie haben die Sitzung verlassen.'],
  E_ENDED: ['Die Sitzung ist zu Ende.'],
  E_REPLACED: ['Die Sitzung ging an einem anderen Ort weiter.'],
  E_IDLE: ['Lange geschah nichts, deshalb ist die Sitzung zu Ende.'],
  E_DURATION: ['Die Sitzung hat ihre längste Dauer erreicht.'],
  E_LINE_LOST: ['Die Verbindung war zu lange unterbrochen.', NEW_SESSION],
  E_POLICY: ['Die Richtlinie des Administrators erlaubt das nicht.'],
  E_PROTOCOL: ['Die beiden Programme haben einander nicht verstanden.', AGAIN],
  E_TIMEOUT: ['Niemand hat rechtzeitig geantwortet.', AGAIN],
  E_BROKER: ['Der Vermittlungsdienst ist gestört.', WAIT],
  E_SECURITY: [
    'Die sichere Verbindung kam nicht zustande: unterwegs wurde etwas beschädigt oder verändert.',
    'Nichts wurde durchgelassen. Versuchen Sie es noch einmal; geschieht es wieder, nehmen Sie ein anderes Netz und verständigen Sie Ihren Administrator.',
  ],
  E_CONNECT: ['Der Vermittlungsdienst ist nicht zu erreichen.', 'Prüfen Sie das Netz und versuchen Sie es noch einmal.'],
  E_CONTROL_API: ['Der Vermittlungsdienst hat die Anfrage abgelehnt.', 'Verständigen Sie Ihren Administrator, wenn es wieder geschieht.'],
  E_NOT_ACTIVE: ['Der Kunde ist gerade nicht in der Sitzung.'],
  E_PAUSED: ['Der Kunde hat die Sitzung angehalten.'],
  E_NO_GRANT: ['Der Kunde hat das nicht erlaubt.', 'Bitten Sie ihn zuerst um die Erlaubnis.'],
  E_NOT_IN_CONTROL: ['Jemand anders steuert, oder niemand.', 'Übernehmen Sie zuerst die Steuerung.'],
  E_NOT_ELEVATED: ['Das braucht erhöhte Rechte.', 'Fordern Sie sie zuerst an.'],
  E_LIMIT: ['Diese Sitzung hat eine Grenze erreicht.', WAIT],
  E_BUSY: ['Eine andere Anfrage ist noch offen.', 'Warten Sie auf ihre Antwort.'],
  E_UNSUPPORTED: ['Der andere Rechner kann das nicht.'],
  E_DENIED: ['Der Kunde hat abgelehnt.'],
  'E_DENIED:not-active': [`${NO_KEYS}: der Kunde ist gerade nicht in der Sitzung.`],
  'E_DENIED:paused': [`${NO_KEYS}: der Kunde hat die Sitzung angehalten.`],
  'E_DENIED:no-grant': [`${NO_KEYS}: der Kunde hat es nicht erlaubt.`],
  'E_DENIED:not-in-control': [`${NO_KEYS}: Sie steuern nicht.`, 'Übernehmen Sie zuerst die Steuerung.'],
  'E_DENIED:needs-elevation': [`${NO_KEYS}: sie brauchen erhöhte Rechte.`, 'Fordern Sie sie zuerst an.'],
  'E_DENIED:policy': [`${NO_KEYS}: die Richtlinie des Administrators erlaubt sie nicht.`],
  'E_DENIED:limit': [`${NO_KEYS}: es waren zu viele auf einmal.`, WAIT],
  'E_DENIED:busy': [`${NO_KEYS}: eine andere Anfrage ist noch offen.`, WAIT],
  'E_DENIED:unsupported': [`${NO_KEYS}: der andere Rechner kann es nicht.`],
  'E_DENIED:denied': [`${NO_KEYS}: der Rechner des Kunden nahm sie nicht an.`],
  'E_DENIED:timeout': [`${NO_KEYS}: der andere Rechner hat nicht rechtzeitig geantwortet.`, AGAIN],
  'E_DENIED:not-found': [`${NO_KEYS}: es gibt sie dort nicht.`],
  'E_DENIED:invalid': [`${NO_KEYS}: der andere Rechner kennt sie nicht.`],
  E_NOT_FOUND: ['Das gibt es nicht, oder nicht mehr.'],
  E_INVALID: ['Damit lässt sich so nichts anfangen.'],
  E_ELEVATION: ['Es gab keine erhöhten Rechte.'],
  'E_ELEVATION:UNSPECIFIED': ['Es gab keine erhöhten Rechte.'],
  'E_ELEVATION:WRONG_CREDENTIALS': ['Konto oder Passwort ist falsch.'],
  'E_ELEVATION:NOT_PERMITTED': ['Dieses Konto darf das nicht.'],
  'E_ELEVATION:OS_DECLINED': ['Die Rückfrage des Systems wurde abgelehnt.'],
  'E_ELEVATION:HELPER': ['Der Helfer mit erhöhten Rechten ist nicht gestartet.'],
  'E_ELEVATION:UNSUPPORTED': ['Der Rechner des Kunden kann Rechte nicht erhöhen.'],
  'E_ELEVATION:POLICY': ['Die Richtlinie des Administrators erlaubt keine erhöhten Rechte.'],
  'E_ELEVATION:DROPPED': ['Die erhöhten Rechte wurden aufgegeben.'],
  'E_ELEVATION:DISCONNECTED': ['Die Verbindung brach ab; damit endeten die erhöhten Rechte.'],
  'E_ELEVATION:CONTROL_CHANGED': ['Jemand anders steuert; damit endeten die erhöhten Rechte.'],
  'E_ELEVATION:LOCKED': ['Der Rechner wurde gesperrt; damit endeten die erhöhten Rechte.'],
  'E_ELEVATION:TIMEOUT': ['Niemand hat rechtzeitig geantwortet.', AGAIN],
  'E_ELEVATION:BUSY': ['Erhöhte Rechte sind schon angefordert.', 'Warten Sie auf die Antwort.'],
  'E_ELEVATION:NO_GRANT': ['Der Kunde hat erhöhte Rechte in dieser Sitzung nicht erlaubt.'],
  'E_ELEVATION:WORDS': ['Erst müssen die Wörter verglichen werden.'],
  'E_ELEVATION:PAUSED': ['Der Kunde hat die Sitzung angehalten; fordern Sie die Rechte noch einmal an, wenn sie weitergeht.'],
  'E_ELEVATION:BACK_OFF': ['Zu viele falsche Passwörter.', WAIT],
  E_CANCELLED: ['Es wurde abgebrochen.'],
  E_AUDIT: ['Dem Protokoll des Kunden lässt sich nicht mehr folgen.', 'Die Sitzung geht weiter; entscheiden Sie, ob sie das soll.'],
  E_UNEXPECTED: ['Etwas Unerwartetes ist geschehen.'],
  E_FILE_TOO_LARGE: ['Größer, als Ihr Administrator erlaubt.', 'Senden Sie es auf anderem Weg, oder bitten Sie ihn, die Grenze anzuheben.'],
  'E_FILE_TOO_LARGE:sizes': [
    'Das sind {size}; Ihr Administrator erlaubt höchstens {limit} je Datei.',
    'Senden Sie es auf anderem Weg, oder bitten Sie ihn, die Grenze anzuheben.',
  ],
  E_FILE_REFUSED: ['Das wurde abgelehnt.'],
  E_FILE_NAME: ['Diesen Namen oder Pfad kann es dort nicht geben.', 'Benennen Sie es um und senden Sie es noch einmal.'],
  E_FILE_SPACE: ['Dort ist kein Platz dafür.', 'Schaffen Sie dort Platz und senden Sie es noch einmal.'],
  E_FILE_LIMIT: ['Das ist mehr, als eine Übertragung fasst.', 'Packen Sie es zuerst.'],
  E_FILE_UNSUPPORTED: ['Der andere Rechner kann keine Dateien annehmen.'],
  E_FILE_CORRUPT: ['Es kam beschädigt an und wurde nicht behalten.', `${SEND_AGAIN} Geschieht es wieder, prüfen Sie die Festplatten beider Rechner.`],
  E_FILE_SOURCE: ['Es ließ sich nicht lesen oder wurde inzwischen geändert.', 'Warten Sie, bis nichts mehr darin schreibt, und senden Sie es noch einmal.'],
  E_FILE_STORAGE: ['Der empfangende Rechner konnte es nicht schreiben.', SEND_AGAIN],
  E_FILE_OVERRUN: ['Es kamen mehr Bytes als angekündigt oder erlaubt; die Übertragung wurde abgebrochen.'],
  E_FILE_CANCELLED: ['Die Übertragung wurde abgebrochen.'],
  E_FILE_REVOKED: ['Die Erlaubnis für Dateien wurde zurückgenommen.'],
  'E_FILE_TIMEOUT:offer': ['Niemand hat es rechtzeitig angenommen.', 'Bitten Sie den Kunden, es noch einmal anzubieten.'],
  E_FILE_TIMEOUT: ['Zu lange geschah nichts; die Übertragung wurde abgebrochen.', SEND_AGAIN],
  E_FILE_PROTOCOL: ['Die beiden Programme haben einander nicht verstanden; die Übertragung wurde abgebrochen.', AGAIN],
  E_FILE_LOST: ['Die Verbindung brach ab, bevor die Übertragung fertig war.', GOES_ON],
}
