/** Faults in who hears what was said, by whom, and when. */
import { mutantsOf } from './mutant.js'

const CHAT = 'core/channels/chat/chat.js'
const CUSTOMER = 'core/endpoint/customer/customer.js'
const PERMITS = 'core/endpoint/customer/permits.js'
const API = 'peer/api/customer.js'

export const CHAT_MUTANTS = mutantsOf('chat', [
  [
    'chat-kept-to-the-first',
    'RA-CHT-001',
    'customer',
    CUSTOMER,
    "for (const number of everybody(run))\n                stepChannel(run, number, 'chat', { type: 'local.forward', chat: event.chat });",
    "for (const number of everybody(run).slice(0, 1))\n                stepChannel(run, number, 'chat', { type: 'local.forward', chat: event.chat });",
    'What is said is passed on to the first participant alone.',
  ],
  [
    'chat-not-to-its-author',
    'RA-CHT-001',
    'customer',
    CUSTOMER,
    "stepChannel(run, number, 'chat', { type: 'local.forward', chat: event.chat });",
    "number !== event.chat.from && stepChannel(run, number, 'chat', { type: 'local.forward', chat: event.chat });",
    'Who says something does not get it back.',
  ],
  [
    'chat-without-grant',
    'RA-CHT-001',
    'customer',
    PERMITS,
    'chat: { open: engaged && may(Permission.CHAT), author: peer.number },',
    'chat: { open: engaged, author: peer.number },',
    'Who may not chat hears what others say.',
  ],
  [
    'chat-from-whom-it-says',
    'RA-CHT-002',
    'customer',
    CHAT,
    'notify({ ...chat, from: s.author, atMs: 0n })',
    'notify({ ...chat, from: chat.from || s.author, atMs: 0n })',
    'Who says something may say that another did.',
  ],
  [
    'chat-from-nobody',
    'RA-CHT-002',
    'customer',
    CHAT,
    'notify({ ...chat, from: s.author, atMs: 0n })',
    'notify({ ...chat, from: 0, atMs: 0n })',
    'What is said has no author.',
  ],
  [
    'chat-without-time',
    'RA-CHT-003',
    'customer',
    API,
    'const chat = { ...line, atMs: BigInt(this.#end.clock.date()) };',
    'const chat = { ...line, atMs: 0n };',
    'What is said has no time.',
  ],
  [
    'chat-in-pieces-of-seconds',
    'RA-CHT-003',
    'customer',
    API,
    'const chat = { ...line, atMs: BigInt(this.#end.clock.date()) };',
    'const chat = { ...line, atMs: BigInt(this.#end.clock.date()) / 1000n };',
    'The time of what is said is in seconds.',
  ],
  [
    'chat-in-another-order',
    'RA-CHT-004',
    'customer',
    CHAT,
    "'local.forward': (s, e) => go(s, { type: 'send', kind: { $case: 'chat', value: e.chat } }),",
    `'local.forward': (s, e) => {
                const lines = [e.chat, ...(s.waits === undefined ? [] : [s.waits])];
                return s.author % 2 === 1 && s.waits === undefined ? stay({ ...s, waits: e.chat }) : go({ ...s, waits: undefined }, ...lines.map(value => ({ type: 'send', kind: { $case: 'chat', value } })));
            },`,
    'Some participants hear each line before the one that was said before it.',
  ],
  [
    'chat-without-what-looks-like-markup',
    'RA-CHT-005',
    'customer',
    API,
    "this.emit('chat', chat);",
    "this.emit('chat', { ...chat, text: chat.text.replace(/<[^>]*>/g, '') });",
    'What looks like markup is left out of what is shown.',
  ],
])
