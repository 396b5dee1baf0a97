/** Reads values of a script. Each throws `ScriptError` that says where and what. */
import { ScriptError } from './errors.js'

const wrong = (where: string, wants: string, value: unknown) => new ScriptError(`${where} is ${wants}, not ${JSON.stringify(value) ?? 'nothing'}.`)

/** Named values of one step. */
export type Fields = Readonly<Record<string, unknown>>

/** A text that is not empty. Numbers are taken as they are written. */
export function text(value: unknown, where: string): string {
  if (typeof value === 'number') return String(value)
  if (typeof value !== 'string' || value === '') throw wrong(where, 'a text', value)
  return value
}

/** A whole number within bounds. */
export function integer(value: unknown, where: string, min: number, max: number): number {
  if (typeof value !== 'number' || !Number.isInteger(value) || value < min || value > max) throw wrong(where, `a whole number from ${min} to ${max}`, value)
  return value
}

/** A number above 0. */
export function positive(value: unknown, where: string, max: number): number {
  if (typeof value !== 'number' || !(value > 0) || value > max) throw wrong(where, `a number above 0 and up to ${max}`, value)
  return value
}

/** One of some words. */
export function oneOf<T extends string>(value: unknown, where: string, words: readonly T[]): T {
  const found = words.find(word => word === value)
  if (found === undefined) throw wrong(where, `one of ${words.join(', ')}`, value)
  return found
}

/** A list of texts; a single text is a list of one. */
export function texts(value: unknown, where: string): readonly string[] {
  if (!Array.isArray(value)) return [text(value, where)]
  if (value.length === 0) throw wrong(where, 'a list with something in it', value)
  return value.map((one, i) => text(one, `${where}[${i}]`))
}

/** Named values, of these names alone. */
export function fields(value: unknown, where: string, names: readonly string[]): Fields {
  if (value === undefined || value === null) return {}
  if (typeof value !== 'object' || Array.isArray(value)) throw wrong(where, `a map with ${names.join(', ')}`, value)
  const stranger = Object.keys(value).find(name => !names.includes(name))
  if (stranger !== undefined) throw new ScriptError(`${where} knows no “${stranger}”.`, `It knows ${names.join(', ')}.`)
  return value as Fields
}

/** What `read` makes of a value that may be absent. */
export const optional = <T>(value: unknown, read: (value: unknown) => T): T | undefined => (value === undefined ? undefined : read(value))
