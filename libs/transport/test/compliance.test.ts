import { createMemoryNetwork } from '@remote-assist/transport'
import { transportCompliance } from '@remote-assist/transport/compliance'
import { describe, expect, test } from 'vitest'

const network = createMemoryNetwork()
let places = 0

const subject = {
  listen: (accept: Parameters<typeof network.listen>[0]) => network.listen(accept, { address: `memory://network/${++places}` }),
  connect: (address: string) => network.connect(address),
  nowhere: 'memory://network/nowhere',
}

describe('RA-BND-001 RA-BND-003 RA-BND-004 RA-BND-005 RA-BND-006 RA-BND-007 RA-BND-008 RA-BND-009 RA-BND-011 RA-BND-012 RA-BND-013 RA-BND-014 RA-BND-015', () => {
  for (const { title, run } of transportCompliance('memory', subject)) test(title, run)
})

test('the suite covers the rules of every binding but the one about time', () => {
  const covered = transportCompliance('any', { ...subject, sendOversize: async () => undefined }).flatMap(({ requirements }) => requirements)
  const rules = Array.from({ length: 15 }, (_, n) => `RA-BND-${String(n + 1).padStart(3, '0')}`)
  expect([...new Set(covered)].sort()).toEqual(rules.filter(id => id !== 'RA-BND-010'))
})
