/** The package has no types; `wire.ts` describes what is used of it. */
declare module 'x11' {
  export const createClient: unknown
}
