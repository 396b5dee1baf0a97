/** Shares a desktop, from the code to the end. */
import { existsSync } from 'node:fs'
import { setTimeout as pause } from 'node:timers/promises'
import { AssistError, type AuditSink, type Customer, type RejoinTicket } from '@remote-assist/peer'
import { auditFile } from '@remote-assist/peer/node'
import { keyOf } from './code.js'
import type { ConsentMode } from './consent.js'
import { exitCodeOf, tellError } from './exit.js'
import { type Entry, type JoinSettings, join } from './join.js'
import type { Person } from './person.js'
import { nameOf, plain, presence } from './presence.js'
import { Answers } from './questions.js'
import { Autostart } from './rejoin/autostart.js'
import { relaunch } from './rejoin/launch.js'
import { UndisturbedPerson } from './undisturbed.js'

/** What is shared, with whom, and how far. */
export interface ShareOptions extends JoinSettings {
  readonly broker?: string
  /** A PIN or a link; absent = the person is asked. */
  readonly code?: string
  readonly consent: ConsentMode
  /** A new file for the audit log. Absent = none is kept here. */
  readonly audit?: string
  /** Goes on by the ticket that lies ready, in the place of a code. */
  readonly rejoin?: true
}

/** A person at a keyboard may mistype the code so often. */
const TRIES = 3

/** Keys that give somebody more than they have: to go on, and to compare the words. */
const GIVING_KEYS: readonly string[] = ['u', 'w']

/** Shares until the session is over or the person stops; resolves to the exit code. Rejects with `AssistError` or `HostError` if it does not begin. */
export async function share(options: ShareOptions, somebody: Person): Promise<number> {
  const person = new UndisturbedPerson(somebody, key => GIVING_KEYS.includes(key))
  const stop = new AbortController()
  const signals = ['SIGINT', 'SIGTERM', 'SIGHUP'] as const
  const onSignal = (name: NodeJS.Signals) => stop.abort(name === 'SIGINT' ? undefined : LOG_OFF)
  for (const name of signals) process.on(name, onSignal)
  person.onKey(key => key === 'ctrl+c' && stop.abort())
  try {
    // The ticket goes first, whatever comes of it.
    const ticket = await taken(options)
    if (options.rejoin === true && ticket === undefined)
      throw new AssistError('E_CODE_UNKNOWN', 'There is no ticket here, or it is too old.', { hint: 'Ask the agent for a new PIN.' })
    const audit = options.audit === undefined ? undefined : auditFile(ticket === undefined ? options.audit : following(options.audit))
    const answers = new Answers(person, options.consent)
    const customer =
      ticket === undefined ? await enter(options, audit, answers, person, stop.signal) : await comeBack(ticket, options, audit, answers, person, stop.signal)
    return await attend(customer, options, answers, person, stop.signal)
  } finally {
    for (const name of signals) process.off(name, onSignal)
  }
}

/** Why a program is stopped that nobody stopped: the user logs off, or the computer ends. */
const LOG_OFF = 'log-off'

/** The ticket that lies ready, if this start is to take it up; any other start takes away what is too old. */
async function taken({ rejoin, args }: ShareOptions): Promise<RejoinTicket | undefined> {
  const place = new Autostart(relaunch(args, ''))
  return rejoin === true ? place.take() : place.tidy().then(() => undefined)
}

/** The first name that is free for the log of the session after: FILE.2, FILE.3 … */
export function following(file: string): string {
  for (let n = 2; ; n++) if (!existsSync(`${file}.${n}`)) return `${file}.${n}`
}

/** With these it is too early: there is no network yet, or the broker has not noticed that the computer was started again. */
const TOO_EARLY: readonly string[] = ['E_CONNECT', 'E_CODE_USED', 'E_NOT_ADMITTED', 'E_THROTTLED', 'E_TIMEOUT', 'E_LINE_LOST']
const AGAIN_MS = 2_000

/** Joins by a ticket, as long as it lives. */
async function comeBack(
  ticket: RejoinTicket,
  options: ShareOptions,
  audit: AuditSink | undefined,
  answers: Answers,
  person: UndisturbedPerson,
  signal: AbortSignal,
): Promise<Customer> {
  person.tell(`Going back to ${plain(ticket.agent)}, as you agreed to before the restart. Ctrl+C stops it.`)
  for (;;) {
    try {
      return await joinAt({ broker: options.broker ?? '', credentials: { ticket } }, options, audit, answers, person, signal)
    } catch (error) {
      const early = error instanceof AssistError && TOO_EARLY.includes(error.code) && ticket.expiresAtMs > Date.now() + AGAIN_MS
      if (!early || signal.aborted) throw error
      await pause(AGAIN_MS, undefined, { signal }).catch(() => undefined)
    }
  }
}

/** Joins, with a code that the person is asked for if none was given. */
async function enter(options: ShareOptions, audit: AuditSink | undefined, answers: Answers, person: UndisturbedPerson, signal: AbortSignal): Promise<Customer> {
  for (let left = TRIES - 1; ; left--) {
    try {
      const code = options.code ?? (await askCode(person, signal))
      return await joinAt(keyOf(code, options.broker), options, audit, answers, person, signal)
    } catch (error) {
      const again = options.code === undefined && person.hasKeys && left > 0 && error instanceof AssistError && exitCodeOf(error) === 4
      if (!again) throw error
      tellError(error, person)
    }
  }
}

async function askCode(person: Person, signal: AbortSignal): Promise<string> {
  const code = await person.ask('PIN: ', signal)
  if (code === undefined) throw new AssistError('E_CANCELLED', 'No PIN was given.', { hint: 'Give it as an argument.' })
  return code
}

/** Joins with the desktop, and says which one it is. */
const joinAt = (
  entry: Entry,
  options: ShareOptions,
  audit: AuditSink | undefined,
  answers: Answers,
  person: UndisturbedPerson,
  signal: AbortSignal,
): Promise<Customer> =>
  join(entry, options, {
    audit,
    signal,
    password: (over, attemptsLeft) => answers.password(over, attemptsLeft),
    chosen: ({ host, sentence, display }) => {
      person.tell(sentence)
      person.tell('Waiting for the agent …')
      // Neither a pipe nor a person before a desktop that is made up can be typed for.
      return display === undefined || !person.hasKeys ? host : person.share(host)
    },
  })

/** Lets the person see and decide what happens, to the end. */
async function attend(customer: Customer, { downloads }: ShareOptions, answers: Answers, person: UndisturbedPerson, signal: AbortSignal): Promise<number> {
  const nameAt = (participant: number) => {
    const who = customer.participants.find(it => it.participant === participant)
    return who === undefined ? 'Somebody' : nameOf(who)
  }
  let shown = ''
  const show = () => {
    const sentence = presence(customer.participants, customer.paused)
    if (sentence !== shown) person.tell(sentence === '' ? 'Nobody is here.' : sentence)
    shown = sentence
  }
  const ended = customer.once('ended')
  customer.on('consent', request => answers.consent(request))
  customer.on('elevation', question => answers.elevation(question))
  customer.on('rejoin', question => answers.rejoin(question))
  let ready = false
  customer.on('rejoin-ready', is => {
    ready = is
    person.tell(is ? 'This computer may be started again: the session goes on after you have logged on.' : 'There is no way back after a restart any more.')
  })
  customer.on('file', ({ participant, offer }) => answers.offer(nameAt(participant), offer, downloads))
  customer.on('file-ask', ({ participant, ask }) => answers.ask(nameAt(participant), ask))
  customer.on('participants', show)
  customer.on('paused', show)
  customer.on('line', state => person.tell(LINE[state]))
  customer.on('host-error', error => tellError(error, person))
  customer.on('audit-broken', ({ error }) => tellError(error, person))
  customer.on('chat', ({ from, text }) => person.tell(`${nameAt(from)}: ${plain(text)}`))
  person.onKey(key => {
    if (key === 'ctrl+c' || key === 's') customer.stop()
    else if (key === 'p' && !customer.paused) customer.pause()
    else if (key === 'u' && customer.paused) customer.unpause()
    else if (key === 'r') customer.cancelRejoin()
    else if (key === 'w') answers.words(customer, signal)
  })
  if (person.hasKeys) person.tell('Keys: p pause · u go on · w compare words · r no way back after a restart · s stop')
  // Who agreed to come back after a restart leaves for it; everybody else stops.
  const over = () => (ready && signal.reason === LOG_OFF ? customer.leave() : customer.stop())
  if (signal.aborted) over()
  else signal.addEventListener('abort', over, { once: true })
  const why = await ended
  await customer.close()
  if (exitCodeOf(why) === 0) person.tell(why.message)
  else tellError(why, person)
  return exitCodeOf(why)
}

const LINE = { up: 'The line is up.', attaching: 'Connecting again …', down: 'The line dropped; trying again …' } as const
