/** Faults in what files are on a disk, in what is kept of a transfer, and in what is told of one that is over. */
import { mutantsOf } from './mutant.js'

const FILE = 'core/channels/file/file.js'
const SENDER = 'core/channels/file/sender.js'
const RECEIVER = 'peer/files/receiver.js'
const INTAKE = 'peer/node/file-store-intake.js'
const SOURCE = 'peer/node/file-store-source.js'

export const DISK = mutantsOf('files', [
  [
    'unfinished-of-a-customer-forgotten',
    'RA-FIL-066',
    'agent',
    RECEIVER,
    'await this.#intake?.end(isUnfinished(outcome));',
    'await this.#intake?.end(false);',
    'What an agent has verified of an unfinished transfer is removed with it.',
  ],
  [
    'kept-of-a-customer-sent-anew',
    'RA-FIL-067',
    'agent',
    RECEIVER,
    'if (intake.kept !== undefined)\n            return this.#goOn();',
    '',
    'What an agent has kept of a transfer is not asked to be left out.',
  ],
  [
    'copied-through-a-link',
    'RA-FIL-028',
    'customer',
    INTAKE,
    "if (there !== undefined && !(overwrite && there.isFile()))\n            throw new StoreError('exists');\n        if (overwrite)\n            return rename(from, to);\n        try {\n            await link(from, to);",
    "try {\n            const [source, target] = [await open(from), await open(to, 'w')];\n            await target.writeFile(await source.readFile());\n            await Promise.all([source.close(), target.close()]);",
    'What came is copied to its name, and through a link that has it.',
  ],
  [
    'copied-through-an-agents-link',
    'RA-FIL-028',
    'agent',
    INTAKE,
    "if (there !== undefined && !(overwrite && there.isFile()))\n            throw new StoreError('exists');\n        if (overwrite)\n            return rename(from, to);\n        try {\n            await link(from, to);",
    "try {\n            const [source, target] = [await open(from), await open(to, 'w')];\n            await target.writeFile(await source.readFile());\n            await Promise.all([source.close(), target.close()]);",
    'What came is copied to its name, and through a link that the agent has there.',
  ],
  [
    'links-offered',
    'RA-FIL-029',
    'agent',
    SOURCE,
    "if (seen.kind === 'other')\n            continue;",
    "if (seen.kind === 'other')\n            seen.kind = 'file';",
    'Links in a folder are offered as files.',
  ],
  [
    'links-of-a-customer-offered',
    'RA-FIL-029',
    'customer',
    SOURCE,
    "if (seen.kind === 'other')\n            continue;",
    "if (seen.kind === 'other')\n            seen.kind = 'file';",
    'Links in a folder of the customer are offered as files.',
  ],
  [
    'settled-and-silent',
    'RA-FIL-070',
    'customer',
    FILE,
    '...(returned ? again(s, now) : [])',
    '',
    'After a return a sender does not hear that all had arrived.',
  ],
  [
    'settled-is-wrong',
    'RA-FIL-071',
    'agent',
    SENDER,
    'if (!begun && at === s.entries)\n        return finish(s, completed(s.at.taken, s.at.failed));\n    if (begun || at > s.entries',
    'if (begun || at >= s.entries',
    'An agent cancels a transfer that was whole when the line dropped.',
  ],
])
