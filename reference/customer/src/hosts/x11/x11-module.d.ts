/** The package has no types; `wire.ts` describes what is used of it. */
declare module 'x11' {
  const x11: unknown
  export default x11
}
