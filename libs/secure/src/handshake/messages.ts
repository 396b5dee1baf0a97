/**
 * The messages of a handshake, with the fields of the schema's: a decoded `HandshakeMessage.kind` is a `HandshakeKind` and the other way round. Enums are
 * numbers here, since a message may carry any.
 */

/** Roles, by their numbers in the schema. */
export const ROLE = { AGENT: 1, CUSTOMER: 2, VIEWER: 3 } as const
/** Who joins a customer. */
export type JoinerRole = typeof ROLE.AGENT | typeof ROLE.VIEWER

/** Kinds of secrets, by their numbers in the schema. */
export const PASSWORD_CLASS = { PIN: 1, LINK: 2, INVITE: 3, RESUME: 4 } as const
/** A kind of secret. */
export type PasswordClass = (typeof PASSWORD_CLASS)[keyof typeof PASSWORD_CLASS]

/** Customer, first: begins an exchange. */
export interface HandshakeStart {
  /** 32 bytes. */
  readonly nonce: Uint8Array
  readonly passwordClass: number
  readonly suite: string
  /** INVITE and RESUME: 16 bytes that name the secret. Else empty. */
  readonly secretId: Uint8Array
}

/** Joiner: is bound to its share before it has seen the customer's. */
export interface HandshakeCommit {
  /** 32 bytes. */
  readonly nonce: Uint8Array
  /** 32 bytes. */
  readonly commitment: Uint8Array
}

/** Minor versions that an end speaks, 0–1000. */
export interface VersionRange {
  readonly minMinor: number
  readonly maxMinor: number
}

/** Both, the customer first: the share, and what its sender says of itself. */
export interface HandshakeShare {
  /** 32 bytes. */
  readonly share: Uint8Array
  /** Ed25519, 32 bytes. */
  readonly publicKey: Uint8Array
  /** A compact JWS, up to 4,096 bytes; empty for none. */
  readonly credential: string
  /** 32 bytes. */
  readonly policyHash: Uint8Array
  /** Absent stands for 0–0. */
  readonly version: VersionRange | undefined
  /** Up to 64 names of 1–64 bytes, ascending and distinct. */
  readonly capabilities: readonly string[]
  readonly role: number
}

/** Both, the customer first: proves the secret, and that its sender has the key that it named. */
export interface HandshakeConfirm {
  /** 64 bytes. */
  readonly tag: Uint8Array
  /** 64 bytes. */
  readonly proof: Uint8Array
}

/** Both: the exchange is over without a key. */
export interface HandshakeFailure {
  /** A close code: 206, 407, 600, 602 or 603. */
  readonly code: number
  /** PIN: how many tries are left at the sender's end, 0–3. Else 0. */
  readonly attemptsLeft: number
}

/** A message of a handshake. */
export type HandshakeKind =
  | { readonly $case: 'start'; readonly value: HandshakeStart }
  | { readonly $case: 'commit'; readonly value: HandshakeCommit }
  | { readonly $case: 'share'; readonly value: HandshakeShare }
  | { readonly $case: 'confirm'; readonly value: HandshakeConfirm }
  | { readonly $case: 'failure'; readonly value: HandshakeFailure }
