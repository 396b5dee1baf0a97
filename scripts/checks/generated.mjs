import { capture, ROOT, run } from '../lib/run.mjs'

/**
 * Generates the code anew and fails if git then sees another text than the one that is committed or staged: a change by hand, a schema changed without
 * generating, or a generator that does not do the same twice.
 */

const GENERATED = ':(glob)**/gen/**'

const generated = await run(['turbo', 'run', 'generate', '--force', '--output-logs=errors-only'])
const changed = await capture(['git', 'diff', '--exit-code', '--', GENERATED], { cwd: ROOT })
const added = await capture(['git', 'ls-files', '--others', '--exclude-standard', '--', GENERATED], { cwd: ROOT })
if (changed.code !== 0 || added.output !== '') {
  console.log(`${changed.output}${added.output}Generated code is not what the schema says. Run npm run generate and commit the result.`)
}
process.exitCode = generated === 0 && changed.code === 0 && added.output === '' ? 0 : 1
