/** A command line, as an entry holds it. */
import { sha256 } from '@noble/hashes/sha2.js'
import { lv, utf8 } from '../bytes.js'
import { hexOf } from './lines.js'

/** The most that `argv` of an entry has, in bytes. */
const MAX_ARGV_BYTES = 2_048
const CUT = '…'

/** The details `argv` and `sha256` of `command.run`: as many whole arguments as fit, as JSON, and the hash of all of them, SHA-256(lv(arguments)) (RA-SEC-251). */
export function auditCommand(argv: readonly string[]): { readonly argv: string; readonly sha256: string } {
  const whole = JSON.stringify(argv.map(wellFormed))
  return { argv: size(whole) <= MAX_ARGV_BYTES ? whole : cut(argv.map(wellFormed)), sha256: hexOf(sha256(lv(...argv))) }
}

function cut(argv: readonly string[]): string {
  let count = argv.length
  const text = () => JSON.stringify([...argv.slice(0, count), CUT])
  while (size(text()) > MAX_ARGV_BYTES) count--
  return text()
}

const size = (text: string): number => utf8(text).length
const wellFormed = (text: string): string => new TextDecoder().decode(utf8(text))
