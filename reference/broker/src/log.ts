import { type Logger, pino } from 'pino'

/** Where the broker writes what happened: structured, and never a payload, token, secret, name or locator. */
export type Log = Pick<Logger, 'info' | 'warn' | 'error'>

/** A log on standard output, one JSON object a line. */
export const standardLog = (level = 'info'): Log => pino({ name: 'remote-assist-broker', level, redact: ['*.authorization', '*.token', '*.agentToken'] })

/** A log that keeps nothing. */
export const silentLog = (): Log => pino({ level: 'silent' })
