import { clipboardChecks } from './clipboard.js'
import { credentialChecks } from './credentials.js'
import { elevationChecks } from './elevation.js'
import { inputChecks } from './input.js'
import { lockChecks } from './lock.js'
import { screenChecks } from './screens.js'
import type { ComplianceCase, HostSetup } from './witness.js'

export type { ComplianceCase, HostSetup, HostWitness, Login } from './witness.js'

/** A part of a host beside its screens; `credentials`: elevation by the account and password that the agent gives; `lock`: it hears of the lock screen. */
export type HostPart = 'input' | 'clipboard' | 'elevation' | 'credentials' | 'lock'

const CHECKS = { input: inputChecks, clipboard: clipboardChecks, elevation: elevationChecks, credentials: credentialChecks, lock: lockChecks }

/**
 * What every host must do, as data for any test runner: `for (const { name, run } of hostCompliance('mine', setup)) test(name, run)`.
 * Each case makes a host of its own by `setup` and closes it. `parts` are those that the host claims to have; a host that lacks one fails.
 */
export function hostCompliance(
  name: string,
  setup: () => Promise<HostSetup>,
  parts: readonly HostPart[] = ['input', 'clipboard', 'elevation', 'credentials', 'lock'],
): readonly ComplianceCase[] {
  const groups = { screens: screenChecks, ...Object.fromEntries(parts.map(part => [part, CHECKS[part]])) }
  return Object.entries(groups).flatMap(([group, checks]) =>
    Object.entries(checks).map(([what, check]) => ({
      name: `${name} host, ${group}: ${what}`,
      async run() {
        const made = await setup()
        try {
          await check(made)
        } finally {
          await made.host.close()
          await made.close()
        }
      },
    })),
  )
}
