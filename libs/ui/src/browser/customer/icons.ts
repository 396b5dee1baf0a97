/** Icons of the customer's page: those of the console, and its own. */
import { html, svg, type TemplateResult } from 'lit'
import { icons as shared } from '../look/icons.js'

const icon = (drawing: unknown): TemplateResult =>
  html`<svg class="icon" viewBox="0 0 16 16" width="16" height="16" fill="none" stroke="currentColor" stroke-width="1.5" stroke-linecap="round" stroke-linejoin="round" aria-hidden="true">${drawing}</svg>`

/** The icons by what they stand for. */
export const icons = {
  ...shared,
  warning: icon(svg`<path d="M8 2.2 14.200 13H1.800zM8 6.500v3M8 11.300h0"/>`),
  pin: icon(svg`<path d="M6 2.500h4M6.500 2.500v4L4.500 9h7l-2-2.500v-4M8 9v4.500"/>`),
  play: icon(svg`<path d="M5 3.200v9.600L12.500 8z"/>`),
  stop: icon(svg`<rect x="3.500" y="3.500" width="9" height="9" rx="1.500" fill="currentColor"/>`),
  upload: icon(svg`<path d="M8 10.500v-7M5 6l3-3 3 3M3 11v1.500a1 1 0 0 0 1 1h8a1 1 0 0 0 1-1V11"/>`),
  download: icon(svg`<path d="M8 3v7M5 7.500l3 3 3-3M3 11v1.500a1 1 0 0 0 1 1h8a1 1 0 0 0 1-1V11"/>`),
}
