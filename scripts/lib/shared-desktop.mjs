import { ensureSystemPackages } from '../system-packages.mjs'
import { say, yellow } from './say.mjs'
import { X_PACKAGES } from './x-desktop.mjs'

/**
 * Settles what is shared, and installs what that needs. A choice that is not to be had is an error; without a choice the virtual desktop stands in, and
 * that is said.
 *
 * @param {string | undefined} choice `x11` or `virtual`
 * @param {string[]} [needs] Debian packages beside those of the X display
 * @returns {Promise<'x11' | 'virtual'>}
 */
export async function chooseDesktop(choice, needs = []) {
  if (choice === 'virtual') return 'virtual'
  if (choice !== undefined && choice !== 'x11') throw new Error(`--host is x11 or virtual, not ${choice}.`)
  const missing = await ensureSystemPackages([...X_PACKAGES, ...needs])
  if (missing.length === 0) return 'x11'
  const obstacle = `An X display is not to be had here: ${missing.join(', ')} ${missing.length === 1 ? 'is' : 'are'} missing.`
  if (choice === 'x11') throw new Error(obstacle)
  say(yellow(`${obstacle} A virtual desktop, made up by a program, is shared instead.`))
  return 'virtual'
}
