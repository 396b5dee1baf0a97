import { sha256 } from '@noble/hashes/sha2.js'
import fc from 'fast-check'
import { expect, test } from 'vitest'
import { lv } from '../../src/bytes.js'
import { auditCommand, auditEntry } from '../../src/index.js'
import { toHex } from '../support/bytes.js'

const argvs = fc.array(fc.string({ unit: 'binary', maxLength: 3_000 }), { minLength: 1, maxLength: 64 })

test('a command line is written down as far as it fits, and hashed as a whole (RA-SEC-251)', () => {
  expect(auditCommand(['net', 'use'])).toEqual({ argv: '["net","use"]', sha256: toHex(sha256(lv('net', 'use'))) })
  fc.assert(
    fc.property(argvs, argv => {
      const details = auditCommand(argv)
      const kept = JSON.parse(details.argv) as readonly string[]
      const whole = argv.map(argument => argument.replace(/\p{Surrogate}/gu, '\ufffd'))
      if (kept.length === argv.length && kept.at(-1) === whole.at(-1)) expect(kept).toEqual(whole)
      else expect([kept.slice(0, -1), kept.at(-1)]).toEqual([whole.slice(0, kept.length - 1), '…'])
      expect(details.sha256).toBe(toHex(sha256(lv(...argv))))
      expect(() => auditEntry(1, 'command.run', { ...details, command: 1, participant: 1, user: 'x'.repeat(128) })).not.toThrow()
    }),
  )
})
