import { describe, it } from 'vitest'
import { hostCompliance } from '../../src/host-compliance/index.js'
import { virtualSetup } from './virtual-witness.js'

describe('the virtual host does what every host must; its pictures lack the pointer (RA-SCR-072)', () => {
  for (const { name, run } of hostCompliance('virtual', virtualSetup)) it(name, run)
})
