import { type ChildProcess, execFileSync, spawn, spawnSync } from 'node:child_process'
import { randomBytes } from 'node:crypto'
import { once } from 'node:events'
import { existsSync, readdirSync, readFileSync } from 'node:fs'
import { createInterface } from 'node:readline'

const PROGRAMS = ['unshare', 'nsenter', 'setpriv', 'openssl', 'sudo', 'su', 'getent']
const LOOK_MS = 20

/** The accounts of the world: what sudo lets them do. */
const ACCOUNTS = {
  /** The one who shares. */
  customer: 'ALL=(ALL:ALL) ALL',
  admin: 'ALL=(ALL:ALL) ALL',
  /** Whom sudo asks nothing. */
  easy: 'ALL=(ALL:ALL) NOPASSWD: ALL',
  guest: undefined,
  root: 'ALL=(ALL:ALL) ALL',
} as const
export type AccountName = keyof typeof ACCOUNTS

const SETUP = `
set -e
mount --make-rprivate /
mount -t tmpfs none /mnt
cp -a /etc /mnt/etc
mount --bind /mnt/etc /etc
for folder in /var/lib/sudo /run/sudo; do if [ -d $folder ]; then mount -t tmpfs none $folder; fi; done
chmod u+w /etc/shadow /etc/gshadow 2>/dev/null || true
sed -i '/^root:/d' /etc/shadow
rm -f /etc/sudoers.d/*
echo 'Defaults env_reset,secure_path="/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin",!fqdn,use_pty' > /etc/sudoers
`

/**
 * A part of this machine with accounts of its own: namespaces of mounts and processes in which /etc is a copy, so that real accounts with real passwords come and
 * go without a trace. Whatever is left running in it when it closes dies with it.
 */
export class World implements AsyncDisposable {
  readonly #init: ChildProcess
  readonly #pid: number
  readonly #uids: ReadonlyMap<AccountName, number>
  readonly #passwords: ReadonlyMap<AccountName, string>

  private constructor(init: ChildProcess, uids: ReadonlyMap<AccountName, number>, passwords: ReadonlyMap<AccountName, string>) {
    this.#init = init
    this.#uids = uids
    this.#passwords = passwords
    this.#pid = Number(readFileSync(`/proc/${init.pid}/task/${init.pid}/children`, 'utf8').trim().split(' ')[0])
  }

  /** Rejects with why there cannot be one here. */
  static async open(): Promise<World> {
    if (process.getuid?.() !== 0) throw new Error('namespaces with accounts of their own are made by root alone')
    const missing = PROGRAMS.filter(program => spawnSync('sh', ['-c', `command -v ${program}`]).status !== 0)
    if (missing.length > 0) throw new Error(`${missing.join(', ')} is not installed`)
    const names = Object.keys(ACCOUNTS) as AccountName[]
    const passwords = new Map(names.map(name => [name, `${name} ${randomBytes(9).toString('base64')}`]))
    const uids = new Map(names.map((name, i) => [name, name === 'root' ? 0 : 61_200 + i]))
    const script = `${SETUP}${names.map(name => accountLines(name, uids.get(name) as number, passwords.get(name) as string)).join('\n')}\necho open\ncat > /dev/null`
    const init = spawn('unshare', ['--mount', '--pid', '--fork', '--kill-child', '--mount-proc', 'sh', '-c', script], { stdio: ['pipe', 'pipe', 'pipe'] })
    let trouble = ''
    init.stderr.on('data', (data: Buffer) => {
      trouble += data
    })
    const gone = once(init, 'close').then(() => {
      throw new Error(`the namespace could not be made: ${trouble.trim()}`)
    })
    await Promise.race([once(createInterface({ input: init.stdout }), 'line'), gone])
    gone.catch(() => {})
    const world = new World(init, uids, passwords)
    const door = spawnSync(...world.command('customer', ['test', '-r', new URL('../../../dist/helper/door.js', import.meta.url).pathname]))
    if (door.status !== 0) throw new Error('an ordinary account cannot read this folder')
    return world
  }

  login(account: AccountName): { readonly account: string; readonly password: string } {
    return { account, password: this.#passwords.get(account) as string }
  }

  /** What starts a program in this world, as an account. */
  as(account: AccountName): [string, ...string[]] {
    const id = `${this.#uids.get(account)}`
    const root = account === 'root' ? [] : ['setpriv', `--reuid=${id}`, `--regid=${id}`, '--clear-groups', '--']
    return ['nsenter', `--target=${this.#pid}`, '--mount', '--pid', '--', ...root]
  }

  command(account: AccountName, argv: readonly string[]): [string, string[]] {
    const [program, ...args] = this.as(account)
    return [program, [...args, ...argv]]
  }

  /** Runs a program to its end; returns what it printed. */
  run(account: AccountName, ...argv: string[]): string {
    return execFileSync(...this.command(account, argv), { encoding: 'utf8' })
  }

  /** The command lines of what runs in this world now, by process; the dead are left out. */
  processes(): ReadonlyMap<number, string> {
    const proc = `/proc/${this.#pid}/root/proc`
    const found = new Map<number, string>()
    for (const name of readdirSync(proc)) {
      const pid = Number(name)
      if (!Number.isInteger(pid) || pid === 1) continue
      const line = readOrNothing(`${proc}/${name}/cmdline`).replaceAll('\0', ' ').trim()
      if (line !== '' && line !== 'cat') found.set(pid, line)
    }
    return found
  }

  /** Resolves with the first process whose command line matches, when there is one. */
  async process(matching: RegExp): Promise<number> {
    for (;;) {
      for (const [pid, line] of this.processes()) if (matching.test(line)) return pid
      await nextLook()
    }
  }

  /** Resolves when nothing that somebody started runs in this world any more. */
  async empty(): Promise<void> {
    while (this.processes().size > 0) await nextLook()
  }

  kill(pid: number, signal: NodeJS.Signals): void {
    execFileSync(...this.command('root', ['kill', '-s', signal.slice(3), `${pid}`]))
  }

  /** What a file of this world holds; undefined = there is none. */
  file(path: string): string | undefined {
    const inside = `/proc/${this.#pid}/root${path}`
    return existsSync(inside) ? readFileSync(inside, 'utf8') : undefined
  }

  async [Symbol.asyncDispose](): Promise<void> {
    const closed = once(this.#init, 'close')
    this.#init.stdin?.end()
    await closed
  }
}

/** A process says to nobody but its parent that it ended; so it is looked for again and again. */
const nextLook = (): Promise<void> => new Promise(resolve => setTimeout(resolve, LOOK_MS))

function accountLines(name: AccountName, uid: number, password: string): string {
  const hash = execFileSync('openssl', ['passwd', '-6', '-stdin'], { input: password, encoding: 'utf8' }).trim()
  const rule = ACCOUNTS[name]
  return [
    `echo '${name}:${hash}:19000:0:99999:7:::' >> /etc/shadow`,
    ...(uid === 0 ? [] : [`echo '${name}:x:${uid}:${uid}::/nonexistent:/bin/sh' >> /etc/passwd`, `echo '${name}:x:${uid}:' >> /etc/group`]),
    ...(rule === undefined ? [] : [`echo '${name} ${rule}' >> /etc/sudoers`]),
  ].join('\n')
}

function readOrNothing(file: string): string {
  try {
    return readFileSync(file, 'latin1')
  } catch {
    return ''
  }
}

/** A world, or why there is none. */
export async function tryWorld(): Promise<World | string> {
  try {
    return await World.open()
  } catch (error) {
    return error instanceof Error ? error.message : String(error)
  }
}
