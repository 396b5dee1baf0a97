import { chmodSync, existsSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, statSync, symlinkSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { Permission, type RejoinTicket } from '@remote-assist/peer'
import fc from 'fast-check'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { Autostart, autostartFolder } from '../../src/rejoin/autostart.js'
import { entryText, ticketIn } from '../../src/rejoin/entry.js'
import { relaunch } from '../../src/rejoin/launch.js'
import { startables } from './desktop-session.js'

const FILE = 'remote-assist-rejoin.desktop'
const launch = { argv: ['/usr/bin/node', 'main.js', '--rejoin'], folder: '/home/eva' }
const ticket: RejoinTicket = { locator: '4821', secret: new Uint8Array(32).fill(3), expiresAtMs: 600_000, agent: 'Ada', permissions: [Permission.VIEW_SCREEN] }

let home = ''
let folder = ''
let now = 0
beforeEach(() => {
  home = mkdtempSync(join(tmpdir(), 'remote-assist-rejoin-'))
  folder = join(home, 'autostart')
  now = 0
})
afterEach(() => rmSync(home, { recursive: true, force: true }))
const place = () => new Autostart(launch, folder, () => now)

test('RA-SES-173 a ticket is in one file that its user alone reads, and is taken once', async () => {
  await place().keep(ticket)
  expect(readdirSync(folder)).toEqual([FILE])
  expect(statSync(join(folder, FILE)).mode & 0o777).toBe(0o600)
  const both = await Promise.all([place().take(), place().take()])
  expect(both.filter(it => it !== undefined)).toEqual([ticket])
  expect([readdirSync(folder), await place().take()]).toEqual([[], undefined])
})

test('RA-SES-173 the newest ticket is the only one, and what was not finished goes with it', async () => {
  mkdirSync(folder)
  writeFileSync(join(folder, `${FILE}.new`), 'half')
  await place().keep({ ...ticket, locator: '1111' })
  await place().keep(ticket)
  writeFileSync(join(folder, `${FILE}.new`), 'half')
  expect((await place().take())?.locator).toBe('4821')
  expect(readdirSync(folder)).toEqual([])
})

test('RA-SES-165 RA-SES-173 one that is too old, anybody else’s to read, or none at all is taken away and not used', async () => {
  const spoil: readonly (() => void)[] = [
    () => {
      now = 600_000
    },
    () => chmodSync(join(folder, FILE), 0o644),
    () => writeFileSync(join(folder, FILE), 'something else'),
    () => writeFileSync(join(folder, FILE), 'X-RemoteAssist-Ticket=e30'),
    () => writeFileSync(join(folder, FILE), 'X-RemoteAssist-Ticket=?'),
    () => {
      writeFileSync(join(home, 'elsewhere'), entryText(launch, ticket), { mode: 0o600 })
      rmSync(join(folder, FILE))
      symlinkSync(join(home, 'elsewhere'), join(folder, FILE))
    },
  ]
  for (const how of ['take', 'tidy'] as const)
    for (const spoiled of spoil) {
      now = 0
      await place().keep(ticket)
      spoiled()
      expect(await place()[how]()).toBeUndefined()
      expect(readdirSync(folder)).toEqual([])
    }
})

test('RA-SES-173 any other start leaves a ticket alone that is good', async () => {
  await place().tidy()
  await place().keep(ticket)
  await place().tidy()
  expect(existsSync(join(folder, FILE))).toBe(true)
})

test('RA-SES-173 where it cannot be kept, nothing is left', async () => {
  mkdirSync(join(folder, FILE), { recursive: true })
  await expect(place().keep(ticket)).rejects.toThrow()
  expect(readdirSync(folder)).toEqual([FILE])
})

test('RA-SES-173 what is started has each argument as it was, whatever is in it', () => {
  const text = fc.string({ unit: 'binary', minLength: 1 }).filter(it => !it.includes('\0'))
  fc.assert(
    fc.property(fc.array(text, { minLength: 1, maxLength: 6 }), text, (argv, cwd) => {
      mkdirSync(folder, { recursive: true })
      writeFileSync(join(folder, FILE), entryText({ argv, folder: cwd }, ticket))
      const well = (it: string) => Buffer.from(it).toString('utf8')
      expect(startables(folder)).toEqual([{ argv: argv.map(well), folder: well(cwd), terminal: true }])
      expect(ticketIn(readFileSync(join(folder, FILE), 'utf8'))).toEqual(ticket)
    }),
    { numRuns: 50 },
  )
})

test('RA-SES-173 the program is started again as it was, without its code', () => {
  const given = [
    'https://assist.example/join#1.4821123456.abc',
    '--mask',
    '1:0,0,400x300',
    '--broker=http://old',
    '--name',
    'Eva',
    '--window',
    '--rejoin',
    '--no-window',
  ]
  const { argv } = relaunch(given, 'https://assist.example', ['node', 'main.js'])
  expect(argv).toEqual(['node', 'main.js', '--rejoin', '--mask', '1:0,0,400x300', '--name', 'Eva', '--broker', 'https://assist.example'])
})

test('the folder is the one that the user’s desktop looks into', () => {
  expect(autostartFolder({ XDG_CONFIG_HOME: '/etc/eva' })).toBe('/etc/eva/autostart')
  expect(autostartFolder({ XDG_CONFIG_HOME: '' })).toBe(autostartFolder({}))
})
