/** What a customer's user is asked, by number, until it is answered or off the table. */
import { Permission, Role } from '@remote-assist/codec'
import type { Asker, ConsentRequest, ElevationQuestion, RejoinQuestion } from '@remote-assist/peer'
import type { ActionValue, Happening } from '../contract.js'
import { minutesOf } from './minutes.js'
import { Refused } from './role.js'

/** Answers a question; false = it was off the table already. */
type Reply = (answer: ActionValue<'answer'>) => boolean

export class Questions {
  readonly #open = new Map<number, Reply>()
  #nextId = 1

  constructor(readonly tell: (happening: Happening) => void) {}

  /** Somebody asks to assist, to watch, or for more. */
  consent(request: ConsentRequest): void {
    const { permissions, reason, asker } = request
    const about = asker.role === Role.VIEWER ? 'admission' : 'consent'
    this.#ask(request.settled, about, asker, permissions, reason, answer => {
      const minutes = minutesOf(answer.expiresInMs)
      const granted = answer.permissions as number[] as Permission[]
      return request.decide(granted.map(permission => (minutes === undefined ? { permission } : { permission, minutes })))
    })
  }

  /** An agent asks for elevated powers. */
  elevation(question: ElevationQuestion): void {
    this.#ask(question.settled, 'elevation', question.asker, [Permission.ELEVATE], question.reason, ({ permissions }) =>
      permissions.length > 0 ? question.allow() : question.deny(),
    )
  }

  /** An agent wants the customer to come back after a restart. */
  rejoin(question: RejoinQuestion): void {
    this.#ask(question.settled, 'rejoin', question.asker, question.permissions, question.reason, ({ permissions }) =>
      permissions.length > 0 ? question.allow() : question.deny(),
    )
  }

  /** The user answers. Throws `Refused` if the question is off the table. */
  answer(answer: ActionValue<'answer'>): void {
    const reply = this.#open.get(answer.question)
    if (reply?.(answer) !== true) throw new Refused(`Question ${answer.question} is off the table.`)
  }

  #ask(settled: AbortSignal, about: string, asker: Asker, permissions: readonly Permission[], reason: string, reply: Reply): void {
    const id = this.#nextId++
    this.#open.set(id, reply)
    const closed = () => {
      this.#open.delete(id)
      this.tell({ case: 'questionClosed', value: id })
    }
    settled.addEventListener('abort', closed, { once: true })
    const { participant, displayName, organisation } = asker
    const value = { id, about, participant, permissions: [...permissions] as number[], reason, displayName, organisation: organisation?.name ?? '' }
    this.tell({ case: 'asked', value })
  }
}
