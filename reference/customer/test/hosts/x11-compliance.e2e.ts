import { it } from 'vitest'
import { hostCompliance } from '../../src/host-compliance/index.js'
import { describeWith } from './needs.js'
import { X_PROGRAMS } from './x-server.js'
import { x11Setup } from './x-witness.js'

describeWith([...X_PROGRAMS, 'base64'], 'X11 host compliance', () => {
  for (const { name, run } of hostCompliance('x11', x11Setup, ['input', 'clipboard', 'lock'])) it(name, run)
})
