/** Every command, with what it is for. */
import type { ExitCode } from '../exit.js'
import type { Suite } from '../suite.js'
import type { Terminal } from '../terminal.js'
import { doctor } from './doctor.js'
import { init } from './init.js'
import { diff, explainIds, list, vectors } from './look.js'
import { certify, replay, run } from './run.js'
import { selftest } from './selftest.js'
import { serve } from './serve.js'

export interface CommandEntry {
  readonly usage: string
  readonly summary: string
  readonly act: (suite: Suite, args: readonly string[], terminal: Terminal) => ExitCode | Promise<ExitCode>
}

export const COMMANDS: Readonly<Record<string, CommandEntry>> = {
  run: { usage: 'run --role ROLE [--profile P,P|all] [more] -- ADAPTER…', summary: 'plays the cases and judges', act: run },
  list: { usage: 'list [--role ROLE] [--profile P,P] [--case GLOB] [--json]', summary: 'shows the cases', act: list },
  explain: { usage: 'explain RA-FIL-014', summary: 'shows a requirement, its place, its checks and its mutants', act: explainIds },
  doctor: { usage: 'doctor [--wire jsonl] -- ADAPTER…', summary: 'tells in plain words what is wrong with an adapter', act: doctor },
  replay: { usage: 'replay CASE -- ADAPTER…', summary: 'plays one case and prints what happened', act: replay },
  serve: { usage: 'serve --role ROLE [--grpc] [--link]', summary: 'plays everybody but one end, to try it by hand', act: serve },
  vectors: { usage: 'vectors [--out DIR]', summary: 'shows or copies the test vectors', act: vectors },
  init: { usage: 'init python|go|rust|typescript DIR', summary: 'writes an adapter to begin from', act: init },
  diff: { usage: 'diff BEFORE.json AFTER.json', summary: 'compares two reports', act: diff },
  certify: { usage: 'certify --role ROLE -- ADAPTER…', summary: 'plays everything that is claimed, without skips or baselines', act: certify },
  selftest: { usage: 'selftest [--json FILE] [more]', summary: 'holds the suite against mutants, degenerates and a hostile wire', act: selftest },
}

export const USAGE = `remote-assist-conformance: does an implementation of the Remote Assist Protocol keep to the specification?

${Object.values(COMMANDS)
  .map(({ usage, summary }) => `  ${usage}\n      ${summary}`)
  .join('\n')}

Where the implementation is (run, replay, doctor, certify):
  -- ADAPTER…            a program that speaks the adapter contract on stdin and stdout
  --wire protobuf|jsonl  how it writes frames (default protobuf)
  --attach PORT          it dials in at ws://127.0.0.1:PORT instead, which may be written in full
  --reference            the reference implementations of the repository
  --lag MS               everything between it and the suite takes so much longer, one way (by WebSocket)

What run takes besides:
  --role agent|customer|viewer|broker   default: the only role that it plays
  --profile P,P|all      core, viewer, relay, resume, multi-tenant, files, clipboard, elevation, annotation-chat, binding-websocket, binding-grpc (default all: those that it claims)
  --spec 1.0             the version of the specification
  --case GLOB, --skip GLOB   only these cases; not these (* within a part of an id, ** across parts); may be given several times
  --baseline FILE        failures that are known: {"entries": [{"check", "message", "reason", "expires"}]}
  --repeat N             each case so often; what does not come out the same each time fails the run
  --shuffle, --seed S    in another order; repeated, first in the order of the catalogue, then by S, S + 1 …
  -j N                   so many cases at a time
  --trace fail|all       whose wire events go into the report (default fail)
  --out DIR, --reporter json,junit,html,md,badge   writes reports
  --docs URL             where the specification is published, for links in the page
  --json FILE            writes the report for a program

What selftest takes besides:
  --role ROLE            default: all
  --case GLOB            on the hostile wire, and by degenerates: only these cases
  --all-cases            each mutant against all cases of its role, in an order that the seed gives, until the check that names it has failed
  --percent N            with --all-cases: so many of them, drawn by the seed for each mutant (default 100)
  --seed S               gives the order and the draw of cases, and what is done on the wire (default 1)
  --mutant GLOB          only these mutants
  --mutations N          so many mutations on the wire (default 200)
  --only mutants,degenerates,proxy
  --json FILE            writes the figures

Exit codes: 0 conformant · 1 not · 2 usage · 3 suite or adapter failed · 4 stale baseline, or nothing was checked`
