import { css } from 'lit'

/** Buttons, fields, menus and the text around them. */
export const controls = css`
  *,
  *::before,
  *::after {
    box-sizing: border-box;
  }

  h1,
  h2,
  p,
  ul,
  dl,
  dd {
    margin: 0;
    padding: 0;
  }

  ul {
    list-style: none;
  }

  .unseen {
    position: absolute;
    inline-size: 1px;
    block-size: 1px;
    overflow: hidden;
    clip-path: inset(50%);
    white-space: nowrap;
  }

  .icon {
    flex: none;
    display: block;
  }

  .muted {
    color: var(--_muted);
  }

  .small {
    font-size: var(--_small);
    line-height: 16px;
  }

  .figures {
    font-variant-numeric: tabular-nums;
  }

  .button {
    display: inline-flex;
    align-items: center;
    justify-content: center;
    gap: 8px;
    block-size: 32px;
    padding-inline: 12px;
    border: 1px solid transparent;
    border-radius: calc(var(--_radius) - 2px);
    background: transparent;
    color: inherit;
    font: inherit;
    font-weight: 500;
    white-space: nowrap;
    text-decoration: none;
    cursor: pointer;
    transition: background-color var(--_moment), border-color var(--_moment), color var(--_moment);
  }

  .button:hover {
    background: var(--_hover);
  }

  .button.outline {
    border-color: var(--_line);
    background: var(--_raised);
  }

  .button.outline:hover {
    background: var(--_hover);
  }

  .button.primary {
    background: var(--_accent);
    color: var(--_on-accent);
  }

  .button.primary:hover {
    background: color-mix(in oklab, var(--_accent), var(--_ink) 14%);
  }

  .button.on {
    background: var(--_accent-soft);
    color: var(--_accent);
  }

  .button.danger {
    border-color: color-mix(in oklab, var(--_danger), transparent 64%);
    color: var(--_danger);
  }

  .button.danger:hover {
    background: var(--_danger-soft);
  }

  .button.tall {
    block-size: 40px;
    padding-inline: 16px;
  }

  .button.square {
    inline-size: 32px;
    padding: 0;
  }

  .button.tight {
    block-size: 28px;
    padding-inline: 8px;
    font-size: var(--_small);
    gap: 4px;
  }

  .button.square.tight {
    inline-size: 28px;
    padding: 0;
  }

  .button:is([aria-disabled='true'], .off),
  .button:is([aria-disabled='true'], .off):hover {
    background-color: transparent;
    color: color-mix(in oklab, var(--_muted), transparent 42%);
    cursor: not-allowed;
  }

  .button.outline[aria-disabled='true'] {
    border-style: dashed;
  }

  :is(button, input, a, label.button, .surface):focus-visible,
  label.button:focus-within {
    outline: 2px solid var(--_accent);
    outline-offset: 2px;
  }

  .surface:focus-visible {
    outline-offset: -2px;
  }

  label.button input {
    margin: 0;
    inline-size: 16px;
    block-size: 16px;
    accent-color: var(--_accent);
    outline: none;
    cursor: inherit;
  }

  .field {
    min-inline-size: 0;
    block-size: 32px;
    padding-inline: 12px;
    border: 1px solid var(--_line);
    border-radius: calc(var(--_radius) - 2px);
    background: var(--_surface);
    color: inherit;
    font: inherit;
  }

  .field::placeholder {
    color: var(--_muted);
  }

  .menu {
    position: fixed;
    inset: auto;
    margin: 0;
    padding: 4px;
    min-inline-size: 200px;
    border: 1px solid var(--_line);
    border-radius: var(--_radius);
    background: var(--_raised);
    color: var(--_ink);
    box-shadow: var(--_shadow);
  }

  .menu .button {
    display: flex;
    justify-content: flex-start;
    inline-size: 100%;
    font-weight: 400;
  }
`
