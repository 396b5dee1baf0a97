import { readFileSync } from 'node:fs'
import { hostCompliance } from '@remote-assist/customer/host-compliance'
import { expect, it } from 'vitest'
import { PictureHost } from './picture-host.js'

const unused = async () => {
  throw new Error('The picture host has screens alone.')
}

async function setup() {
  const pictures = [200, 160].map(width => ({ width, height: 120, stride: width * 4, data: new Uint8Array(width * 120 * 4) }))
  const host = new PictureHost(pictures)
  const witness = {
    async paint(id: number) {
      const rect = { x: 10, y: 20, width: 30, height: 5 }
      const picture = pictures[id - 1]
      for (let y = rect.y; y < rect.y + rect.height; y++)
        picture?.data.fill(0x7f, (y * picture.width + rect.x) * 4, (y * picture.width + rect.x + rect.width) * 4)
      host.drawn(id, rect)
      return { x: 11, y: 21, colour: 0x7f7f7f }
    },
    async unplug() {
      host.remove(2)
      return 2
    },
    focusText: unused,
    received: unused,
    pointerAt: unused,
    holds: unused,
    moveMouse: unused,
    copy: unused,
    paste: unused,
  }
  return { host, witness, close: async () => {} }
}

for (const { name, run } of hostCompliance('picture', setup, [])) it(name, run)

it('is the example of the guide, word for word', () => {
  const guide = readFileSync(new URL('../../../../docs/guides/hosts.md', import.meta.url), 'utf8')
  const example = readFileSync(new URL('./picture-host.ts', import.meta.url), 'utf8')
  expect(guide).toContain(`\`\`\`ts\n${example}\`\`\``)
})
