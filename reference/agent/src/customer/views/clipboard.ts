/** Text that was copied. */
import { button, customerIcons, whyNot } from '@remote-assist/ui/browser'
import { html, type TemplateResult } from 'lit'
import type { PageState } from '../model.js'
import type { PageFrame } from './frame.js'

/** Text that was copied, each way by a click. */
export function clipboardView(state: PageState, frame: PageFrame): TemplateResult {
  const { t, copied, copy, pasting, sendCopied, actions } = frame
  const why = whyNot(state, 'clipboard', frame)
  const text = state.copied
  return html`<section class="section" part="clipboard" aria-label=${t.clipboardTitle}>
    <h2>${t.clipboardTitle}</h2>
    <div class="row wrap">
      ${button({ words: copied === 'given' ? t.sentNow : t.sendCopied, icon: copied === 'given' ? customerIcons.check : customerIcons.send, look: 'outline', part: 'send-copied', title: t.sendCopiedHow, why, press: sendCopied })}
      ${button({
        words: copied === 'taken' ? t.copied : t.takeCopied,
        icon: copied === 'taken' ? customerIcons.check : customerIcons.copy,
        look: 'outline',
        part: 'take-copied',
        why: text === undefined ? t.takenNone : undefined,
        press: () => copy('taken', text ?? ''),
      })}
    </div>
    ${
      pasting
        ? html`<textarea class="field paste" rows="2" part="paste" aria-label=${t.pasteHere} placeholder=${t.pasteHere}
            @paste=${(event: ClipboardEvent) => {
              actions.giveCopied(event.clipboardData?.getData('text/plain') ?? '')
            }}
          ></textarea>`
        : ''
    }
    ${text === undefined ? '' : html`<p class="small muted text cut" part="copied-text" translate="no">${text.slice(0, 200)}</p>`}
  </section>`
}
