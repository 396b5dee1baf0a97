import { capture } from './run.mjs'
import { say } from './say.mjs'

/**
 * Builds the named packages, or all, and what they import; nothing happens where the build is current. Throws, with the compiler's words, if it fails.
 *
 * @param {...string} names package names, such as `@remote-assist/broker`
 */
export async function ensureBuilt(...names) {
  say('Building …')
  const { code, output } = await capture(['turbo', 'run', 'build', '--output-logs=errors-only', ...names.map(name => `--filter=${name}`)])
  if (code !== 0) throw new Error(`The build failed.\n${output}`)
}
