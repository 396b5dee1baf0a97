import { css } from 'lit'

/** While somebody is here: the bar, and what is below it. */
export const sharing = css`
  .bar {
    position: sticky;
    inset-block-start: 0;
    z-index: 1;
    display: flex;
    flex-wrap: wrap;
    align-items: center;
    justify-content: space-between;
    gap: 8px 16px;
    padding: 8px max(20px, (100cqi - 1120px) / 2);
    border-block-end: 1px solid var(--_line);
    background: var(--_surface);
  }

  .presence {
    display: flex;
    align-items: center;
    flex: 1 1 220px;
    min-inline-size: 0;
    font-size: var(--_text);
    line-height: 24px;
    letter-spacing: 0;
  }

  .chip {
    flex: none;
    margin-inline-start: 8px;
    padding: 2px 8px;
    border-radius: var(--_pill);
    background: var(--_danger-soft);
    color: var(--_danger);
    font-size: var(--_small);
    line-height: 20px;
  }

  .bar-actions {
    display: flex;
    flex-wrap: wrap;
    align-items: center;
    gap: 8px;
  }

  .button.stop {
    min-block-size: 52px;
    padding-inline: 32px;
    background: var(--_danger);
    color: var(--_on-danger);
    font-size: var(--_large);
    font-weight: 600;
  }

  .button.stop:hover {
    background: color-mix(in oklab, var(--_danger), var(--_ink) 14%);
  }

  .live > .notice {
    margin: 16px max(20px, (100cqi - 1120px) / 2) 0;
  }

  .live > .asked {
    max-inline-size: 1120px;
    margin: 16px auto 0;
    padding: 20px;
    border-block-end: 1px solid var(--_line);
  }

  .live > .asked > .question {
    max-inline-size: 560px;
  }

  .sections {
    display: grid;
    grid-template-columns: minmax(0, 1fr) minmax(0, 1fr);
    gap: 0 48px;
    max-inline-size: 1120px;
    margin-inline: auto;
    padding: 8px 20px 48px;
  }

  .section {
    display: grid;
    gap: 12px;
    padding-block: 20px;
    border-block-end: 1px solid var(--_line);
  }

  .column > .section:last-child,
  .question > .section {
    border-block-end: 0;
  }

  .section > h2:not(.title) {
    margin: 0;
  }

  .question > .section {
    padding-block: 8px 0;
  }

  /* A long name is cut off, and widens nothing. */
  :is(.section, .people, .person, .transfers, .ask) {
    grid-template-columns: minmax(0, 1fr);
  }

  .preview {
    display: block;
    inline-size: 100%;
    border: 1px solid var(--_line);
    border-radius: var(--_radius);
    background: var(--_stage);
  }

  .people,
  .transfers {
    display: grid;
    gap: 12px;
  }

  .person {
    display: grid;
    gap: 4px;
  }

  .lines {
    display: grid;
    align-content: start;
    gap: 4px;
    max-block-size: 220px;
    margin: 0;
    padding: 0;
    list-style: none;
    overflow: auto;
  }

  .lines li:has(time) {
    display: grid;
    grid-template-columns: auto minmax(0, 1fr);
    gap: 4px;
  }

  .question .lines {
    max-block-size: none;
  }

  .lines .text {
    white-space: pre-wrap;
  }

  .field {
    block-size: 36px;
    border-color: var(--_muted);
  }

  .field.paste {
    block-size: auto;
    padding-block: 8px;
    font: inherit;
    resize: vertical;
  }

  .ask {
    display: grid;
    gap: 12px;
    padding: 12px 16px;
    border-radius: var(--_radius);
    background: var(--_accent-soft);
  }

  progress {
    inline-size: 100%;
    block-size: 4px;
    accent-color: var(--_accent);
  }

  @container ra (inline-size < 760px) {
    .sections {
      grid-template-columns: minmax(0, 1fr);
    }

    .column:first-child > .section:last-child {
      border-block-end: 1px solid var(--_line);
    }

    .bar {
      padding-inline: 16px;
    }

    .bar-actions {
      flex: 1 1 auto;
    }

    .bar-actions .button {
      flex: 1 1 auto;
    }

    .bar-actions .button.stop {
      flex-grow: 4;
    }
  }
`
