/** The room: bar, stage, panel, foot; and how it folds when it is narrow or full screen. */
import { css } from 'lit'

export const layout = css`
  :host {
    display: block;
    block-size: 100%;
    min-block-size: 360px;
    container: ra / inline-size;
    background: var(--_surface);
    color: var(--_ink);
    font: 400 var(--_text) / 20px var(--_font);
    -webkit-font-smoothing: antialiased;
  }

  :host([hidden]) {
    display: none;
  }

  .room {
    position: relative;
    display: grid;
    grid-template: auto minmax(0, 1fr) auto / minmax(0, 1fr) auto;
    grid-template-areas: 'bar bar' 'stage panel' 'foot foot';
    block-size: 100%;
    overflow: hidden;
  }

  .bar,
  .foot {
    display: flex;
    align-items: center;
    gap: 4px;
    min-block-size: 48px;
    padding: 8px 12px;
    background: var(--_surface);
  }

  .bar {
    grid-area: bar;
    overflow-x: auto;
    scrollbar-width: none;
    border-block-end: 1px solid var(--_line);
  }

  .foot {
    grid-area: foot;
    flex-wrap: wrap;
    gap: 8px;
    border-block-start: 1px solid var(--_line);
  }

  .space {
    flex: 1;
  }

  .divider {
    inline-size: 1px;
    block-size: 20px;
    margin-inline: 4px;
    background: var(--_line);
  }

  .label {
    display: inline-flex;
    align-items: center;
    gap: 8px;
    padding-inline: 4px 8px;
    font-size: var(--_text);
    font-weight: 600;
    white-space: nowrap;
  }

  .stage {
    grid-area: stage;
    position: relative;
    display: grid;
    grid-template: minmax(0, 1fr) / minmax(0, 1fr);
    container-type: inline-size;
    min-block-size: 0;
    background: var(--_stage);
    overflow: hidden;
  }

  .panel {
    grid-area: panel;
    display: flex;
    flex-direction: column;
    inline-size: var(--_panel);
    border-inline-start: 1px solid var(--_line);
    background: var(--_surface);
    overflow: hidden;
  }

  .panel[hidden] {
    display: none;
  }

  .sections {
    flex: 1 1 auto;
    min-block-size: 0;
    overflow: auto;
  }

  .section {
    display: grid;
    grid-template-columns: minmax(0, 1fr);
    gap: 4px;
    padding: 16px;
    border-block-end: 1px solid var(--_line);
  }

  .section:last-child {
    border-block-end: 0;
  }

  .section > h2 {
    font-size: var(--_small);
    font-weight: 600;
    line-height: 16px;
    color: var(--_muted);
    margin-block-end: 4px;
    display: flex;
    justify-content: space-between;
  }

  .section > h2 > span {
    font-weight: 400;
  }

  .row {
    display: flex;
    align-items: center;
    gap: 8px;
    min-block-size: 32px;
    min-inline-size: 0;
  }

  .row > .grow {
    flex: 1;
    min-inline-size: 0;
    overflow: hidden;
    text-overflow: ellipsis;
    white-space: nowrap;
  }

  .row .pin {
    font-size: var(--_large);
    font-weight: 600;
    letter-spacing: 0.01em;
  }

  .actions {
    display: flex;
    flex-wrap: wrap;
    gap: 4px;
    margin-inline-start: -8px;
  }

  .person {
    min-block-size: 36px;
    padding-block: 4px;
  }

  .who {
    flex: 1;
    display: grid;
    min-inline-size: 0;
  }

  .cut {
    min-inline-size: 0;
    overflow: hidden;
    text-overflow: ellipsis;
    white-space: nowrap;
  }

  .words-line {
    display: flex;
    flex-wrap: wrap;
    gap: 0 0.6em;
    font-size: var(--_large);
    font-weight: 600;
    line-height: 28px;
  }

  .section > .button {
    justify-self: start;
    margin-block: 4px;
  }

  .said {
    display: flex;
    align-items: center;
    gap: 4px;
    color: var(--_accent);
    font-weight: 500;
  }

  .avatar {
    flex: none;
    display: grid;
    place-items: center;
    inline-size: 24px;
    block-size: 24px;
    border-radius: 50%;
    background: var(--_hover);
    color: var(--_muted);
    font-size: var(--_small);
    font-weight: 600;
    text-transform: uppercase;
  }

  .person.control .avatar {
    background: var(--_accent);
    color: var(--_on-accent);
  }

  .person.control .doing {
    color: var(--_accent);
    font-weight: 500;
  }

  .chip {
    display: inline-flex;
    align-items: center;
    gap: 4px;
    block-size: 24px;
    padding-inline: 8px;
    border-radius: var(--_pill);
    background: var(--_hover);
    color: var(--_muted);
    font-size: var(--_small);
    white-space: nowrap;
  }

  .chip.accent {
    background: var(--_accent-soft);
    color: var(--_accent);
  }

  .button.handle {
    display: none;
  }

  :host(:fullscreen) .room {
    grid-template: minmax(0, 1fr) auto / minmax(0, 1fr);
    grid-template-areas: 'stage' 'foot';
  }

  :host(:fullscreen) .panel {
    display: none;
  }

  @media (any-pointer: coarse) {
    :host(:fullscreen) .button.handle {
      display: flex;
      position: absolute;
      inset: -1px auto auto 50%;
      z-index: 2;
      inline-size: 64px;
      translate: -50%;
      border-radius: 0 0 var(--_radius) var(--_radius);
    }
  }

  :host(:fullscreen) .bar {
    position: absolute;
    inset: 0 0 auto;
    z-index: 3;
    flex-wrap: wrap;
    opacity: 0;
    translate: 0 calc(8px - 100%);
    transition: translate var(--_moment), opacity var(--_moment);
  }

  :host(:fullscreen) .bar:is(:hover, :focus-within) {
    opacity: 1;
    translate: none;
  }

  .outs {
    display: flex;
    align-items: center;
    gap: 8px;
    margin-inline-start: auto;
  }

  :is(.only-narrow, .button.only-narrow) {
    display: none;
  }

  @container ra (width < 1800px) {
    :host(:fullscreen) .bar .button:not(.stay, .folds, .menu *) > .words {
      display: none;
    }

    :host(:fullscreen) .bar .button:not(.stay, .folds, label, .menu *) {
      padding-inline: 8px;
    }
  }

  @container ra (width < 1300px) {
    .bar .button:not(.stay, .menu *) > .words {
      display: none;
    }

    .bar .button:not(.stay, label, .menu *) {
      padding-inline: 8px;
    }
  }

  @container ra (width < 720px) {
    .room {
      grid-template: auto minmax(0, 1fr) auto auto / minmax(0, 1fr);
      grid-template-areas: 'bar' 'stage' 'panel' 'foot';
    }

    :is(.bar .button:not(label, .tight, .menu *), .folds) > .words {
      display: none;
    }

    :is(.bar .button:not(label, .menu *), .folds) {
      padding-inline: 8px;
    }

    .bar {
      padding-inline: 8px;
    }

    :is(.bar .divider, .not-narrow, .button.not-narrow) {
      display: none;
    }

    :is(.only-narrow, .button.only-narrow) {
      display: inline-flex;
    }

    .panel {
      inline-size: auto;
      max-block-size: 420px;
      border-inline-start: 0;
      border-block-start: 1px solid var(--_line);
      border-radius: var(--_radius) var(--_radius) 0 0;
      margin-block-start: -8px;
      z-index: 1;
      box-shadow: var(--_shadow);
    }
  }

  @container ra (width < 400px) {
    .bar {
      gap: 0;
      padding-inline: 4px;
    }

    .bar .button:not(label, .menu *) {
      padding-inline: 4px;
    }
  }
`
