/** What a customer is asked while it shares, and how long its silence takes to deny. */
import { randomInt } from 'node:crypto'
import { resolve } from 'node:path'
import {
  type Asker,
  type ConsentRequest,
  type Customer,
  type ElevationQuestion,
  type FileAsk,
  type FileOffer,
  type Permission,
  type RejoinQuestion,
  Role,
  sizeOf,
  systemClock,
  type Transfer,
} from '@remote-assist/peer'
import { type ConsentMode, grantedBy, topicsOf } from './consent.js'
import { tellError } from './exit.js'
import type { Person } from './person.js'
import { nameOf, plain } from './presence.js'

/** What is used of a question for a way back. */
export type Returning = Pick<RejoinQuestion, 'asker' | 'reason' | 'permissions' | 'by' | 'settled' | 'allow' | 'deny'>

/** What is used of a question for elevation. */
export type Elevating = Pick<ElevationQuestion, 'asker' | 'reason' | 'scope' | 'method' | 'durationMs' | 'by' | 'settled' | 'allow' | 'deny'>

const CREDENTIALS_FOLLOW = 'The agent then gives the password of an account; you are not asked for one.'

const isYes = (answer: string): boolean => /^y(es)?$/i.test(answer)

/** Answers questions of one session, one after the other. */
export class Answers {
  #last: Promise<void> = Promise.resolve()

  constructor(
    private readonly person: Person,
    private readonly mode: ConsentMode,
  ) {}

  /** Somebody asks to assist, to watch, or for more. */
  consent(request: ConsentRequest): void {
    void this.#next(async () => {
      const who = introduced(request.asker)
      const { person, mode } = this
      person.tell(`${who} asks to ${request.asker.role === Role.VIEWER ? 'watch' : 'help you'}${because(request.reason)}.`)
      person.tell(`Words to compare: ${request.asker.words.join(' ')}. Have them read to you; other words mean that somebody stands between.`)
      if (mode.kind === 'fixed') {
        const granted = grantedBy(mode.words, request.permissions)
        if (request.decide(granted)) person.tell(`Answered as --consent says: ${wordsOf(granted)}.`)
        return
      }
      person.tell(`Let in only whom you expect. Nobody honest asks for money, codes or passwords. ${deadline(request.by)}`)
      const granted: Permission[] = []
      for (const { sentence, permissions } of topicsOf(request.permissions)) {
        const answer = await person.ask(`May they ${sentence}? [y/N] `, request.settled)
        if (answer === undefined) break
        if (isYes(answer)) granted.push(...permissions)
        // Who may not see anything cannot do the rest either.
        else if (granted.length === 0) break
      }
      if (request.decide(granted)) person.tell(granted.length === 0 ? 'Nothing was allowed.' : `Allowed: ${wordsOf(granted)}.`)
      else person.tell('The question is off the table; nothing was allowed.')
    })
  }

  /** An agent asks for administrator powers. What `--consent` says of `elevate` answers for scripts. */
  elevation(question: Elevating): void {
    void this.#next(async () => {
      const who = introduced(question.asker)
      const { person, mode } = this
      const powers = question.scope === 'admin' ? 'administrator powers' : 'the powers of another user'
      person.tell(`${who} asks for ${powers} for ${Math.ceil(question.durationMs / 60_000)} min${because(question.reason)}.`)
      const allowed =
        mode.kind === 'fixed'
          ? mode.words.has('elevate')
          : await this.#typesCode(question, question.method === 'credentials' ? CREDENTIALS_FOLLOW : 'The system asks you once more.')
      if (allowed ? question.allow() : question.deny()) person.tell(allowed ? 'Allowed.' : 'Not allowed.')
    })
  }

  /** An agent wants this computer to come back after a restart. What `--consent` says of `elevate` answers for scripts. */
  rejoin(question: Returning): void {
    void this.#next(async () => {
      const { person, mode } = this
      person.tell(`${introduced(question.asker)} wants to start this computer again${because(question.reason)}.`)
      person.tell(
        'This program would go back to them by itself: once, within ten minutes, when you have logged on. A file that only you can read waits for it.',
      )
      person.tell(`Without another question they could: ${wordsOf(question.permissions)}.`)
      const then = 'Save your work first.'
      const allowed = mode.kind === 'fixed' ? mode.words.has('elevate') : await this.#typesCode(question, then)
      if (allowed ? question.allow() : question.deny()) person.tell(allowed ? 'Allowed.' : 'Not allowed.')
    })
  }

  /**
   * The person types a number that nobody could know before: this terminal may be on the screen that the agent controls, and what was typed for it ahead
   * of the question cannot be the answer. Nothing is injected while the question is open (RA-ELV-004).
   */
  async #typesCode({ by, settled }: Pick<Elevating, 'by' | 'settled'>, then: string): Promise<boolean> {
    const code = `${randomInt(100, 1_000)}`
    return (await this.person.ask(`To allow it, type ${code}. ${then} ${deadline(by)} `, settled)) === code
  }

  /**
   * The system wants the password of the person's own account, for powers that were allowed. `attemptsLeft`: the one before was wrong, and so many more may be.
   * Undefined = none was given before `over` was aborted.
   */
  async password(over: AbortSignal, attemptsLeft?: number): Promise<Uint8Array | undefined> {
    let given: Uint8Array | undefined
    await this.#next(async () => {
      if (over.aborted) return
      if (attemptsLeft !== undefined) this.person.tell(`That password is not right. ${attemptsLeft === 1 ? '1 try is' : `${attemptsLeft} tries are`} left.`)
      given = await this.person.askSecret('Your password on this computer (it is not shown; nothing means no): ', over)
    })
    return given?.length === 0 ? undefined : given
  }

  /** The person compares words with each agent: what is between two people who read the same ones to one another can read nothing. */
  words(customer: Pick<Customer, 'participants' | 'words' | 'confirmWords'>, settled: AbortSignal): void {
    for (const { participant, role, displayName } of customer.participants)
      if (role === Role.AGENT)
        void this.#next(async () => {
          const words = customer.words(participant).join(' ')
          if (words === '') return
          const who = nameOf({ displayName, role })
          const same = isYes((await this.person.ask(`Does ${who} read “${words}”? [y/N] `, settled)) ?? '')
          if (same) customer.confirmWords(participant)
          this.person.tell(same ? `The words were compared with ${who}.` : `Other words? Then somebody may stand between: stop, and call ${who} another way.`)
        })
  }

  /** Somebody offers files. What `--consent` says of `files` answers for scripts. */
  offer(who: string, offer: FileOffer, folder: string): void {
    void this.#next(async () => {
      const { person, mode } = this
      person.tell(`${who} offers ${listed(offer)}.`)
      const within = AbortSignal.timeout(Math.ceil(offer.answerWithinMs))
      const accepted =
        mode.kind === 'fixed'
          ? mode.words.has('files')
          : isYes((await person.ask(`Take it into ${folder}? ${seconds(offer.answerWithinMs)} [y/N] `, within)) ?? '')
      if (accepted) this.#follow(offer.accept(), `to ${folder}`)
      else offer.refuse()
    })
  }

  /** Somebody asks for files. A script has none to give. */
  ask(who: string, ask: FileAsk): void {
    void this.#next(async () => {
      const { person, mode } = this
      person.tell(`${who} asks for files${because(ask.prompt)}.`)
      const within = AbortSignal.timeout(Math.ceil(ask.answerWithinMs))
      const path =
        mode.kind === 'fixed' ? '' : ((await person.ask(`Which file or folder do you give? Nothing means none. ${seconds(ask.answerWithinMs)} `, within)) ?? '')
      if (path === '') ask.decline()
      else this.#follow(ask.give([resolve(path)]), `to ${who}`)
    })
  }

  /** Says how a transfer ended, without waiting for it. */
  #follow({ done }: Transfer, where: string): void {
    done.then(
      ({ arrived, refused }) => {
        this.person.tell(`Transferred ${where}: ${some(arrived)}.`)
        if (refused.length > 0) this.person.tell(`Not possible here: ${some(refused.map(({ path }) => path))}.`)
      },
      error => tellError(error, this.person),
    )
  }

  #next(task: () => Promise<void>): Promise<void> {
    this.#last = this.#last.then(task).catch(error => tellError(error, this.person))
    return this.#last
  }
}

/** Who asks, and who vouches for it (RA-SEC-053). */
export const introduced = (asker: Asker): string =>
  `${nameOf(asker)} ${asker.organisation === undefined ? '(unverified: nobody vouches for them)' : `of ${plain(asker.organisation.name)} (verified)`}`

const because = (reason: string): string => (reason === '' ? '' : `: “${plain(reason)}”`)

const wordsOf = (granted: readonly Permission[]): string =>
  granted.length === 0
    ? 'nothing'
    : topicsOf(granted)
        .map(({ word }) => word)
        .join(', ')

const deadline = (by: number): string => seconds(by - systemClock.now())

const seconds = (ms: number): string => `No answer within ${Math.max(0, Math.round(ms / 1_000))} s means no.`

/** Most paths that are shown of many. */
const SHOWN_PATHS = 5

const some = (paths: readonly string[]): string =>
  `${paths.slice(0, SHOWN_PATHS).map(plain).join(', ') || 'nothing'}${paths.length > SHOWN_PATHS ? ` and ${paths.length - SHOWN_PATHS} more` : ''}`

const listed = ({ entries, bytes }: FileOffer): string => `${some(entries.map(({ path, kind }) => (kind === 'folder' ? `${path}/` : path)))} (${sizeOf(bytes)})`
