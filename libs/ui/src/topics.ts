/** Permissions that a person thinks of as one. */
import { Permission } from '@remote-assist/peer'

/** What a person decides about, in the order in which it is asked. */
export const TOPICS = ['see', 'control', 'talk', 'clipboard', 'files', 'elevate', 'record'] as const

/** One of them. */
export type Topic = (typeof TOPICS)[number]

const PERMISSIONS: Readonly<Record<Topic, readonly Permission[]>> = {
  see: [Permission.VIEW_SCREEN],
  control: [Permission.CONTROL_INPUT],
  talk: [Permission.CHAT, Permission.ANNOTATE],
  clipboard: [Permission.CLIPBOARD_TO_CUSTOMER, Permission.CLIPBOARD_FROM_CUSTOMER],
  files: [Permission.FILES_TO_CUSTOMER, Permission.FILES_FROM_CUSTOMER],
  elevate: [Permission.ELEVATE, Permission.RUN_COMMAND, Permission.SECURE_KEYS],
  record: [Permission.RECORD],
}

/** What a browser can allow. */
export const BROWSER_TOPICS: readonly Topic[] = ['see', 'talk', 'clipboard', 'files', 'record']

/** What is on before the person has decided: to see and to talk is what they came for. */
export const SUGGESTED: ReadonlySet<Topic> = new Set<Topic>(['see', 'talk'])

/** The permissions of a topic. */
export const permissionsOf = (topic: Topic): readonly Permission[] => PERMISSIONS[topic]

/** The topics that some of these permissions belong to. */
export const topicsOf = (permissions: readonly Permission[]): readonly Topic[] =>
  TOPICS.filter(topic => PERMISSIONS[topic].some(permission => permissions.includes(permission)))

/** Of the permissions that are asked for, those that belong to chosen topics. */
export const grantsFor = (chosen: ReadonlySet<Topic>, asked: readonly Permission[]): readonly Permission[] =>
  asked.filter(permission => TOPICS.some(topic => chosen.has(topic) && PERMISSIONS[topic].includes(permission)))
