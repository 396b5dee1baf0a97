/**
 * Writes schema facts as Markdown tables.
 *
 * @typedef {import('./schema.mjs').Schema} Schema
 * @typedef {import('./schema.mjs').Message} Message
 * @typedef {import('./schema.mjs').Enum} Enum
 * @typedef {(type: string) => string} Link how a type's name appears
 */

const number = value => BigInt(value).toLocaleString('en')
const cell = text => text.replaceAll('|', '\\|').replaceAll('<', '&lt;').replaceAll('{{', '{ {')
const row = cells => `| ${cells.join(' | ')} |`
const table = (head, rows) => [row(head), row(head.map(() => '---')), ...rows.map(row)].join('\n')
const short = name => name.replace(/^[A-Z]+_/, '')
const role = name => short(name).toLowerCase()

/** A channel's messages with their rules, one row for rules that differ in their sender alone. @param {Message} root @param {Link} link */
export function rulesTable(root, link) {
  const rows = root.fields.flatMap(field => {
    const senders = new Map()
    for (const rule of field.rules) {
      const rest = [rule.to.map(role).join(', '), (rule.phases ?? []).map(role).join(', '), needs(rule), short(rule.otherwise)]
      const key = rest.join('|')
      senders.set(key, { rest, from: [...(senders.get(key)?.from ?? []), role(rule.from)] })
    }
    return [...senders.values()].map(({ from, rest: [to, ...rest] }) => [link(field.type), `${from.join(', ')} → ${to}`, ...rest])
  })
  return table(['message', 'direction', "receiver's phase", 'needs', 'otherwise'], rows)
}

function needs({ grant, needsLease, needsElevation }) {
  return [grant && short(grant), needsLease && 'lease', needsElevation && 'elevation'].filter(Boolean).join(', ') || '–'
}

/** A message: heading, what it is, its fields. @param {Message} message @param {Link} link */
export function messageSection(message, link) {
  const rows = message.fields.map(field => [
    String(field.number),
    `\`${field.name}\``,
    `${field.repeated ? 'repeated ' : ''}${field.typeName === undefined ? cell(field.type) : link(field.type)}`,
    accepted(field),
    cell(field.comment),
  ])
  const fields = rows.length === 0 ? 'No fields.' : table(['#', 'field', 'type', 'accepted', 'meaning'], rows)
  return `#### ${message.name}\n\n${cell(message.comment)}\n\n${fields}`
}

/** What a field accepts. An enum whose lowest value is 1 accepts every value but the unspecified one. */
function accepted({ limit, typeName, repeated }) {
  if (limit === undefined) return ''
  const { min, ...rest } = limit
  if (typeName === undefined || BigInt(min ?? 0) !== 1n) return limitText(limit)
  return [limitText(rest), repeated ? 'none UNSPECIFIED' : 'not UNSPECIFIED'].filter(part => part !== '').join(', ')
}

/** An enum: heading, what it is, its values. @param {Enum} one */
export function enumSection(one) {
  const prefix = commonPrefix(one.values.map(({ name }) => name))
  const rows = one.values.map(({ name, number: value, comment }) => [String(value), name.slice(prefix.length), cell(comment)])
  return `#### ${one.name}\n\n${cell(one.comment)}\n\n${table(['#', 'name', 'meaning'], rows)}`
}

/** The table of close codes. @param {Enum} one */
export function codesTable(one) {
  const rows = one.values
    .filter(({ close }) => close !== undefined)
    .map(({ name, number: value, close, comment }) => [
      String(value),
      name.replace('CLOSE_CODE_', ''),
      cell(comment),
      (close.from ?? []).map(role).join(', ') || '–',
      close.retryable ? 'yes' : 'no',
      String(4000 + value),
    ])
  return `#### Close codes\n\n${table(['code', 'name', 'meaning', 'sent by', 'retryable', 'WebSocket'], rows)}`
}

/** Which roles may send to which on each channel, as the rules of its messages have it. @param {Schema} schema */
export function channelsTable({ messages, enums }) {
  const channels = (enums.get('Channel')?.values ?? []).filter(({ number: value }) => value > 0).map(({ name }) => name.replace('CHANNEL_', ''))
  const rows = channels.map(channel => {
    const rules = messages.get(`${channel[0]}${channel.slice(1).toLowerCase()}Message`)?.fields.flatMap(field => field.rules) ?? []
    const to = from => {
      const roles = new Set(rules.filter(rule => rule.from === from).flatMap(rule => rule.to))
      return [...roles].map(role).sort().join(', ') || '–'
    }
    return [channel, to('ROLE_AGENT'), to('ROLE_CUSTOMER'), to('ROLE_VIEWER'), to('ROLE_BROKER')]
  })
  return table(['channel', 'agent sends to', 'customer sends to', 'viewer sends to', 'broker sends to'], rows)
}

/** A limit in words. */
export function limitText(limit) {
  const range = (min, max, unit) =>
    max > 0n ? (min === max ? `${number(max)}${unit}` : `${number(min)}–${number(max)}${unit}`) : min > 0n ? `at least ${number(min)}${unit}` : ''
  const of = name => BigInt(limit[name] ?? 0)
  const parts = [
    range(of('minItems'), of('maxItems'), ' items'),
    range(of('minKeyBytes'), of('maxKeyBytes'), ' bytes a key'),
    range(of('minBytes'), of('maxBytes'), limit.maxItems === undefined ? ' bytes' : ' bytes each'),
    of('maxTotalBytes') > 0n ? `${number(of('maxTotalBytes'))} bytes in all` : '',
    numbers(limit),
  ].filter(part => part !== '')
  if (limit.optional) parts.push(parts.join().includes('bytes') || limit.maxItems !== undefined ? 'or empty' : 'or 0')
  return parts.join(', ')
}

function numbers({ min, max }) {
  if (max !== undefined) return min !== undefined && BigInt(min) === BigInt(max) ? number(max) : `${number(min ?? 0)}–${number(max)}`
  return min === undefined ? '' : `at least ${number(min)}`
}

function commonPrefix(names) {
  const [first = ''] = names
  const parts = first.split('_')
  const lengths = parts.map((_part, index) => parts.slice(0, index).join('_').length + (index === 0 ? 0 : 1))
  const fits = lengths.filter(length => names.every(name => name.startsWith(first.slice(0, length)) && !/^\d/.test(name.slice(length))))
  return first.slice(0, fits.at(-1) ?? 0)
}
