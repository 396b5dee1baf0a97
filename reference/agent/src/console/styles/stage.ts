/** What stands on the stage: the code before the session, the picture in it, and the words over either. */
import { css } from 'lit'

export const stage = css`
  .centre {
    align-self: center;
    justify-self: center;
    display: grid;
    justify-items: center;
    gap: 12px;
    max-inline-size: 560px;
    max-block-size: 100%;
    overflow: auto;
    padding: 32px 24px;
    text-align: center;
    text-wrap: balance;
  }

  .centre h1 {
    font-size: var(--_large);
    font-weight: 600;
    line-height: 28px;
    letter-spacing: -0.01em;
  }

  .centre .actions {
    justify-content: center;
    gap: 8px;
    margin: 8px 0 0;
  }

  .centre .words-line {
    justify-content: center;
    margin-block-start: 8px;
  }

  .mark {
    display: grid;
    place-items: center;
    inline-size: 40px;
    block-size: 40px;
    border-radius: 50%;
    background: var(--_raised);
    color: var(--_muted);
    box-shadow: 0 0 0 1px var(--_line);
  }

  .mark.bad {
    background: var(--_danger-soft);
    color: var(--_danger);
  }

  .hero {
    gap: 0;
    max-inline-size: none;
  }

  .status {
    display: inline-flex;
    align-items: center;
    gap: 8px;
    color: var(--_muted);
    font-weight: 500;
  }

  .centre h1.status {
    margin: 0;
    font: inherit;
    font-weight: 500;
    letter-spacing: normal;
  }

  .digits {
    display: flex;
    flex-wrap: wrap;
    justify-content: center;
    gap: 0 0.38em;
    margin-block: 20px 16px;
    font-size: var(--_display);
    font-weight: 600;
    line-height: 1.12;
    letter-spacing: -0.01em;
    font-variant-numeric: tabular-nums;
    user-select: all;
  }

  .gone .digits {
    color: color-mix(in oklab, var(--_muted), transparent 20%);
    text-decoration: line-through;
    text-decoration-thickness: 2px;
    user-select: none;
  }

  .hero .tried {
    margin-block-end: 12px;
    padding: 4px 12px;
    border-radius: var(--_radius);
    background: var(--_danger-soft);
    color: var(--_danger);
    font-weight: 500;
  }

  .hero h1 {
    margin-block: 20px 16px;
  }

  .how {
    font-size: var(--_large);
    line-height: 28px;
    color: var(--_muted);
  }

  .hero .how strong {
    color: var(--_ink);
    font-weight: 600;
    white-space: nowrap;
  }

  .hero .actions {
    margin-block-start: 28px;
  }

  .hero .valid {
    margin-block-start: 20px;
  }

  .dot {
    flex: none;
    inline-size: 8px;
    block-size: 8px;
    border-radius: 50%;
    background: var(--_accent);
  }

  .dot.quiet {
    background: color-mix(in oklab, var(--_muted), transparent 40%);
  }

  .dot.awaited {
    border: 2px solid var(--_accent);
    background: none;
  }

  .surface {
    position: absolute;
    inset: 0;
    overflow: hidden;
    outline: none;
    touch-action: none;
  }

  .surface.zoomed {
    overflow: auto;
    touch-action: auto;
  }

  .surface.drawing,
  .surface.drawing .picture {
    cursor: crosshair !important;
  }

  /* On whatever the customer's screen shows. */
  .marks {
    position: absolute;
    color-scheme: light;
    pointer-events: none;
    overflow: hidden;
  }

  .marks [hidden] {
    display: none;
  }

  .marks polyline {
    fill: none;
    stroke-linecap: round;
    stroke-linejoin: round;
    transition: opacity var(--_moment);
  }

  .marks .fading {
    opacity: 0;
  }

  .laser circle {
    fill: var(--_danger);
    stroke: var(--_surface);
    stroke-width: 2;
  }

  .laser text {
    font: 600 var(--_small) var(--_font);
    fill: var(--_surface);
    stroke: var(--_ink);
    stroke-width: 3;
    paint-order: stroke;
  }

  .drop {
    display: grid;
    margin: 8px;
    border: 2px dashed var(--_accent);
    border-radius: var(--_radius);
    background: color-mix(in oklab, var(--_stage), transparent 40%);
  }

  .surface.dim .picture {
    filter: grayscale(1) brightness(0.7);
  }

  .picture {
    position: absolute;
    display: block;
    transform-origin: 0 0;
    box-shadow: 0 0 0 1px var(--_line);
    user-select: none;
    -webkit-user-drag: none;
  }

  .picture[hidden],
  .cursor[hidden] {
    display: none;
  }

  .cursor {
    position: absolute;
    transform-origin: 0 0;
    pointer-events: none;
  }

  .catcher {
    position: absolute;
    inset: 0 auto auto 0;
    inline-size: 1px;
    block-size: 1px;
    padding: 0;
    border: 0;
    opacity: 0;
    resize: none;
    pointer-events: none;
  }

  .over {
    position: absolute;
    inset: 0;
    display: grid;
    pointer-events: none;
  }

  /* The keyboard is in the picture, below which an outline of its own would lie. */
  .surface:focus-within + .over {
    box-shadow: inset 0 0 0 2px var(--_accent);
  }

  .sheet {
    place-self: center;
    display: grid;
    justify-items: center;
    gap: 8px;
    max-inline-size: 400px;
    margin: 24px;
    padding: 24px 32px;
    border-radius: var(--_radius);
    background: var(--_raised);
    box-shadow: var(--_shadow);
    text-align: center;
    text-wrap: balance;
  }

  .sheet strong {
    font-weight: 600;
    font-size: var(--_large);
    line-height: 28px;
  }

  .sheet.form {
    pointer-events: auto;
    justify-items: stretch;
    inline-size: min(360px, 100% - 48px);
    text-align: start;
  }

  .form .mark,
  .form strong,
  .form p {
    justify-self: center;
    text-align: center;
  }

  .form label {
    display: grid;
    gap: 4px;
    font-size: var(--_small);
  }

  select.field {
    padding-inline: 8px;
  }

  .form .answers {
    display: flex;
    justify-content: flex-end;
    gap: 8px;
    margin-block-start: 8px;
  }

  .hint {
    place-self: start center;
    margin-block-start: 16px;
    box-shadow: var(--_shadow);
  }
`
