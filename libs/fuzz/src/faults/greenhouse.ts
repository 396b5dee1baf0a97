/** A folder in which the built libraries, and this package beside them, are copies that may be changed. */
import { spawn } from 'node:child_process'
import { existsSync } from 'node:fs'
import { cp, mkdir, mkdtemp, readdir, readFile, rm, symlink, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import type { Fault } from './faults.js'

const SCOPE = '@remote-assist'
const COPIED = ['codec', 'secure', 'peer', 'fuzz'] as const
/** What a copy needs of its package. */
const PARTS = ['dist', 'vectors', 'package.json'] as const
const ROOT = fileURLToPath(new URL('../../../../', import.meta.url))

/** How a command ended. */
export interface Ended {
  readonly code: number
  readonly output: string
}

/** Where faults are planted. */
export interface Greenhouse {
  /** Plants one fault, or none, runs `fuzz` with these arguments, and takes it out again. Throws if the list no longer fits the code. */
  fuzz(args: readonly string[], fault?: Fault): Promise<Ended>
  close(): Promise<void>
}

/** Copies the built libraries. Packages of others are taken from where they are installed. */
export async function greenhouse(): Promise<Greenhouse> {
  const root = await mkdtemp(join(tmpdir(), 'remote-assist-fuzz-'))
  const modules = join(root, 'node_modules')
  await mkdir(join(modules, SCOPE), { recursive: true })
  for (const name of await readdir(join(ROOT, 'node_modules')))
    if (name !== SCOPE && !name.startsWith('.')) await symlink(join(ROOT, 'node_modules', name), join(modules, name))
  for (const name of COPIED) await copy(join(ROOT, 'libs', name), join(modules, SCOPE, name))
  for (const name of ['core', 'transport']) await symlink(join(ROOT, 'libs', name), join(modules, SCOPE, name))
  // The reference reads the schema from where it is, seen from the package.
  await symlink(join(ROOT, 'proto'), join(modules, 'proto'))
  await symlink(join(ROOT, 'docs'), join(modules, 'docs'))
  const main = join(modules, SCOPE, 'fuzz', 'dist', 'main.js')
  return {
    fuzz: async (args, fault) => {
      if (fault === undefined) return run([main, ...args])
      const file = join(modules, SCOPE, fault.library, 'dist', fault.file)
      const sound = await readFile(file, 'utf8')
      if (sound.split(fault.find).length !== 2) throw new Error(`"${fault.name}" no longer fits ${fault.file}: its text does not stand there exactly once`)
      await writeFile(
        file,
        sound.replace(fault.find, () => fault.replace),
      )
      try {
        return await run([main, ...args])
      } finally {
        await writeFile(file, sound)
      }
    },
    close: () => rm(root, { recursive: true, force: true }),
  }
}

async function copy(from: string, to: string): Promise<void> {
  await mkdir(to)
  for (const part of PARTS) if (existsSync(join(from, part))) await cp(join(from, part), join(to, part), { recursive: true })
  if (existsSync(join(from, 'node_modules'))) await symlink(join(from, 'node_modules'), join(to, 'node_modules'))
}

function run(argv: readonly string[]): Promise<Ended> {
  return new Promise((resolve, reject) => {
    const child = spawn(process.execPath, argv, { stdio: ['ignore', 'pipe', 'pipe'] })
    const chunks: Buffer[] = []
    for (const stream of [child.stdout, child.stderr]) stream.on('data', (chunk: Buffer) => chunks.push(chunk))
    child.on('error', reject)
    child.on('close', code => resolve({ code: code ?? -1, output: Buffer.concat(chunks).toString() }))
  })
}
