import type { Policy } from '@remote-assist/codec'

/** How long a question to the customer's user may stay open, ms; 0 before the broker has told. */
export const consentTimeoutOf = (policy: Policy | undefined): number => policy?.consentTimeoutMs ?? 0
