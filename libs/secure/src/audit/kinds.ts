/**
 * What is written down, and which details each kind of entry has. There is no field for what was typed, copied, transferred or authenticated with: an entry cannot
 * hold it (RA-SEC-251).
 */
export const AUDIT_KINDS = {
  'session.begun': ['broker', 'policy'],
  'session.resumed': ['key', 'participant'],
  'session.ended': ['code'],
  'proof.failed': ['class', 'code', 'date', 'left', 'participant'],
  'participant.joined': ['key', 'name', 'organisation', 'participant', 'role'],
  'participant.identified': ['name', 'organisation', 'participant'],
  'participant.left': ['code', 'participant'],
  'lead.changed': ['participant'],
  'words.confirmed': ['by', 'participant'],
  'consent.asked': ['participant', 'permissions'],
  'consent.decided': ['participant', 'permissions'],
  'grant.changed': ['expires', 'participant', 'permission', 'source', 'state'],
  'capability.issued': ['form', 'participant', 'serial'],
  'control.changed': ['epoch', 'participant'],
  'input.used': ['began', 'buttons', 'ended', 'epoch', 'moves', 'participant', 'presses', 'texts', 'wheels'],
  'session.paused': [],
  'session.unpaused': [],
  'media.rekeyed': ['epoch'],
  'invitation.registered': ['invitation', 'participant', 'role'],
  'invitation.revoked': ['invitation'],
  'recording.changed': ['participant', 'state'],
  'screen.shown': ['participant', 'screen'],
  'screen.hidden': ['participant'],
  'clipboard.synced': ['direction', 'participant', 'state'],
  'clipboard.passed': ['bytes', 'direction', 'mime', 'participant'],
  'file.decided': ['bytes', 'decision', 'direction', 'entries', 'participant', 'transfer'],
  'file.sent': ['bytes', 'name', 'participant', 'sha256', 'transfer'],
  'file.verified': ['bytes', 'name', 'participant', 'sha256', 'transfer'],
  'file.ended': ['participant', 'reason', 'transfer'],
  'keys.sent': ['combo', 'participant', 'result'],
  'elevation.asked': ['duration', 'method', 'participant', 'reason', 'request', 'scope'],
  'elevation.changed': ['participant', 'phase', 'reason', 'request'],
  'command.run': ['argv', 'command', 'participant', 'sha256', 'user'],
  'command.ended': ['by', 'code', 'command', 'participant'],
  'user.switched': ['participant', 'request'],
  'rejoin.asked': ['participant', 'reason', 'request'],
  'rejoin.changed': ['participant', 'request', 'state'],
  'rejoin.used': ['participant'],
} as const satisfies Readonly<Record<string, readonly string[]>>

/** The kinds of entries. */
export type AuditKind = keyof typeof AUDIT_KINDS

/** The details of a kind, by name: short texts and numbers. */
export type AuditDetails<K extends AuditKind> = { readonly [Name in (typeof AUDIT_KINDS)[K][number]]: string | number }
