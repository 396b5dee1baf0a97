/** Transfers, links for guests, menus with more than words, and the sheet to read aloud from. */
import { css } from 'lit'

export const transfers = css`
  .transfer {
    display: grid;
    gap: 4px;
    padding-block: 8px;
  }

  .transfer + .transfer {
    border-block-start: 1px solid var(--_line);
  }

  .transfer .line,
  .entry .line {
    display: flex;
    align-items: center;
    gap: 8px;
    min-inline-size: 0;
  }

  .transfer .line {
    min-block-size: 28px;
  }

  .transfer .line .cut,
  .entry .cut {
    flex: 1;
  }

  .transfer strong {
    font-weight: 500;
  }

  .transfer .actions {
    margin-inline-start: 0;
    margin-block-start: 4px;
  }

  .bad {
    color: var(--_danger);
    overflow-wrap: anywhere;
  }

  progress {
    appearance: none;
    inline-size: 100%;
    block-size: 4px;
    border: 0;
    border-radius: var(--_pill);
    background: var(--_hover);
    overflow: hidden;
  }

  progress::-webkit-progress-bar {
    background: var(--_hover);
  }

  progress::-webkit-progress-value {
    background: var(--_accent);
    transition: inline-size var(--_moment);
  }

  progress::-moz-progress-bar {
    background: var(--_accent);
  }

  :is(.held, .held-there) progress::-webkit-progress-value {
    background: var(--_muted);
  }

  .entries summary {
    cursor: pointer;
    color: var(--_muted);
    line-height: 24px;
  }

  .entries ul {
    max-block-size: 192px;
    overflow: auto;
  }

  .entry {
    display: grid;
    line-height: 20px;
  }

  .mark-small {
    flex: none;
    inline-size: 16px;
    color: var(--_accent);
  }

  .mark-small.bad {
    color: var(--_danger);
  }

  .guests {
    display: grid;
    gap: 4px;
  }

  .guest {
    padding-inline-start: 12px;
    border-inline-start: 2px solid var(--_line);
  }

  .menu .item {
    justify-content: space-between;
    gap: 24px;
  }

  .menu .item[aria-checked] {
    padding-inline-start: 28px;
    position: relative;
  }

  .menu .item[aria-checked='true']::before {
    content: '';
    position: absolute;
    inset-inline-start: 12px;
    inline-size: 8px;
    block-size: 8px;
    border-radius: 50%;
    background: var(--_accent);
  }

  .menu .note {
    max-inline-size: 240px;
    padding: 4px 12px 8px;
  }

  .menu.facts,
  .menu .wish {
    gap: 8px;
    padding: 16px;
    inline-size: 288px;
  }

  .menu.facts:popover-open,
  .menu .wish {
    display: grid;
  }

  .facts dl {
    display: grid;
    grid-template-columns: 1fr auto;
    gap: 4px 16px;
  }

  .facts strong {
    font-weight: 600;
  }

  .wish .answers {
    flex-wrap: wrap;
    justify-content: stretch;
  }

  .wish .answers .button {
    justify-content: center;
  }

  .desk {
    display: block;
    inline-size: 216px;
    max-block-size: 144px;
    margin: 8px;
  }

  .monitor rect {
    fill: var(--_hover);
  }

  .monitor text {
    fill: var(--_ink);
    font-weight: 600;
  }

  .monitor.on rect {
    fill: var(--_accent);
  }

  .monitor.on text {
    fill: var(--_on-accent);
  }

  .bars {
    display: inline-flex;
    align-items: flex-end;
    gap: 2px;
    block-size: 12px;
  }

  .bars i {
    inline-size: 4px;
    background: var(--_line);
  }

  .bars i:nth-child(1) {
    block-size: 4px;
  }

  .bars i:nth-child(2) {
    block-size: 8px;
  }

  .bars i:nth-child(3) {
    block-size: 12px;
  }

  .bars.b1 i:nth-child(-n + 1),
  .bars.b2 i:nth-child(-n + 2),
  .bars.b3 i {
    background: currentcolor;
  }

  .aloud {
    position: absolute;
    inset: 0;
    z-index: 4;
    display: grid;
    align-content: center;
    justify-items: center;
    gap: 16px;
    padding: 24px;
    background: var(--_surface);
    text-align: center;
    overflow: auto;
    container-type: inline-size;
  }

  .aloud .digits {
    margin-block: 0 8px;
  }

  .spelled {
    display: flex;
    flex-wrap: wrap;
    justify-content: center;
    gap: 8px;
    max-inline-size: 960px;
  }

  .spelled span {
    display: grid;
    min-inline-size: 36px;
    font-size: var(--_small);
    line-height: 16px;
    color: var(--_muted);
  }

  .spelled b {
    font-size: var(--_large);
    font-weight: 600;
    line-height: 28px;
    color: var(--_ink);
  }
`
