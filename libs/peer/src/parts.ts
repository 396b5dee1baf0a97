/** What the driver is made of, for programs that measure it. It changes without notice: build on the package's main entry. */

export { Inbox, type InboxOwner } from './driver/inbox.js'
export { Outbox, type OutboxOwner } from './driver/outbox.js'
export { SealedSecurity } from './security/sealed.js'
