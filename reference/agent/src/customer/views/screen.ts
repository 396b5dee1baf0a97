/** The screen, window or tab that is shared. */
import type { CustomerState } from '@remote-assist/ui'
import { button, customerIcons } from '@remote-assist/ui/browser'
import { html, type TemplateResult } from 'lit'
import { canShareScreen } from '../host/browser-host.js'
import type { PageFrame } from './frame.js'

/** What a browser shares: the person picks it, and sees what others see. */
export function screenView({ shared, paused }: CustomerState, { t, actions, preview, previewOpen, openPreview }: PageFrame): TemplateResult {
  const why = canShareScreen() ? undefined : t.seeWhy
  return html`<section class="section" part="screen" aria-label=${t.screenTitle}>
    <h2>${t.screenTitle}</h2>
    <p>
      ${
        shared === undefined
          ? t.screenNone
          : html`${t.screenShared[shared.surface]} <span class="muted figures" part="size">(${shared.width}×${shared.height})</span>`
      }
    </p>
    <div class="row">
      ${button({
        words: shared === undefined ? t.pickScreen : t.pickOther,
        icon: customerIcons.screen,
        look: 'outline',
        part: 'pick-screen',
        why: paused ? t.whyPaused : why,
        press: () => actions.pickScreen(),
      })}
      ${
        shared === undefined
          ? ''
          : button({
              words: previewOpen ? t.hidePreview : t.showPreview,
              icon: customerIcons.eye,
              look: 'outline',
              part: 'preview',
              pressed: previewOpen,
              press: () => openPreview(!previewOpen),
            })
      }
    </div>
    ${previewOpen && shared !== undefined ? preview.element : ''}
  </section>`
}
