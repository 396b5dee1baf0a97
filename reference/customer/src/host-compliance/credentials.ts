import assert from 'node:assert/strict'
import { randomBytes } from 'node:crypto'
import { type CredentialRequest, type CredentialSlot, type Elevated, type HostErrorCode, helperAuthority, sealForHelper } from '@remote-assist/peer'
import { present, rejectsWith } from './support.js'
import type { HostSetup, Login } from './witness.js'

const REFUSED: HostErrorCode = 'E_CREDENTIALS'
const DURATION_MS = 900_000

/** What every host that takes credentials must do (RA-SEC-244, RA-ELV-063, RA-ELV-064). */
export const credentialChecks: Readonly<Record<string, (setup: HostSetup) => Promise<void>>> = {
  'elevates by the right account and password, without a prompt': async setup => {
    const { administrator } = accountsOf(setup)
    const stages: string[] = []
    const elevated = await given(await slotOf(setup), administrator, stages)
    assert.deepEqual(stages, ['handover'])
    await elevated.drop()
  },

  'refuses a wrong password and an account that there is not, and may be asked again': async setup => {
    const { administrator } = accountsOf(setup)
    const wrong = { ...administrator, password: `${administrator.password}?` }
    await rejectsWith(REFUSED, given(await slotOf(setup), wrong), 'a wrong password')
    await rejectsWith(REFUSED, given(await slotOf(setup), { ...administrator, password: '' }), 'an empty password')
    await rejectsWith(REFUSED, given(await slotOf(setup), { ...administrator, account: `${administrator.account}?` }), 'an account that there is not')
    await (await given(await slotOf(setup), administrator)).drop()
  },

  'gives an ordinary account no powers of an administrator': async setup => {
    const { ordinary } = accountsOf(setup)
    if (ordinary !== undefined) await rejectsWith('E_NOT_PERMITTED', given(await slotOf(setup), ordinary), 'an ordinary account')
  },

  'uses each key once, for right credentials and for wrong ones': async setup => {
    const { administrator } = accountsOf(setup)
    const first = await slotOf(setup)
    await (await given(first, administrator)).drop()
    await rejectsWith(REFUSED, given(first, administrator), 'a key that was used')
    const second = await slotOf(setup)
    assert.notDeepEqual(second.slot.publicKey, first.slot.publicKey, 'two requests have the same key')
    await rejectsWith(REFUSED, given(second, { ...administrator, password: '?' }), 'a wrong password')
    await rejectsWith(REFUSED, given(second, administrator), 'a key that was used in vain')
  },

  'opens nothing with a key that was forgotten': async setup => {
    const { administrator } = accountsOf(setup)
    const it = await slotOf(setup)
    it.slot.forget()
    it.slot.forget()
    await rejectsWith(REFUSED, given(it, administrator), 'a key that was forgotten')
  },

  'refuses what was sealed for another request or another session, altered, or cut off': async setup => {
    const { administrator } = accountsOf(setup)
    const strangers: ((request: CredentialRequest) => CredentialRequest)[] = [
      request => ({ ...request, requestId: request.requestId + 1 }),
      request => ({ ...request, session: randomBytes(16) }),
    ]
    for (const strange of strangers) {
      const { slot, request } = await slotOf(setup)
      await rejectsWith(REFUSED, given({ slot, request: strange(request) }, administrator), 'credentials for another request')
    }
    const damages: ((sealed: Uint8Array) => Uint8Array)[] = [
      sealed => sealed.with(sealed.length - 1, (sealed.at(-1) as number) ^ 1),
      sealed => sealed.subarray(0, -1),
      () => new Uint8Array(),
    ]
    for (const damage of damages) await rejectsWith(REFUSED, given(await slotOf(setup), administrator, [], damage), 'damaged credentials')
  },
}

const accountsOf = ({ witness }: HostSetup) => present(witness.accounts, 'accounts')

interface Awaiting {
  readonly slot: CredentialSlot
  readonly request: CredentialRequest
}

let lastRequest = 0

async function slotOf({ host }: HostSetup): Promise<Awaiting> {
  const elevation = present(host.elevation, 'elevation')
  const request = { session: randomBytes(16), requestId: ++lastRequest }
  return { slot: await present(elevation.awaitCredentials, 'a helper that takes credentials').call(elevation, request), request }
}

/** The credentials as an agent seals them, on their way to the helper. */
async function given(
  { slot, request }: Awaiting,
  { account, password }: Login,
  stages: string[] = [],
  damage: (sealed: Uint8Array) => Uint8Array = sealed => sealed,
): Promise<Elevated> {
  const sealed = damage(await sealForHelper(request, slot.publicKey, account, password))
  return slot.start({
    scope: 'admin',
    durationMs: DURATION_MS,
    authority: helperAuthority(),
    sealed,
    signal: new AbortController().signal,
    progress: stage => stages.push(stage),
  })
}
