/** What a customer's page does beside showing its state: it moves on with time, keeps what is chosen of a question, and leads the person to what is new. */
import type { LitElement, ReactiveController } from 'lit'
import type { CustomerState } from '../../model.js'
import { SUGGESTED, type Topic } from '../../topics.js'
import type { Frame } from './views/parts.js'

/** Where the focus goes when something else is shown: the first that is there. A field is to be typed into; a question, or a heading, is read out. */
const PLACES = ['.asked .field', '.field.pin', '.asked [tabindex="-1"]', '.ask', '.page [tabindex="-1"]', '.bar [tabindex="-1"]']
const SECOND_MS = 1_000

/** What is before the person. */
export interface Shown {
  readonly step: string
  /** What tells the question that is open from any other; undefined = none is. */
  readonly question: string | undefined
}

/** A controller of a customer's element. */
export class Guide implements ReactiveController {
  readonly #host: LitElement
  readonly #shown: () => Shown
  #last: Shown | undefined
  #timer: ReturnType<typeof setInterval> | undefined
  #chosen: { readonly question: number; readonly topics: ReadonlySet<Topic> } = { question: 0, topics: SUGGESTED }

  /** `shown`: what is before the person; another step, or another question, leads them there. */
  constructor(host: LitElement, shown: () => Shown) {
    this.#host = host
    this.#shown = shown
    host.addController(this)
  }

  /** What is chosen of the first question, as long as it is the first; at first what is suggested and can be had. */
  choice({ questions: [question] }: CustomerState, hindered: Frame['hindered']): Pick<Frame, 'chosen' | 'choose'> {
    const suggested = () => new Set(question?.topics.filter(topic => SUGGESTED.has(topic) && hindered(topic) === undefined))
    const chosen = question?.id === this.#chosen.question ? this.#chosen.topics : suggested()
    const choose = (topic: Topic, on: boolean) => {
      const topics = new Set(chosen)
      if (on) topics.add(topic)
      else topics.delete(topic)
      this.#chosen = { question: question?.id ?? 0, topics }
      this.#host.requestUpdate()
    }
    return { chosen, choose }
  }

  hostConnected(): void {
    this.#timer = setInterval(() => this.#host.requestUpdate(), SECOND_MS)
  }

  hostDisconnected(): void {
    clearInterval(this.#timer)
  }

  hostUpdated(): void {
    for (const lines of this.#host.renderRoot.querySelectorAll<HTMLElement>('.lines')) {
      // New lines come at the end, which is shown for as long as nobody scrolls.
      const count = String(lines.childElementCount)
      if (lines.dataset.count !== count) lines.scrollTop = lines.scrollHeight
      lines.dataset.count = count
    }
    const [last, shown] = [this.#last, this.#shown()]
    this.#last = shown
    if (shown.step !== last?.step || (shown.question !== undefined && shown.question !== last.question)) this.#lead(last === undefined)
    // A question that is gone took the focus with it.
    else if (shown.question !== last.question && this.#host.shadowRoot?.activeElement === null) this.#place?.focus({ preventScroll: true })
  }

  get #place(): HTMLElement | undefined {
    return PLACES.map(selector => this.#host.renderRoot.querySelector<HTMLElement>(selector)).find(found => found !== null) ?? undefined
  }

  #lead(first: boolean): void {
    const place = this.#place
    // A page that has only just come up takes the focus for a field alone.
    if (!first || place?.matches('.field') === true) place?.focus({ preventScroll: true })
    this.#host.scrollIntoView({ block: 'start' })
    place?.scrollIntoView({ block: 'nearest' })
  }
}

/** What is before a customer; `more`: a question that comes before the others. */
export const shownOf = ({ stage, questions, fileQuestions }: CustomerState, more?: number): Shown => {
  const open = [more, questions[0]?.id, fileQuestions[0]?.id]
  return { step: stage.name, question: open.every(id => id === undefined) ? undefined : open.join(':') }
}
