/** Faults that are planted one at a time into a copy of a built library: each must be found by a target, within its ordinary budget. */

export interface Fault {
  readonly name: string
  /** The library, by its folder. */
  readonly library: 'codec' | 'secure' | 'peer'
  /** The built file, below the library's `dist`. */
  readonly file: string
  /** Stands there exactly once. */
  readonly find: string
  readonly replace: string
  /** The target that finds it, and as what. */
  readonly target: string
  readonly as: 'exception' | 'disagreement' | 'hang'
}

export const FAULTS: readonly Fault[] = [
  {
    name: 'the decoder of frames reads past the end',
    library: 'codec',
    file: 'frame.js',
    find: "if (value > end - pos)\n                throw new DecodeError('TRUNCATED', 'the payload",
    replace: "if (value > end + 8)\n                throw new DecodeError('TRUNCATED', 'the payload",
    target: 'frame',
    as: 'disagreement',
  },
  {
    name: 'a message reads past its end, into the next one',
    library: 'codec',
    file: 'wire/reader.js',
    find: 'if (length > this.end - this.pos)',
    replace: 'if (length > this.input.length - this.pos)',
    target: 'channel-session',
    as: 'disagreement',
  },
  {
    name: 'text that is not UTF-8 ends in an error of the platform',
    library: 'codec',
    file: 'wire/reader.js',
    find: 'catch {\n',
    replace: 'catch (error) {\n            throw error;\n',
    target: 'channel-chat',
    as: 'exception',
  },
  {
    name: 'a body of the control API that does not fit ends in the error that it caused',
    library: 'codec',
    file: 'json.js',
    find: 'if (error instanceof Error && error.cause instanceof DecodeError)\n            throw error.cause;',
    replace: 'throw error;',
    target: 'control',
    as: 'exception',
  },
  {
    name: 'an opener accepts a repeated counter',
    library: 'secure',
    file: 'records/opener.js',
    find: 'if (lead.counter !== this.#counter + 1)',
    replace: 'if (lead.counter !== this.#counter + 1 && lead.counter !== this.#counter)',
    target: 'record-pairwise',
    as: 'disagreement',
  },
  {
    name: 'an opener accepts a record where one is missing',
    library: 'secure',
    file: 'records/opener.js',
    find: 'if (lead.counter !== this.#counter + 1)',
    replace: 'if (lead.counter <= this.#counter)',
    target: 'record-pairwise',
    as: 'disagreement',
  },
  {
    name: 'a record is not bound to its channel',
    library: 'secure',
    file: 'records/form.js',
    find: 'view.setUint8(3, channel);',
    replace: 'view.setUint8(3, 0);',
    target: 'record-pairwise',
    as: 'disagreement',
  },
  {
    name: 'a picture may come twice',
    library: 'secure',
    file: 'records/media.js',
    find: 'lead.counter <= epoch.counter',
    replace: 'lead.counter < epoch.counter',
    target: 'record-media',
    as: 'disagreement',
  },
  {
    name: 'a joiner believes any proof',
    library: 'secure',
    file: 'handshake/joiner.js',
    find: ' || !sameBytes(tag, agreed.tags.initiator)',
    replace: '',
    target: 'handshake',
    as: 'disagreement',
  },
  {
    name: 'a customer that is told of a failure throws',
    library: 'secure',
    file: 'handshake/faults.js',
    find: 'CODES.includes(code) ? code : FAULT_CODE.HANDSHAKE',
    replace: 'CODES.find(it => it === code).valueOf()',
    target: 'handshake',
    as: 'exception',
  },
  {
    name: 'a capability never expires',
    library: 'secure',
    file: 'capability.js',
    find: 'now < capability.expires',
    replace: 'capability.expires > 0',
    target: 'capability',
    as: 'disagreement',
  },
  {
    name: 'a key for credentials opens twice',
    library: 'secure',
    file: 'hpke.js',
    find: 'const recipientKey = this.#privateKey;\n        this.#privateKey = undefined;',
    replace: 'const recipientKey = this.#privateKey;',
    target: 'credentials',
    as: 'disagreement',
  },
  {
    name: 'a line of an audit log that is no JSON ends in an error',
    library: 'secure',
    file: 'audit/lines.js',
    find: 'error instanceof SyntaxError || ',
    replace: '',
    target: 'audit',
    as: 'exception',
  },
  {
    name: 'the signatures of an audit log are not looked at',
    library: 'secure',
    file: 'audit/verify.js',
    find: 'if (this.#entries[index]?.hash !== hexOf(head))',
    replace: 'if (index > this.#entries.length)',
    target: 'audit',
    as: 'disagreement',
  },
  {
    name: 'a PIN without digits throws TypeError',
    library: 'secure',
    file: 'pin.js',
    find: "if (digits === '')",
    replace: 'if (digits.at(0).length === 0)',
    target: 'pin',
    as: 'exception',
  },
  {
    name: 'digits of other scripts count from where they stand in Unicode',
    library: 'secure',
    file: 'pin.js',
    find: '(code - start) % 10',
    replace: 'code % 10',
    target: 'pin',
    as: 'disagreement',
  },
  {
    name: 'a secret in a link has several forms',
    library: 'secure',
    file: 'base64url.js',
    find: 'toBase64Url(bytes) === text ? bytes : undefined',
    replace: 'bytes',
    target: 'link',
    as: 'disagreement',
  },
  {
    name: 'a name may turn the direction of text',
    library: 'peer',
    file: 'files/names.js',
    find: '\\u202A-\\u202E',
    replace: '',
    target: 'file-name',
    as: 'disagreement',
  },
  {
    name: 'a proposal that is taken is made again, for ever',
    library: 'peer',
    file: 'files/names.js',
    find: 'for (let number = 2;; number++)',
    replace: 'for (let number = 2;;)',
    target: 'file-name',
    as: 'hang',
  },
]
