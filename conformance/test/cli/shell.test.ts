import { execFileSync } from 'node:child_process'
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { RUN_OPTIONS, read, testeeChoice } from '../../src/cli/options.js'
import { replayLine, shellLine } from '../../src/cli/shell.js'

/** The words that a shell makes of a line. */
const wordsIn = (line: string): readonly string[] =>
  execFileSync('sh', ['-c', `printf '%s\\0' ${line}`], { encoding: 'utf8' })
    .split('\0')
    .slice(0, -1)

const word = fc.oneof(
  fc.string({ unit: 'binary' }).filter(text => !text.includes('\0')),
  fc.constantFrom('', "it's", '$HOME', '`id`', 'a b', '--', '*', '\\', '"', '~', '#', 'a\nb', '!'),
)

it('writes words so that a shell reads the same ones', () => {
  fc.assert(
    fc.property(fc.array(word, { minLength: 1 }), words => {
      expect(wordsIn(shellLine(words))).toEqual(words)
    }),
    { numRuns: 50 },
  )
  expect(shellLine(['node', './adapter.js', '--port=1', 'my file'])).toBe("node ./adapter.js --port=1 'my file'")
})

describe('the command that plays a case again', () => {
  it.each([
    [['--reference'], '--reference'],
    [['--reference', '--lag', '40'], '--reference --lag 40'],
    [['--attach', '9000', '--wire', 'jsonl', '--out', 'x'], '--attach 9000 --wire jsonl'],
    [['--attach=9000', '--wire=jsonl'], '--attach 9000 --wire jsonl'],
    [['--attach', 'ws://127.0.0.1:9000'], '--attach 9000'],
    [['--', 'node', 'adapter.js', '--reference-ish'], '-- node adapter.js --reference-ish'],
    [['--', '/my tools/adapter', '--wire', 'jsonl'], "-- '/my tools/adapter' --wire jsonl"],
  ])('attaches the testee of %j as it was', (typed, shown) => {
    const choiceOf = (args: readonly string[]) => {
      const { behind, values } = read(args, RUN_OPTIONS)
      return testeeChoice(values, behind)
    }
    const line = replayLine('a/b', choiceOf(typed))
    expect(line).toBe(`remote-assist-conformance replay a/b ${shown}`)
    expect(choiceOf(wordsIn(line).slice(3))).toEqual(choiceOf(typed))
  })
})
