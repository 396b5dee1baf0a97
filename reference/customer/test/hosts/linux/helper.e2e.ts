import { createHash, randomBytes } from 'node:crypto'
import { type Elevated, type ElevationAuthority, type ElevationScope, helperAuthority, sealForHelper } from '@remote-assist/peer'
import fc from 'fast-check'
import { afterAll, afterEach, describe, expect, it } from 'vitest'
import { notRun } from '../needs.js'
import { Seat } from './seat.js'
import { type AccountName, tryWorld, type World } from './world.js'

const NAME = 'the privileged helper on Linux'
const MIB = 1_048_576
const world = await tryWorld()
const NEVER = new AbortController().signal

if (typeof world === 'string') notRun(NAME, world)
else
  describe(NAME, () => {
    afterAll(() => world[Symbol.asyncDispose]())
    afterEach(() => world.empty())

    it('RA-ELV-043 gives a program its arguments as they are: no shell parts, expands or unquotes them', async () => {
      const powers = await elevated(world, 'admin')
      const word = fc.oneof(
        fc.string({ unit: 'grapheme' }).filter(text => !text.includes('\0')),
        fc.constantFrom('', ' ', '$HOME', '`id`', '$(id)', '; exit 3', '| cat', '> out', '*', '~', '"', "'", '\\', 'a b\n', '&', '--', '-e'),
      )
      await fc.assert(
        fc.asyncProperty(fc.array(word, { minLength: 1, maxLength: 60 }), async words => {
          const { stdout, outcome } = await printed(powers, ['/usr/bin/printf', '%s\\0', ...words])
          expect([stdout.toString(), outcome]).toEqual([words.map(it => `${it}\0`).join(''), { exitCode: 0 }])
        }),
        { numRuns: 30 },
      )
      await powers.drop()
    })

    it('keeps the streams of a command apart, and tells its exit code, the signal that ended it, or why it did not start', async () => {
      const powers = await elevated(world, 'admin')
      const both = await printed(powers, ['sh', '-c', 'echo out; echo err >&2; exit 255'])
      expect([both.stdout.toString(), both.stderr.toString(), both.outcome]).toEqual(['out\n', 'err\n', { exitCode: 255 }])
      expect((await printed(powers, ['sh', '-c', 'kill -TERM $$'])).outcome).toEqual({ exitCode: undefined, signal: 'SIGTERM' })
      expect((await printed(powers, ['/nonexistent/program'])).outcome).toEqual({ exitCode: undefined, signal: 'ENOENT' })
      expect((await printed(powers, ['/etc/passwd'])).outcome).toEqual({ exitCode: undefined, signal: 'EACCES' })
      expect((await printed(powers, ['echo', 'no\0end'])).outcome).toEqual({ exitCode: undefined, signal: 'ERR_INVALID_ARG_VALUE' })
      await powers.drop()
    })

    it('runs commands as the administrator, as another account with its groups and home, and as none that there is not', async () => {
      const powers = await elevated(world, 'admin')
      const line = async (as: string | undefined, ...argv: string[]) => (await printed(powers, argv, as)).stdout.toString().trim()
      expect(await line(undefined, 'id', '-u')).toBe('0')
      expect(await line('guest', 'id', '-un')).toBe('guest')
      expect(await line('guest', 'id', '-Gn')).toBe('guest')
      expect(await line('guest', 'sh', '-c', 'echo $HOME $USER $LOGNAME')).toBe('/nonexistent guest guest')
      expect((await printed(powers, ['id'], 'nobody-there')).outcome).toEqual({ exitCode: undefined, signal: 'NO_SUCH_ACCOUNT' })
      expect((await printed(powers, ['id'], '--help')).outcome).toEqual({ exitCode: undefined, signal: 'NO_SUCH_ACCOUNT' })
      await powers.drop()
    })

    it('has the powers of the account alone for the scope “standard”, and those of root by the password of root', async () => {
      const standard = await elevated(world, 'guest', 'standard')
      expect((await printed(standard, ['id', '-un'])).stdout.toString()).toBe('guest\n')
      expect((await printed(standard, ['id'], 'admin')).outcome).toEqual({ exitCode: undefined, signal: 'E_NOT_PERMITTED' })
      await standard.drop()
      const root = await elevated(world, 'root')
      expect((await printed(root, ['id', '-u'])).stdout.toString()).toBe('0\n')
      await root.drop()
    })

    it('RA-ELV-086 has a password checked also where sudo asks for none', async () => {
      await expect(elevated(world, 'easy', 'admin', 'wrong')).rejects.toMatchObject({ code: 'E_CREDENTIALS' })
      const powers = await elevated(world, 'easy')
      expect((await printed(powers, ['id', '-u'])).stdout.toString()).toBe('0\n')
      await powers.drop()
    })

    it('takes no password that the system would read as two, and no name that it would read as an option', async () => {
      const seat = new Seat(world)
      const { account, password } = world.login('admin')
      for (const [name, secret] of [
        [account, `${password}\n${password}`],
        [account, `${password}\0`],
        [account, 'x'.repeat(1_000)],
        ['-c', password],
        ['admin root', password],
      ] as const)
        await expect(byCredentials(seat, name, secret, 'admin')).rejects.toMatchObject({ code: 'E_CREDENTIALS' })
    })

    it('asks for the password of the customer’s own account three times, and no more', async () => {
      const seat = new Seat(world)
      const granted = seat.elevation.start({ scope: 'admin', durationMs: 60_000, authority: helperAuthority(), signal: NEVER, progress: () => {} })
      const refused = expect(granted).rejects.toMatchObject({ code: 'E_DENIED', message: 'The password was wrong 3 times.' })
      for (let i = 0; i < 3; i++) await seat.answer('wrong')
      await refused
    })

    it('does not elevate an account that sudo knows nothing of', async () => {
      const seat = new Seat(world, 'guest')
      const granted = seat.elevation.start({ scope: 'admin', durationMs: 60_000, authority: helperAuthority(), signal: NEVER, progress: () => {} })
      await seat.answer('yes')
      await expect(granted).rejects.toMatchObject({ code: 'E_NOT_PERMITTED' })
    })

    it('RA-ELV-045 holds a command back while its output is not taken, and loses no byte of it', async () => {
      const powers = await elevated(world, 'admin')
      let open = () => {}
      const gate = new Promise<void>(resolve => {
        open = resolve
      })
      let bytes = 0
      const digest = createHash('sha256')
      const first = new Promise<void>(resolve => {
        void powers
          .run(['sh', '-c', `head -c ${32 * MIB} /dev/zero; touch /mnt/printed; exit 7`], {
            signal: NEVER,
            output: async (_, data) => {
              bytes += data.length
              digest.update(data)
              resolve()
              await gate
            },
          })
          .then(outcome => ended(outcome))
      })
      let ended: (outcome: unknown) => void = () => {}
      const outcome = new Promise(resolve => {
        ended = resolve
      })
      await first
      // Another command runs meanwhile, to its end: who is held back holds up nobody.
      expect((await printed(powers, ['sh', '-c', `head -c ${MIB} /dev/zero`])).stdout.length).toBe(MIB)
      expect(bytes).toBeLessThan(MIB)
      expect(world.file('/mnt/printed')).toBeUndefined()
      open()
      expect(await outcome).toEqual({ exitCode: 7 })
      expect(bytes).toBe(32 * MIB)
      expect(digest.digest('hex')).toBe(
        createHash('sha256')
          .update(Buffer.alloc(32 * MIB))
          .digest('hex'),
      )
      await powers.drop()
    })

    it('RA-ELV-046 ends a command with everything it started, wherever that hid, and nothing else', async () => {
      const powers = await elevated(world, 'admin')
      const other = printed(powers, ['sleep', '2000'])
      const cancel = new AbortController()
      const hidden = 'setsid sleep 1000 & env -i setsid sleep 1001 & (trap "" TERM HUP; exec setsid -f sleep 1002) & echo started; sleep 1003'
      const run = printed(powers, ['sh', '-c', hidden], undefined, cancel.signal)
      for (const n of [1000, 1001, 1002, 1003, 2000]) await world.process(new RegExp(`sleep ${n}$`))
      cancel.abort()
      expect((await run).outcome).toEqual({ exitCode: undefined, signal: 'SIGKILL' })
      expect([...world.processes().values()].filter(line => line.includes('sleep'))).toEqual(['sleep 2000'])
      await powers.drop()
      expect((await other).outcome).toEqual({ exitCode: undefined, signal: 'SIGKILL' })
      expect([...world.processes()]).toEqual([])
    })

    it.each([
      ['worker', /worker\.js [0-9a-f]+ \d+ /],
      ['guard', /guard\.js/],
      ['door', /door\.js$/],
    ])('RA-ELV-084 leaves nothing running when its %s is killed', async (_, program) => {
      const powers = await elevated(world, 'root')
      const run = printed(powers, ['sh', '-c', 'setsid sleep 1000 & sleep 1001'])
      await world.process(/sleep 1001$/)
      const doomed = [...world.processes()].find(([, line]) => program.test(line) && !line.startsWith('su '))
      world.kill(doomed?.[0] as number, 'SIGKILL')
      await powers.ended
      await world.empty()
      expect((await run).outcome.exitCode).toBeUndefined()
      await expect(powers.run(['id'], { signal: NEVER, output: async () => {} })).rejects.toMatchObject({ code: 'E_DENIED' })
    })

    it('RA-ELV-026 a helper whose request ended while the system was asked does not act', async () => {
      const seat = new Seat(world)
      const over = new AbortController()
      const { account, password } = world.login('admin')
      const stages: string[] = []
      const granted = byCredentials(seat, account, password, 'admin', { signal: over.signal, progress: stage => stages.push(stage) })
      await world.process(/^su /)
      over.abort()
      await expect(granted).rejects.toThrow()
      await world.empty()
      expect(stages).toEqual([])
    })

    it('RA-ELV-083 ends by itself, and everything with it, when its time is over and nobody tells it', async () => {
      const seat = new Seat(world)
      const { account, password } = world.login('admin')
      const powers = await byCredentials(seat, account, password, 'admin', { durationMs: 1 })
      const run = printed(powers, ['sh', '-c', 'setsid sleep 1000 & sleep 1001'])
      await powers.ended
      expect((await run).outcome.exitCode).toBeUndefined()
    })

    it('RA-ELV-067 shows no password in any command line, environment or output', async () => {
      const powers = await elevated(world, 'admin')
      const { stdout } = await printed(powers, ['sh', '-c', 'for p in /proc/[0-9]*; do cat $p/cmdline $p/environ 2>/dev/null; done; true'])
      expect(stdout.toString()).toContain('worker.js')
      expect(stdout.toString()).not.toContain(world.login('admin').password)
      await powers.drop()
    })
  })

interface Course {
  readonly signal?: AbortSignal
  readonly durationMs?: number
  readonly authority?: ElevationAuthority
  readonly progress?: (stage: string) => void
}

async function byCredentials(
  seat: Seat,
  account: string,
  password: string,
  scope: ElevationScope,
  { signal = NEVER, durationMs = 60_000, authority = helperAuthority(), progress = () => {} }: Course = {},
): Promise<Elevated> {
  const request = { session: randomBytes(16), requestId: 1 }
  const slot = await seat.elevation.awaitCredentials(request)
  const sealed = await sealForHelper(request, slot.publicKey, account, password)
  return slot.start({ scope, sealed, durationMs, authority, signal, progress })
}

/** The powers of an account, asked for by an ordinary one. */
function elevated(world: World, name: AccountName, scope: ElevationScope = 'admin', password = world.login(name).password): Promise<Elevated> {
  return byCredentials(new Seat(world), name, password, scope)
}

/** Runs a command to its end. */
async function printed(powers: Elevated, argv: readonly string[], as?: string, signal = NEVER) {
  const pieces = { stdout: [] as Uint8Array[], stderr: [] as Uint8Array[] }
  const output = async (stream: 'stdout' | 'stderr', data: Uint8Array) => void pieces[stream].push(data)
  const outcome = await powers.run(argv, { ...(as === undefined ? {} : { as }), signal, output })
  return { outcome, stdout: Buffer.concat(pieces.stdout), stderr: Buffer.concat(pieces.stderr) }
}
