import { css } from 'lit'
import { roomy } from '../../look/tokens.js'

/** One question a page: the PIN, who asks, the end. */
export const page = css`
  ${roomy}

  :host {
    display: block;
    min-block-size: 100%;
    container: ra / inline-size;
    background: var(--_surface);
    color: var(--_ink);
    font: 400 var(--_text) / 24px var(--_font);
    -webkit-font-smoothing: antialiased;
    overflow-wrap: anywhere;
  }

  :host([hidden]),
  [hidden] {
    display: none;
  }

  .page {
    max-inline-size: 560px;
    margin-inline: auto;
    padding: clamp(24px, 8vh, 72px) 20px 48px;
  }

  .question {
    display: grid;
    gap: 16px;
  }

  h1,
  .title {
    margin: 0;
    font-size: var(--_large);
    font-weight: 600;
    line-height: 32px;
    letter-spacing: -0.01em;
    outline: none;
  }

  h2:not(.title),
  h3 {
    margin: 8px 0 0;
    font-size: var(--_text);
    font-weight: 600;
    line-height: 24px;
  }

  .strong {
    font-weight: 600;
  }

  .small {
    font-size: var(--_small);
    line-height: 20px;
  }

  .dot {
    flex: none;
    display: inline-block;
    inline-size: 8px;
    block-size: 8px;
    margin-inline-end: 8px;
    border-radius: 50%;
    background: var(--_accent);
  }

  .dot.quiet {
    background: var(--_muted);
  }

  .dot.seen {
    background: var(--_danger);
  }

  .dot.awaited {
    border: 2px solid var(--_accent);
    background: none;
  }

  .field.pin {
    inline-size: 100%;
    block-size: 64px;
    padding-inline: 16px;
    border-color: var(--_muted);
    font-size: var(--_large);
    font-weight: 600;
    letter-spacing: 0.04em;
    font-variant-numeric: tabular-nums;
  }

  .field[aria-invalid='true'] {
    border-color: var(--_danger);
  }

  :is(input, textarea, summary, pre, ol, .ask):focus-visible {
    outline: 2px solid var(--_accent);
    outline-offset: 2px;
    border-radius: var(--_radius);
  }

  .problem {
    min-block-size: 24px;
    color: var(--_danger);
  }

  .answers,
  .row {
    display: flex;
    flex-wrap: wrap;
    align-items: center;
    gap: 8px;
  }

  .row:not(.wrap) {
    flex-wrap: nowrap;
  }

  .row:has(> .button + .button) {
    flex-wrap: wrap;
  }

  .grow {
    flex: 1;
    min-inline-size: 0;
  }

  .cut {
    overflow: hidden;
    text-overflow: ellipsis;
    white-space: nowrap;
  }

  .button {
    min-block-size: 36px;
    block-size: auto;
    padding-block: 4px;
    white-space: normal;
    overflow-wrap: normal;
    text-align: start;
  }

  .button.large {
    min-block-size: 44px;
    padding-inline: 24px;
  }

  .button.tight {
    min-block-size: 28px;
  }

  .button.square {
    inline-size: 36px;
  }

  .button.primary[aria-disabled='true'],
  .button.primary[aria-disabled='true']:hover {
    border: 1px dashed var(--_line);
  }

  .button[aria-disabled='true'],
  .button[aria-disabled='true']:hover {
    color: var(--_muted);
  }

  .scam {
    padding-inline-start: 12px;
    border-inline-start: 2px solid var(--_danger);
    color: var(--_muted);
    font-size: var(--_small);
    line-height: 20px;
  }

  .standing {
    display: flex;
    align-items: start;
    gap: 8px;
    font-weight: 500;
  }

  .standing .icon {
    margin-block-start: 4px;
  }

  .verified {
    color: var(--_accent);
  }

  .unverified {
    color: var(--_danger);
  }

  q {
    font-style: italic;
  }

  details > :not(summary) {
    margin-block-start: 8px;
  }

  summary {
    inline-size: fit-content;
    color: var(--_accent);
    font-weight: 500;
    cursor: pointer;
  }

  .three {
    font-size: var(--_large);
    font-weight: 600;
    line-height: 32px;
    word-spacing: 0.3em;
  }

  pre {
    margin: 0;
    padding: 8px 12px;
    border: 1px solid var(--_line);
    border-radius: var(--_radius);
    background: var(--_stage);
    font:
      var(--_small) / 20px ui-monospace,
      'Liberation Mono',
      monospace;
    white-space: pre-wrap;
  }

  .switches {
    display: grid;
  }

  .switch {
    display: grid;
    grid-template-columns: minmax(0, 1fr) auto;
    align-items: center;
    gap: 0 16px;
    padding-block: 12px;
    border-block-start: 1px solid var(--_line);
  }

  .switch label {
    cursor: pointer;
  }

  .switch .how {
    grid-column: 1;
  }

  .switch.cannot > .strong,
  .switch.cannot > .icon {
    color: var(--_muted);
  }

  .switch.cannot > .icon {
    justify-self: center;
  }

  input[role='switch'] {
    appearance: none;
    inline-size: 44px;
    block-size: 24px;
    margin: 0;
    border: 2px solid var(--_muted);
    border-radius: var(--_pill);
    background: var(--_surface);
    cursor: pointer;
    transition: background-color var(--_moment), border-color var(--_moment);
  }

  input[role='switch']::before {
    content: '';
    display: block;
    inline-size: 16px;
    block-size: 16px;
    margin: 2px;
    border-radius: 50%;
    background: var(--_muted);
    transition: transform var(--_moment), background-color var(--_moment);
  }

  input[role='switch']:checked {
    border-color: var(--_accent);
    background: var(--_accent);
  }

  input[role='switch']:checked::before {
    background: var(--_on-accent);
    transform: translateX(20px);
  }

  input[role='switch']:focus-visible {
    border-radius: var(--_pill);
  }

  input[role='switch'][aria-disabled='true'] {
    border-style: dashed;
    cursor: not-allowed;
  }

  @media (forced-colors: active) {
    input[role='switch'] {
      appearance: auto;
    }
  }

  .notice {
    display: flex;
    align-items: start;
    justify-content: space-between;
    gap: 12px;
    margin-block-end: 16px;
    padding: 8px 8px 8px 16px;
    border-radius: var(--_radius);
    background: var(--_danger-soft);
  }

  .notice p {
    padding-block: 4px;
  }
`
