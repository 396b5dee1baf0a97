import { css } from 'lit'

/** The look in numbers. A page overrides a token by setting `--ra-<name>` on the element, and light or dark by setting `color-scheme`. */
export const tokens = css`
  :host {
    color-scheme: light dark;
    --_ink: var(--ra-ink, light-dark(#161b22, #e9ecf1));
    --_muted: var(--ra-muted, light-dark(#596273, #9aa4b4));
    --_surface: var(--ra-surface, light-dark(#ffffff, #14181e));
    --_raised: var(--ra-raised, light-dark(#ffffff, #1d232b));
    --_stage: var(--ra-stage, light-dark(#f1f3f6, #0c0f13));
    --_line: var(--ra-line, light-dark(#dfe3e9, #2a313b));
    --_hover: var(--ra-hover, light-dark(#eef1f5, #242b35));
    --_accent: var(--ra-accent, light-dark(#2a5bd7, #7ea4ff));
    --_on-accent: var(--ra-on-accent, light-dark(#ffffff, #0b1530));
    --_accent-soft: var(--ra-accent-soft, light-dark(#e8eefc, #1b2745));
    --_danger: var(--ra-danger, light-dark(#c42b36, #ff8a8f));
    --_on-danger: var(--ra-on-danger, light-dark(#ffffff, #2b0708));
    --_danger-soft: var(--ra-danger-soft, light-dark(#fdecee, #3a1a1e));
    --_font: var(--ra-font, system-ui, -apple-system, 'Segoe UI', Roboto, 'Noto Sans', 'Liberation Sans', sans-serif);
    --_small: var(--ra-text-small, 12px);
    --_text: var(--ra-text, 14px);
    --_large: var(--ra-text-large, 20px);
    --_display: clamp(32px, 10.5cqi, 88px);
    --_radius: var(--ra-radius, 8px);
    --_pill: 100vmax;
    --_panel: var(--ra-panel-width, 288px);
    --_moment: 140ms;
    --_shadow: 0 1px 2px light-dark(#161b221a, #0006), 0 8px 24px light-dark(#161b221f, #0008);
  }

  @media (prefers-reduced-motion: reduce) {
    :host {
      --_moment: 0ms;
    }
  }
`

/** The three sizes of type for pages that anybody reads, a step larger. */
export const roomy = css`
  :host {
    --_small: var(--ra-text-small, 14px);
    --_text: var(--ra-text, 16px);
    --_large: var(--ra-text-large, 24px);
  }
`
