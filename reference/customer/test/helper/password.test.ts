/** The customer's password on its way to the helper, which is one of the test's own here: it says what it reads, and that it was wrong. */
import { helperAuthority } from '@remote-assist/peer'
import { expect, test } from 'vitest'
import { LinuxElevation } from '../../src/hosts/linux/elevation.js'
import { HelperProcess } from '../../src/hosts/linux/helper-process.js'

const TAKES = `let all = Buffer.alloc(0)
process.stdin.on('data', bytes => {
  all = Buffer.concat([all, bytes])
  const end = all.indexOf(10)
  const { passwordBytes } = end < 0 ? {} : JSON.parse(all.subarray(0, end))
  if (passwordBytes === undefined || all.length < end + 1 + passwordBytes) return
  const message = all.subarray(0, end) + ' ' + all.subarray(end + 1).toString('hex')
  console.log(JSON.stringify({ type: 'refused', code: 'E_CREDENTIALS', message }))
})`
const RUNTIME = [process.execPath, '-e', TAKES, '--'] as const
const start = { type: 'start', scope: 'admin', durationMs: 1_000 }
/** No text, so that whoever takes it for one is found out. */
const PASSWORD = Uint8Array.of(0x70, 0xff, 0x0a, 0xc3, 0x28)

test('RA-ELV-068 a password goes to the helper as bytes, and is wiped when it has left', async () => {
  const password = PASSWORD.slice()
  let heard = (_: string) => {}
  const said = new Promise<string>(resolve => {
    heard = resolve
  })
  const helper = new HelperProcess(RUNTIME, message => message.type === 'refused' && heard(message.message))
  helper.say({ ...start, passwordBytes: password.length }, password)
  expect(await said).toBe(`${JSON.stringify({ ...start, passwordBytes: 5 })} 70ff0ac328`)
  expect(password).toEqual(new Uint8Array(5))
  await helper.end()
  const late = PASSWORD.slice()
  helper.say({ ...start, passwordBytes: late.length }, late)
  expect(late).toEqual(new Uint8Array(5))
})

test('RA-ELV-068 every password that a person gave is wiped, also those that were wrong, and one that came too late', async () => {
  const given: Uint8Array[] = []
  const give = async () => {
    const password = PASSWORD.slice()
    given.push(password)
    return password
  }
  const elevation = new LinuxElevation({ runtime: RUNTIME, password: give })
  const powers = { scope: 'admin', durationMs: 1_000, authority: helperAuthority(), progress: () => {} } as const
  await expect(elevation.start({ ...powers, signal: new AbortController().signal })).rejects.toMatchObject({ code: 'E_DENIED' })
  expect(given).toHaveLength(3)
  const over = new AbortController()
  const late = new LinuxElevation({
    runtime: RUNTIME,
    password: () => {
      over.abort()
      return give()
    },
  })
  await expect(late.start({ ...powers, signal: over.signal })).rejects.toThrow()
  expect(given).toEqual(Array.from({ length: 4 }, () => new Uint8Array(5)))
  await elevation.close()
})
