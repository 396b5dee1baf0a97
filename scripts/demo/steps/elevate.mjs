import { prove, proveSame, seeing } from '../prove.mjs'
import { somePassword, someText } from '../random.mjs'

const KEYS = 'ctrl+alt+delete'

/** @type {import('../run.mjs').Step[]} */
export const elevate = [
  {
    name: 'keys-refused',
    title: 'Ctrl+Alt+Del is refused without elevation',
    async run({ session, desktop }) {
      const answer = await session.sendKeys(KEYS)
      const reason = desktop.elevation === undefined ? 'unsupported' : 'needs-elevation'
      proveSame(answer, { ok: false, reason }, 'The answer')
      if (desktop.elevation === undefined) return `refused: ${reason}`
      prove(!desktop.elevation.isAtSecurityScreen(), 'The desktop took the keys all the same.')
      return 'refused: needs-elevation; the desktop saw nothing of it'
    },
  },
  {
    name: 'keys-elevated',
    title: 'Ctrl+Alt+Del is allowed once elevated',
    async run({ session, customer, desktop }, signal) {
      const reason = someText()
      if (desktop.elevation === undefined) return elevationIsUnsupported(session, reason)
      const asked = customer.once('elevation', { signal })
      const granted = session.elevate({ reason, minutes: 5 })
      const question = await asked
      proveSame(question.reason, reason, 'What the customer reads')
      question.allow()
      await seeing(
        () => desktop.elevation.isPromptOpen(),
        open => open,
        signal,
        'The system’s own prompt',
      )
      desktop.elevation.confirm()
      const elevated = await granted
      proveSame(await session.sendKeys(KEYS), { ok: true }, 'The answer')
      prove(desktop.elevation.isAtSecurityScreen(), 'The desktop did not take the keys.')
      elevated.drop()
      await elevated.ended
      proveSame(await session.sendKeys(KEYS), { ok: false, reason: 'needs-elevation' }, 'The answer afterwards')
      return `the customer read “${reason}” and agreed, twice; the desktop showed its security screen; given up, the keys were refused again`
    },
  },
  {
    name: 'credentials',
    title: 'An account and its password elevate, sealed for the helper alone',
    async run({ session, customer, desktop }, signal) {
      const credentials = desktop.elevation?.administrator
      if (credentials === undefined) {
        proveSame(session.takesCredentials, false, 'What the customer’s machine says of credentials')
        return elevationIsUnsupported(session, someText(), () => ({ account: 'root', password: somePassword() }))
      }
      const wrong = await byCredentials({ session, customer }, { ...credentials, password: somePassword() }, signal).catch(error => error)
      proveSame({ code: wrong.code, cause: wrong.cause }, { code: 'E_ELEVATION', cause: 'WRONG_CREDENTIALS' }, 'What comes of a wrong password')
      const elevated = await byCredentials({ session, customer }, credentials, signal)
      const { stdout } = await elevated.run(['whoami'])
      const who = new TextDecoder().decode(stdout).trim()
      proveSame(who, `desk\\${credentials.account}`, 'Who the command ran as')
      elevated.drop()
      await elevated.ended
      return `a wrong password was refused; with the right one, sealed after the customer agreed, “whoami” printed ${who}`
    },
  },
]

/** The customer agrees; not before is the agent asked for the account and its password. */
async function byCredentials({ session, customer }, credentials, signal) {
  let agreed = false
  const asked = customer.once('elevation', { signal })
  const granted = session.elevate({
    reason: someText(),
    minutes: 5,
    credentials: () => {
      prove(agreed, 'The password was asked for before the customer agreed.')
      return credentials
    },
  })
  const question = await asked
  proveSame(question.method, 'credentials', 'What the customer is told of the way')
  agreed = true
  question.allow()
  return granted
}

async function elevationIsUnsupported(session, reason, credentials) {
  prove(session.platform?.canElevate === false, 'The platform says that it can elevate.')
  const error = await session.elevate({ reason, ...(credentials && { credentials }) }).then(
    () => undefined,
    refusal => refusal,
  )
  proveSame({ code: error?.code, cause: error?.cause }, { code: 'E_ELEVATION', cause: 'UNSUPPORTED' }, 'The refusal')
  return `not to be had on an X display: elevation was refused as UNSUPPORTED (“${error.message}”); --host virtual shows it allowed`
}
