import { it } from 'vitest'
import { hostCompliance } from '../../src/host-compliance/index.js'
import { virtualSetup } from './virtual-witness.js'

for (const { name, run } of hostCompliance('virtual', virtualSetup)) it(name, run)
