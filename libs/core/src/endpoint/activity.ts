/** What counts as activity for the idle time of a session: input, pictures, files, chat and the like, whoever sends them (RA-SES-115). */
import { Channel, type KnownChannel } from '@remote-assist/codec'
import type { Effect } from './run.js'

const ACTIVITY: readonly KnownChannel[] = [Channel.MEDIA, Channel.INPUT, Channel.CLIPBOARD, Channel.FILE, Channel.ELEVATION, Channel.CHAT, Channel.ANNOTATION]

export const isActivity = (channel: KnownChannel): boolean => ACTIVITY.includes(channel)

export const sendsActivity = (effect: Effect<unknown>): boolean => effect.type === 'send' && isActivity(effect.channel)
