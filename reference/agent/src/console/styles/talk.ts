/** What people say to each other, and what a person is told. */
import { css } from 'lit'

export const talk = css`
  .talk {
    flex: 0 1 auto;
    min-block-size: 168px;
    max-block-size: 45%;
    border-block-start: 1px solid var(--_line);
    grid-template-rows: auto minmax(0, 1fr) auto;
    align-content: stretch;
  }

  .lines {
    display: flex;
    flex-direction: column-reverse;
    overflow: auto;
    overflow-wrap: anywhere;
    max-block-size: 320px;
  }

  .lines > div {
    display: grid;
    gap: 8px;
    margin-block-end: auto;
  }

  .lines b {
    display: block;
    font-size: var(--_small);
    font-weight: 500;
    line-height: 16px;
    color: var(--_muted);
  }

  .say {
    display: flex;
    gap: 4px;
  }

  .say .field {
    flex: 1;
  }

  .notice {
    position: absolute;
    inset-inline: 0;
    inset-block-end: 16px;
    z-index: 3;
    display: flex;
    align-items: center;
    gap: 12px;
    inline-size: max-content;
    max-inline-size: min(560px, calc(100% - 32px));
    margin-inline: auto;
    padding: 8px 8px 8px 16px;
    overflow-wrap: anywhere;
    border: 1px solid var(--_line);
    border-radius: var(--_radius);
    background: var(--_raised);
    box-shadow: var(--_shadow);
  }

  .news {
    position: absolute;
    inset: 16px 16px auto auto;
    z-index: 1;
    max-inline-size: calc(100% - 32px);
  }

  .news .button {
    max-inline-size: 100%;
    box-shadow: var(--_shadow);
  }

  .news .words {
    overflow: hidden;
    text-overflow: ellipsis;
  }

  .button.square:has(.count) {
    inline-size: auto;
    padding-inline: 4px;
  }

  .count {
    display: inline-grid;
    place-items: center;
    min-inline-size: 16px;
    block-size: 16px;
    padding-inline: 4px;
    border-radius: var(--_pill);
    background: var(--_accent);
    color: var(--_on-accent);
    font-size: var(--_small);
    font-weight: 600;
    line-height: 1;
  }
`
