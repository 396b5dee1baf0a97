/** `<remote-assist-companion>`: what the desktop companion's window shows. The session is in the companion's process; this draws its state and asks. */
import { html, LitElement, type TemplateResult } from 'lit'
import type { Act } from '../../companion/act.js'
import { type CompanionState, initialCompanion } from '../../companion/state.js'
import { companionStringsFor } from '../../companion/strings.js'
import type { Actions } from '../../model.js'
import { TOPICS } from '../../topics.js'
import { filePicker } from '../customer/file-picker.js'
import { Guide, shownOf } from '../customer/guide.js'
import { page } from '../customer/styles/page.js'
import { sharing } from '../customer/styles/sharing.js'
import { customerView } from '../customer/views/customer.js'
import { controls } from '../look/controls.js'
import { tokens } from '../look/tokens.js'
import { type CompanionFrame, folderView, powerView, rejoinView, screensView } from './views.js'

/** The window's way to its process. */
export interface CompanionLink {
  act(act: Act): Promise<void>
  upload(file: File): Promise<number>
}

const CLOSED = { step: 'closed', question: undefined }

/**
 * The companion's window. Properties: `state`: what the process shows; undefined = the process has ended. `link`: where acts go.
 */
export class RemoteAssistCompanion extends LitElement {
  static override readonly styles = [tokens, controls, page, sharing]
  static override readonly properties = { state: { attribute: false }, link: { attribute: false } }

  declare state: CompanionState | undefined
  declare link: CompanionLink | undefined

  readonly #guide = new Guide(this, () => (this.state === undefined ? CLOSED : shownOf(this.state, this.state.power?.id)))
  readonly #picker = filePicker(this.ownerDocument, (files, question) => void this.#send(files, question))

  constructor() {
    super()
    this.state = initialCompanion
    this.link = undefined
  }

  override render(): TemplateResult {
    const { state, t } = this
    if (state === undefined) return html`<main class="page"><section class="question"><h1 tabindex="-1">${t.closed}</h1><p>${t.closedHow}</p></section></main>`
    return html`${this.#picker.element}${customerView(state, this.#frame(state))}`
  }

  get t() {
    return companionStringsFor(...navigator.languages)
  }

  #frame(state: CompanionState): CompanionFrame {
    const hindered = () => undefined
    const frame: CompanionFrame = {
      ...this.#guide.choice(state, hindered),
      t: this.t,
      actions: this.#actions(state),
      now: Date.now(),
      broker: undefined,
      able: TOPICS,
      hindered,
      asked: () => powerView(state.power, frame),
      screen: () => screensView(state, frame),
      place: () => folderView(state, frame),
      more: () => rejoinView(state, frame),
      logFile: state.logFile === undefined ? undefined : this.t.logIn(state.logFile),
      pickFiles: question => this.#picker.open(question),
      keepOnTop: undefined,
      copied: undefined,
      copy: () => undefined,
      answer: (id, allow) => this.#act({ do: 'answer', question: id, allow }),
      password: (id, text) => this.#act({ do: 'password', question: id, text }),
      showFolder: () => this.#act({ do: 'show-folder' }),
      cancelRejoin: () => this.#act({ do: 'cancel-rejoin' }),
    }
    return frame
  }

  #actions({ questions, words }: CompanionState): Actions {
    const act = (what: Act) => this.#act(what)
    return {
      join: code => act({ do: 'join', code }),
      cancel: () => act({ do: 'cancel' }),
      start: chosen => act({ do: 'start', question: questions[0]?.id ?? 0, topics: [...chosen] }),
      refuse: () => act({ do: 'refuse' }),
      pause: () => act({ do: 'pause' }),
      goOn: () => act({ do: 'go-on' }),
      stop: () => act({ do: 'stop' }),
      allow: (topic, on) => act({ do: 'allow', topic, on }),
      turnOut: person => act({ do: 'turn-out', person }),
      wordsOf: person => words[person] ?? [],
      sameWords: person => act({ do: 'same-words', person }),
      say: text => act({ do: 'say', text }),
      accept: question => act({ do: 'accept', question }),
      decline: question => act({ do: 'decline', question }),
      saveLog: () => act({ do: 'save-log' }),
      restart: () => act({ do: 'restart' }),
      dismissNotice: () => act({ do: 'dismiss' }),
    }
  }

  async #send(files: readonly File[], question: number | undefined): Promise<void> {
    const { link } = this
    if (link === undefined || files.length === 0) return
    const uploads: number[] = []
    for (const file of files) uploads.push(await link.upload(file))
    await link.act({ do: 'send', uploads, question })
  }

  #act(act: Act): void {
    // A switch shows what is so, not what was pressed.
    void this.link?.act(act).finally(() => this.requestUpdate())
  }
}
