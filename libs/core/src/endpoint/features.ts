/** Optional features: their names, and what an announcement of them says. */

/** The features that this version knows. Whoever takes them announces them; names that are not here mean nothing (RA-SES-204). */
export const FEATURE = {
  /** The customer takes TextInput. */
  text: 'input.text',
  /** The customer takes ElevateRequest with the method CREDENTIALS. */
  credentials: 'elevation.credentials',
  /** The customer takes RejoinRequest. */
  rejoin: 'session.rejoin',
} as const

/** Names as `Capabilities` has them: ascending and distinct (RA-SES-203). */
export const wholeSet = (names: readonly string[]): string[] => [...new Set(names)].sort()
