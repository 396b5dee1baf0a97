/** Milliseconds as the friendly API takes them; undefined for 0, which stands for none. */
export const minutesOf = (ms: number): number | undefined => (ms === 0 ? undefined : ms / 60_000)
