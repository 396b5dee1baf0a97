import { createMemoryNetwork } from '@remote-assist/transport'
import { transportCompliance } from '@remote-assist/transport/compliance'
import { test } from 'vitest'

const network = createMemoryNetwork()
let places = 0

const subject = {
  listen: (accept: Parameters<typeof network.listen>[0]) => network.listen(accept, { address: `memory://network/${++places}` }),
  connect: (address: string) => network.connect(address),
  nowhere: 'memory://network/nowhere',
}

for (const { title, run } of transportCompliance('memory', subject)) test(title, run)
