/** Plants a fault into a copy of the built packages and lets the simulation or the explorer, copied beside them, look for it. */
import { spawn } from 'node:child_process'
import { cp, mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises'
import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'
import type { Fault } from './faults.js'

/** The package's own folder, wherever it is installed. */
const folderOf = (name: string): string => dirname(dirname(fileURLToPath(import.meta.resolve(name))))

/** What is copied: where faults are planted, and everything on the way there. */
const COPIED = ['core', 'secure', 'peer', 'simulation'] as const

/** A folder in which our packages are copies that may be changed. It lies within this package, so that theirs are found from it. */
export async function greenhouse(): Promise<{ readonly dist: (name: (typeof COPIED)[number]) => string; close(): Promise<void> }> {
  const beds = join(folderOf('@remote-assist/simulation'), 'node_modules', '.faults')
  await mkdir(beds, { recursive: true })
  const root = await mkdtemp(join(beds, 'bed-'))
  const scope = join(root, 'node_modules', '@remote-assist')
  for (const name of COPIED) {
    const from = folderOf(`@remote-assist/${name}`)
    await cp(join(from, 'dist'), join(scope, name, 'dist'), { recursive: true })
    await cp(join(from, 'package.json'), join(scope, name, 'package.json'))
  }
  return { dist: name => join(scope, name, 'dist'), close: () => rm(root, { recursive: true, force: true }) }
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
  const file = join(house.dist(fault.package), fault.file)
  const sound = await readFile(file, 'utf8')
  if (sound.split(fault.find).length !== 2) throw new Error(`"${fault.name}" no longer fits ${fault.file}: its text does not stand there exactly once`)
  await writeFile(
    file,
    sound.replace(fault.find, () => fault.replace),
  )
  try {
    const { program, options } = search(fault, seeds)
    const { code, output } = await run([join(house.dist('simulation'), program), ...options])
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

/** How it is looked for. Sessions that are sealed in earnest take longer, and fewer of them are needed. */
function search({ foundBy, from }: Fault, seeds: number): { readonly program: string; readonly options: readonly string[] } {
  const sessions = ['--from', String(from), '--seeds', String(seeds), '--stop']
  switch (foundBy) {
    case 'explorer':
      return { program: 'explore/explore.js', options: ['--drops', '0'] }
    case 'simulation':
      return { program: 'simulate.js', options: sessions }
    case 'attack':
      return { program: 'simulate.js', options: [...sessions, '--attacked'] }
    case 'real simulation':
      return { program: 'simulate.js', options: [...sessions, '--real'] }
    case 'real attack':
      return { program: 'simulate.js', options: [...sessions, '--attacked', '--real'] }
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
