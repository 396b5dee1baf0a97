/** Plants a fault into a copy of the built core and lets the simulation or the explorer, copied beside it, look for it. */
import { spawn } from 'node:child_process'
import { cp, mkdir, mkdtemp, readFile, rm, symlink, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'
import type { Fault } from './faults.js'

/** The package's own folder, wherever it is installed. */
const folderOf = (name: string): string => dirname(dirname(fileURLToPath(import.meta.resolve(name))))

/** A folder in which `@remote-assist/core` is a copy that may be changed. */
export async function greenhouse(): Promise<{ readonly root: string; readonly core: string; readonly simulation: string; close(): Promise<void> }> {
  const root = await mkdtemp(join(tmpdir(), 'remote-assist-faults-'))
  const scope = join(root, 'node_modules', '@remote-assist')
  await mkdir(scope, { recursive: true })
  await symlink(folderOf('@remote-assist/codec'), join(scope, 'codec'))
  for (const name of ['core', 'simulation']) {
    const from = folderOf(`@remote-assist/${name}`)
    await cp(join(from, 'dist'), join(scope, name, 'dist'), { recursive: true })
    await cp(join(from, 'package.json'), join(scope, name, 'package.json'))
  }
  return { root, core: join(scope, 'core', 'dist'), simulation: join(scope, 'simulation', 'dist'), close: () => rm(root, { recursive: true, force: true }) }
}

/** What became of a planted fault. */
export interface Verdict {
  readonly fault: Fault
  readonly found: boolean
  /** The first breach that was reported; empty if none was. */
  readonly by: string
}

/** Plants one fault, has it looked for, and takes it out again. Throws if the list no longer fits the code. */
export async function plant(fault: Fault, house: Awaited<ReturnType<typeof greenhouse>>, seeds: number): Promise<Verdict> {
  const file = join(house.core, fault.file)
  const sound = await readFile(file, 'utf8')
  if (sound.split(fault.find).length !== 2) throw new Error(`"${fault.name}" no longer fits ${fault.file}: its text does not stand there exactly once`)
  await writeFile(
    file,
    sound.replace(fault.find, () => fault.replace),
  )
  try {
    const argv = fault.foundBy === 'simulation' ? ['simulate.js', '--seeds', String(seeds), '--stop'] : ['explore/explore.js', '--drops', '0']
    const { code, output } = await run([join(house.simulation, argv[0] ?? ''), ...argv.slice(1)])
    if (code !== 0 && code !== 1) throw new Error(`"${fault.name}" ended the search with ${code}:\n${output}`)
    return {
      fault,
      found: code === 1,
      by: code === 1 ? (output.split('\n').find(line => line.startsWith('  ') || line.startsWith('finding: ')) ?? '').trim() : '',
    }
  } finally {
    await writeFile(file, sound)
  }
}

/** Runs a program of this package to its end. */
export function run(argv: readonly string[]): Promise<{ readonly code: number; readonly output: string }> {
  return new Promise((resolve, reject) => {
    const child = spawn(process.execPath, argv, { stdio: ['ignore', 'pipe', 'pipe'] })
    const chunks: Buffer[] = []
    child.stdout.on('data', (chunk: Buffer) => chunks.push(chunk))
    child.stderr.on('data', (chunk: Buffer) => chunks.push(chunk))
    child.on('error', reject)
    child.on('close', code => resolve({ code: code ?? -1, output: Buffer.concat(chunks).toString() }))
  })
}
