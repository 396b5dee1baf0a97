import { AssistError } from '@remote-assist/peer'
import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { EXIT, exitCodeOf, ScriptError } from '../src/cli/errors.js'
import { readScript, STEPS } from '../src/cli/script.js'
import type { Stage } from '../src/cli/stage.js'

describe('a script', () => {
  test('is read whole before it runs', () => {
    const steps = readScript('- wait-customer: { seconds: 5 }\n- confirm-words\n- next-screen\n- type: hello\n- key: ctrl+KeyC\n- click: [10, 20]\n- leave\n')
    expect(steps.map(({ name }) => name)).toEqual(['wait-customer', 'confirm-words', 'next-screen', 'type', 'key', 'click', 'leave'])
  })

  test.each([
    ['', 'A script is a list of steps.'],
    ['type: hello', 'A script is a list of steps.'],
    ['- [', 'This is not YAML'],
    ['- dance', 'Step 1: there is no step “dance”.'],
    ['- next-screen\n- { type: a, key: b }', 'Step 2 is a name, or one name with a value.'],
    ['- type: []', 'Step 1: type is a text, not [].'],
    ['- show-screen: 0', 'Step 1: show-screen is a whole number from 1 to 64, not 0.'],
    ['- expect: { pigs: 3 }', 'Step 1: expect knows no “pigs”.'],
    ['- click: { x: 1, y: -1 }', 'Step 1: click.y is a whole number from 0 to 65535, not -1.'],
    ['- clipboard: {}', 'Step 1: clipboard has nothing to do.'],
    ['- elevate: { scope: root }', 'Step 1: elevate.scope is one of standard, admin, not "root".'],
    ['- elevate: { account: root }', 'Step 1: elevate.account and elevate.password-file go together.'],
    ['- run-command: {}', 'Step 1: run-command.argv is a text, not nothing.'],
  ])('%j is refused with what is wrong', (source, message) => {
    expect(() => readScript(source)).toThrow(ScriptError)
    expect(() => readScript(source)).toThrow(message)
  })

  test('whatever a step is given, it is read or refused with a ScriptError', () => {
    fc.assert(
      fc.property(fc.constantFrom(...STEPS.keys()), fc.jsonValue(), (name, value) => {
        try {
          readScript(JSON.stringify([{ [name]: value }]))
        } catch (error) {
          expect(error).toBeInstanceOf(ScriptError)
        }
      }),
    )
  })
})

describe('wait-customer', () => {
  test.each([
    ['E_TIMEOUT', 'E_CONSENT_DENIED', EXIT.denied],
    ['E_CONSENT_DENIED', 'E_CONSENT_DENIED', EXIT.denied],
    ['E_LINE_LOST', 'E_LINE_LOST', EXIT.line],
    ['E_CANCELLED', 'E_CANCELLED', EXIT.failed],
  ] as const)('a customer that ends in %s is %s, and the exit code %d', async (code, told, exitCode) => {
    const stage = { meet: () => Promise.reject(new AssistError(code, 'Said by the library.')) }
    const step = STEPS.get('wait-customer')?.read(undefined)
    const error = await step?.(stage as unknown as Stage, new AbortController().signal).catch((thrown: unknown) => thrown)
    expect(error).toMatchObject({ code: told })
    expect(exitCodeOf(error)).toBe(exitCode)
  })
})
