/** What a desktop of Linux does with what waits in the user's autostart folder: it reads the entries, as the Desktop Entry Specification 1.5 has them, and runs them. */
import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'

/** An entry that is to be started. */
export interface Startable {
  readonly argv: readonly string[]
  readonly folder: string
  readonly terminal: boolean
}

const ESCAPES: Readonly<Record<string, string>> = { '\\s': ' ', '\\n': '\n', '\\t': '\t', '\\r': '\r', '\\\\': '\\' }

/** A value of type string. */
const stringOf = (value: string): string => value.replace(/\\[snrt\\]/g, pair => ESCAPES[pair] as string)

/** The arguments of `Exec`: words, or what is quoted, in which a backslash quotes the next character; `%%` is a percent sign. */
function argumentsOf(exec: string): string[] {
  const words = exec.match(/"(?:\\.|[^"\\])*"|[^\s"]+/gs) ?? []
  return words.map(word => (word.startsWith('"') ? word.slice(1, -1).replace(/\\(.)/gs, '$1') : word).replaceAll('%%', '%'))
}

/** What a session started now would run. */
export function startables(autostart: string): Startable[] {
  return readdirSync(autostart)
    .filter(name => name.endsWith('.desktop'))
    .map(name => {
      const values = new Map(
        readFileSync(join(autostart, name), 'utf8')
          .split('\n')
          .filter(line => line.includes('='))
          .map(line => [line.slice(0, line.indexOf('=')), stringOf(line.slice(line.indexOf('=') + 1))] as const),
      )
      return { argv: argumentsOf(values.get('Exec') ?? ''), folder: values.get('Path') ?? '/', terminal: values.get('Terminal') === 'true' }
    })
}
