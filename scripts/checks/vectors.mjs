import { capture, ROOT, run } from '../lib/run.mjs'

/** Writes the vectors anew and fails if git then sees others than those that are committed or staged: what implementers compare theirs with is what this code does. */

const VECTORS = 'docs/spec/vectors'
const WRITERS = ['@remote-assist/codec', '@remote-assist/secure', '@remote-assist/peer']

let ok = true
for (const writer of WRITERS) ok = (await run(['npm', 'run', '--silent', 'vectors', '--workspace', writer])) === 0 && ok
const changed = await capture(['git', 'diff', '--stat', '--exit-code', '--', VECTORS], { cwd: ROOT })
if (changed.code !== 0) console.log(`${changed.output}Vectors are not what the code does. Commit those that have just been written.`)
process.exitCode = ok && changed.code === 0 ? 0 : 1
