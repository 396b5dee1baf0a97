/** OpenSSH's programs on this machine, with keys and a configuration of their own: what files are copied with elsewhere. */
import { type ChildProcess, execFile, spawn } from 'node:child_process'
import { once } from 'node:events'
import { chmodSync, copyFileSync, mkdirSync, writeFileSync } from 'node:fs'
import { createServer } from 'node:net'
import { userInfo } from 'node:os'
import { join } from 'node:path'
import { promisify } from 'node:util'
import type { LinkSide } from '../link/link.js'

const run = promisify(execFile)

export class SshServer {
  private constructor(
    private readonly child: ChildProcess,
    private readonly folder: string,
    private readonly port: number,
    private readonly address: string,
  ) {}

  /** Serves the user who runs this, from a folder for its keys, at a free port; on one side of a link if one is given. */
  static async start(folder: string, side?: LinkSide): Promise<SshServer> {
    const address = side?.address ?? '127.0.0.1'
    const port = await freePort()
    mkdirSync(folder, { recursive: true, mode: 0o700 })
    // Where sshd runs as root, it wants this folder.
    if (process.getuid?.() === 0) mkdirSync('/run/sshd', { recursive: true, mode: 0o755 })
    for (const key of ['host', 'user']) await run('ssh-keygen', ['-q', '-t', 'ed25519', '-N', '', '-f', join(folder, key)])
    copyFileSync(join(folder, 'user.pub'), join(folder, 'authorized'))
    chmodSync(join(folder, 'authorized'), 0o600)
    writeFileSync(
      join(folder, 'sshd.conf'),
      [
        `ListenAddress ${address}:${port}`,
        `HostKey ${join(folder, 'host')}`,
        `AuthorizedKeysFile ${join(folder, 'authorized')}`,
        'StrictModes no',
        'UsePAM no',
        'PermitRootLogin prohibit-password',
        'PasswordAuthentication no',
        'PidFile none',
        'Subsystem sftp internal-sftp',
        '',
      ].join('\n'),
    )
    const sshd = ['/usr/sbin/sshd', '-D', '-e', '-f', join(folder, 'sshd.conf')] as const
    const [program, ...args] = side?.command(...sshd) ?? sshd
    const child = spawn(program, args, { stdio: ['ignore', 'ignore', 'pipe'] })
    const complaints: string[] = []
    for await (const chunk of child.stderr) {
      complaints.push(String(chunk))
      if (complaints.join('').includes('Server listening')) break
    }
    child.stderr.resume()
    if (child.exitCode !== null) throw new Error(`sshd does not start: ${complaints.join('')}`)
    return new SshServer(child, folder, port, address)
  }

  /** Options of ssh, scp and rsync's `-e` that lead here, by way of this same server first if `jump`. */
  options({ jump = false, cipher }: { readonly jump?: boolean; readonly cipher?: string } = {}): readonly string[] {
    const here = ['-F', 'none', '-i', join(this.folder, 'user'), '-o', 'StrictHostKeyChecking=no', '-o', 'UserKnownHostsFile=/dev/null', '-o', 'LogLevel=ERROR']
    const ciphers = cipher === undefined ? [] : ['-c', cipher]
    const over = ['ssh', ...here, ...ciphers, '-p', String(this.port), '-W', '%h:%p', this.address].join(' ')
    return [...here, ...ciphers, ...(jump ? ['-o', `ProxyCommand=${over}`] : [])]
  }

  /** Copies to a folder by scp, from one side of a link if one is given. */
  async scp(
    from: string,
    to: string,
    how: Parameters<SshServer['options']>[0] & { readonly side?: LinkSide; readonly recursive?: boolean } = {},
  ): Promise<void> {
    const scp = ['scp', '-q', ...(how.recursive === true ? ['-r'] : []), ...this.options(how), '-P', String(this.port), from, `${this.#user()}${to}`] as const
    const [program, ...args] = how.side?.command(...scp) ?? scp
    await run(program, args)
  }

  /** Copies to a folder by rsync over ssh, whole files, nothing compared. */
  async rsync(from: string, to: string, how: Parameters<SshServer['options']>[0] = {}): Promise<void> {
    const shell = ['ssh', ...this.options(how), '-p', String(this.port)].join(' ')
    await run('rsync', ['-a', '--whole-file', '--inplace', '-e', shell, from, `${this.#user()}${to}`])
  }

  async stop(): Promise<void> {
    const exited = once(this.child, 'exit')
    this.child.kill()
    await exited
  }

  #user(): string {
    return `${userInfo().username}@${this.address}:`
  }
}

async function freePort(): Promise<number> {
  const server = createServer()
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  const address = server.address()
  server.close()
  await once(server, 'close')
  if (address === null || typeof address === 'string') throw new Error('There is no free port.')
  return address.port
}
