import { decodeSuite } from './codec/decode.js'
import { encodeSuite } from './codec/encode.js'
import { farSuite } from './far/suite.js'
import { fileSuite, folderSuite } from './files/suite.js'
import { handshakeSuite } from './handshake/suite.js'
import { rekeySuite } from './rekey/suite.js'
import { relaySuite } from './relay/suite.js'
import { sealSuite } from './seal/suite.js'
import { sealedSuite } from './sealed/suite.js'
import type { Suite } from './suite.js'

/** Everything that can be measured, in the order of the goals; what has no number comes last. */
export const SUITES: readonly Suite[] = [
  encodeSuite,
  decodeSuite,
  relaySuite,
  fileSuite,
  folderSuite,
  farSuite,
  handshakeSuite,
  sealSuite,
  sealedSuite,
  rekeySuite,
]

/**
 * The suites of these names, all of them if none is given; upper and lower case are alike.
 * @throws RangeError if a name is unknown.
 */
export function suitesNamed(names: readonly string[]): readonly Suite[] {
  const wanted = names.map(name => name.toUpperCase())
  const unknown = wanted.filter(name => !SUITES.some(suite => suite.name === name))
  if (unknown.length > 0) throw new RangeError(`There is no ${unknown.join(', ')}. There are: ${SUITES.map(({ name }) => name).join(', ')}.`)
  return wanted.length === 0 ? SUITES : SUITES.filter(({ name }) => wanted.includes(name))
}
