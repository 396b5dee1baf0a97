/** Icons: 16-pixel line drawings in the colour of the text around them. */
import { html, svg, type TemplateResult } from 'lit'

const icon = (drawing: unknown): TemplateResult =>
  html`<svg class="icon" viewBox="0 0 16 16" width="16" height="16" fill="none" stroke="currentColor" stroke-width="1.5" stroke-linecap="round" stroke-linejoin="round" aria-hidden="true">${drawing}</svg>`

/** The icons by what they stand for. */
export const icons = {
  copy: icon(svg`<rect x="5.5" y="5.5" width="8" height="8" rx="2"/><path d="M10.5 5.5v-1a2 2 0 0 0-2-2h-4a2 2 0 0 0-2 2v4a2 2 0 0 0 2 2h1"/>`),
  check: icon(svg`<path d="m3 8.5 3.2 3.2L13 4.8"/>`),
  speak: icon(svg`<path d="M2.5 6.2v3.6h2.3L8 12.5v-9L4.8 6.2zM10.6 6a2.8 2.8 0 0 1 0 4M12.4 4.2a5.3 5.3 0 0 1 0 7.6"/>`),
  renew: icon(svg`<path d="M13 3v3.2H9.8M3 13V9.8h3.2M12.6 6.2A5 5 0 0 0 4 4.9M3.4 9.8A5 5 0 0 0 12 11.1"/>`),
  screen: icon(svg`<rect x="2" y="2.8" width="12" height="8.2" rx="1.5"/><path d="M6 13.5h4M8 11v2.5"/>`),
  next: icon(svg`<path d="m6 3.5 4.5 4.5L6 12.5"/>`),
  pointer: icon(svg`<path d="m3 2.8 9.6 4-4.2 1.5-1.6 4.3z"/>`),
  keys: icon(svg`<rect x="1.8" y="4" width="12.4" height="8" rx="1.5"/><path d="M4.5 6.7h0M7 6.7h0M9.5 6.7h0M11.8 6.7h0M5.2 9.5h5.6"/>`),
  down: icon(svg`<path d="m4.5 6.5 3.5 3.5 3.5-3.5"/>`),
  fit: icon(svg`<path d="M2.5 6V3.5H5M11 3.5h2.5V6M13.5 10v2.5H11M5 12.5H2.5V10"/>`),
  fullScreen: icon(svg`<path d="M9.5 2.5h4v4M13.2 2.8 9.2 6.8M6.5 13.5h-4v-4M2.8 13.2l4-4"/>`),
  panel: icon(svg`<rect x="2" y="3" width="12" height="10" rx="1.8"/><path d="M10 3v10"/>`),
  leave: icon(svg`<path d="M6.5 2.5h-2a2 2 0 0 0-2 2v7a2 2 0 0 0 2 2h2M10 5l3 3-3 3M13 8H6.5"/>`),
  close: icon(svg`<path d="m4 4 8 8M12 4l-8 8"/>`),
  pause: icon(svg`<path d="M5.5 3.5v9M10.5 3.5v9"/>`),
  link: icon(svg`<path d="M6.8 9.2a2.6 2.6 0 0 0 3.7 0l2-2A2.6 2.6 0 0 0 8.8 3.5l-.7.7M9.2 6.8a2.6 2.6 0 0 0-3.7 0l-2 2a2.6 2.6 0 0 0 3.7 3.7l.7-.7"/>`),
  shield: icon(svg`<path d="M8 1.8 3 3.6v4c0 3 2.1 5.3 5 6.6 2.9-1.3 5-3.6 5-6.6v-4z"/>`),
  file: icon(svg`<path d="M9 2H5a1.5 1.5 0 0 0-1.5 1.5v9A1.5 1.5 0 0 0 5 14h6a1.5 1.5 0 0 0 1.5-1.5v-7zM9 2v3.5h3.5"/>`),
  up: icon(svg`<path d="M8 13V3.5M4.2 7 8 3.2 11.8 7"/>`),
  save: icon(svg`<path d="M8 3v9.5M4.2 9 8 12.8 11.8 9"/>`),
  play: icon(svg`<path d="M5.5 3.5v9l7-4.5z"/>`),
  pen: icon(svg`<path d="m10.5 3 2.5 2.5-7.5 7.5-3 .5.5-3z"/>`),
  window: icon(svg`<rect x="2" y="4.5" width="8.5" height="8.5" rx="1.5"/><path d="M9 2.5h4.5V7M13.3 2.7 8.5 7.5"/>`),
  send: icon(svg`<path d="M13.5 2.5 2.5 7l4.3 2.2L9 13.5z"/>`),
  eye: icon(svg`<path d="M1.5 8s2.4-4.5 6.5-4.5S14.5 8 14.5 8 12.1 12.5 8 12.5 1.5 8 1.5 8z"/><circle cx="8" cy="8" r="1.9"/>`),
}
