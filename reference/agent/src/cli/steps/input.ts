/** Steps that act on the customer's desktop: control, keys, pointer, clipboard. */
import { AssistError, type ButtonName, type ComboName, type RefusalWord } from '@remote-assist/peer'
import { ExpectationError, ScriptError } from '../errors.js'
import { fields, integer, oneOf, optional, text, texts } from '../values.js'
import { plain, type StepKind } from './step.js'

const BUTTONS: readonly ButtonName[] = ['left', 'middle', 'right', 'back', 'forward']

/** Reads a key and those that are held meanwhile. */
function readKey(value: unknown): { readonly key: string; readonly held: readonly string[] } {
  if (typeof value !== 'object' || value === null) {
    const parts = text(value, 'key').split('+')
    return { key: parts.at(-1) ?? '', held: parts.slice(0, -1) }
  }
  const { key, held } = fields(value, 'key', ['key', 'held'])
  return { key: text(key, 'key.key'), held: optional(held, it => texts(it, 'key.held')) ?? [] }
}

/** Reads a place, `[x, y]` or `{ x, y, button, count }`. */
function readClick(value: unknown) {
  const given = Array.isArray(value) ? { x: value[0], y: value[1] } : fields(value, 'click', ['x', 'y', 'button', 'count'])
  const { x, y, button, count } = given as Readonly<Record<string, unknown>>
  return {
    x: integer(x, 'click.x', 0, 65_535),
    y: integer(y, 'click.y', 0, 65_535),
    button: optional(button, it => oneOf(it, 'click.button', BUTTONS)) ?? 'left',
    count: optional(count, it => integer(it, 'click.count', 1, 3)) ?? 1,
  }
}

export const inputSteps: readonly StepKind[] = [
  plain('control', 'asks for control', async ({ session }) => {
    await session.control.request()
    return undefined
  }),
  plain('release-control', 'gives control back', async ({ session }) => {
    session.control.release()
    return undefined
  }),
  {
    name: 'type',
    help: 'TEXT: types it',
    read: value => {
      const typed = text(value, 'type')
      return async ({ session }) => {
        session.input.type(typed)
        return `${[...typed].length} characters`
      }
    },
  },
  {
    name: 'key',
    help: 'KEY, or ctrl+KEY: presses and releases it (Enter, KeyC, F5 …)',
    read: value => {
      const { key, held } = readKey(value)
      return async ({ session }) => {
        session.input.key(key, held)
        return [...held, key].join('+')
      }
    },
  },
  {
    name: 'click',
    help: '[x, y] or { x, y, button, count }: clicks there, in native pixels',
    read: value => {
      const { x, y, button, count } = readClick(value)
      return async ({ session }) => {
        session.input.pointer.click(x, y, { button, count })
        return undefined
      }
    },
  },
  {
    name: 'send-keys',
    help: 'COMBO, or { combo, expect }: ctrl+alt+delete …; expect is ok (default) or the reason of the refusal',
    read: value => {
      const given = typeof value === 'string' ? { combo: value } : fields(value, 'send-keys', ['combo', 'expect'])
      const combo = text(given.combo, 'send-keys.combo') as ComboName
      const expected = optional(given.expect, it => text(it, 'send-keys.expect') as RefusalWord | 'ok') ?? 'ok'
      return async ({ session }) => {
        const answer = await session.sendKeys(combo)
        const is = answer.ok ? 'ok' : answer.reason
        if (is !== expected) throw new ExpectationError(`${combo} was to be answered with “${expected}”; it was “${is}”.`)
        return is
      }
    },
  },
  {
    name: 'clipboard',
    help: '{ sync: both|to-customer|from-customer|off, offer: TEXT }: switches sync, then copies text here',
    read: value => {
      const given = fields(value, 'clipboard', ['sync', 'offer'])
      const sync = optional(given.sync, it => oneOf(it, 'clipboard.sync', ['both', 'to-customer', 'from-customer', 'off'] as const))
      const offer = optional(given.offer, it => text(it, 'clipboard.offer'))
      if (sync === undefined && offer === undefined) throw new ScriptError('clipboard has nothing to do.', 'Give sync, offer or both.')
      return async stage => {
        const { clipboard } = stage.session
        if (sync !== undefined) {
          const wanted = { toCustomer: sync === 'both' || sync === 'to-customer', fromCustomer: sync === 'both' || sync === 'from-customer' }
          const refusal = new Promise<never>((_, reject) => stage.session.on('clipboard-sync', ({ refused }) => refused !== undefined && reject(refused)))
          clipboard.sync(wanted)
          const is = () => `to-customer ${clipboard.switches.toCustomer}, from-customer ${clipboard.switches.fromCustomer}`
          const held = () => clipboard.switches.toCustomer === wanted.toCustomer && clipboard.switches.fromCustomer === wanted.fromCustomer
          await Promise.race([stage.until(`clipboard sync ${sync}`, held, 10, is), refusal])
        }
        if (offer !== undefined) {
          if (!clipboard.switches.toCustomer)
            throw new AssistError('E_NOT_ACTIVE', 'The clipboard is not synced to the customer.', { hint: 'Switch it on with sync: both.' })
          clipboard.offer(offer)
        }
        return undefined
      }
    },
  },
]
