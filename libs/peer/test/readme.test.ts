import { readFileSync } from 'node:fs'
import { resolve } from 'node:path'
import ts from 'typescript'
import { expect, test } from 'vitest'

const PACKAGE = resolve(import.meta.dirname, '..')
const LIBS = resolve(PACKAGE, '..')

test('the examples of the README compile', () => {
  const examples = [...readFileSync(resolve(PACKAGE, 'README.md'), 'utf8').matchAll(/```ts\n([\s\S]*?)```/g)].map(match => match[1] as string)
  expect(examples.length).toBeGreaterThan(3)
  const files = new Map(examples.map((text, i) => [resolve(PACKAGE, 'test', `readme-example-${i}.ts`), text]))
  const { config } = ts.readConfigFile(resolve(PACKAGE, '../../tsconfig.base.json'), ts.sys.readFile)
  const { options } = ts.convertCompilerOptionsFromJson(config.compilerOptions, PACKAGE)
  const host = ts.createCompilerHost(options)
  const { getSourceFile, fileExists, readFile } = host
  host.fileExists = name => files.has(name) || fileExists(name)
  host.readFile = name => files.get(name) ?? readFile(name)
  host.getSourceFile = (name, languageVersion, ...rest) => {
    const text = files.get(name)
    return text === undefined ? getSourceFile(name, languageVersion, ...rest) : ts.createSourceFile(name, text, languageVersion)
  }
  const program = ts.createProgram(
    [...files.keys()],
    {
      ...options,
      noEmit: true,
      types: ['node'],
      paths: {
        '@remote-assist/peer': [resolve(PACKAGE, 'src/index.ts')],
        '@remote-assist/peer/node': [resolve(PACKAGE, 'src/node/index.ts')],
        '@remote-assist/transport-websocket': [resolve(LIBS, 'transport-websocket/src/index.ts')],
      },
    },
    host,
  )
  const problems = [...files.keys()].flatMap(name => {
    const file = program.getSourceFile(name)
    return [...program.getSyntacticDiagnostics(file), ...program.getSemanticDiagnostics(file)]
  })
  expect(problems.map(problem => ts.flattenDiagnosticMessageText(problem.messageText, '\n'))).toEqual([])
}, 60_000)
