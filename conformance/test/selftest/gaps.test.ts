import { readFileSync } from 'node:fs'
import { expect, it } from 'vitest'
import { shippedSuite } from '../../src/cli/command.js'
import { type Gaps, plantedOf, regrouped, tablesOf, uncited } from '../../src/selftest/gaps.js'
import { mutantsOfReference } from '../../src/selftest/mutants.js'

/** What the suite does not see, and what no mutant shows that it sees, is written down: nothing is missing there, and nothing is out of date. */

const file = (name: string): string => readFileSync(new URL(`../../${name}`, import.meta.url), 'utf8')
const gaps: Gaps = JSON.parse(file('gaps.json'))
const { registry, cases } = shippedSuite()
const known = { registry, cases: cases.map(({ declaration }) => declaration) }
const FREEZE = 'npm run freeze -w @remote-assist/conformance writes it anew'

it('each MUST is cited by a case, or is among those that none sees, with the reason', () => {
  const listed = gaps.unseen.flatMap(({ requirements }) => requirements.split(' '))
  expect(listed.toSorted()).toEqual(uncited(known))
  for (const { why } of [...gaps.unseen, ...gaps.partly]) expect(why).not.toBe('')
})

it('what is seen in part is a requirement that a case cites', () => {
  const none = uncited(known)
  for (const { requirement } of gaps.partly)
    expect([requirement, registry.get(requirement)?.level, none.includes(requirement)]).toEqual([requirement, 'MUST', false])
})

it('each MUST that a case cites has a mutant, or is once among those that have none, with the reason', () => {
  const { planted, unplanted } = plantedOf(known, mutantsOfReference())
  expect(gaps.unplanted.flatMap(({ requirements }) => requirements.split(' ')).toSorted(), FREEZE).toEqual(unplanted.toSorted())
  for (const { why } of gaps.unplanted) expect(why).not.toBe('')
  console.info(`» of ${planted.length + unplanted.length} MUSTs that cases cite, ${planted.length} have a planted fault`)
})

it('what gets a mutant leaves its group, and what is new goes to the last one', () => {
  const groups = [
    { requirements: 'A B', why: 'one' },
    { requirements: 'C', why: 'two' },
    { requirements: 'D', why: 'not yet' },
  ]
  expect(regrouped(groups, ['A', 'D', 'E'])).toEqual([
    { requirements: 'A', why: 'one' },
    { requirements: 'D E', why: 'not yet' },
  ])
})

it('the README shows them', () => {
  expect(file('README.md'), FREEZE).toContain(`<!-- generated:gaps -->\n${tablesOf(gaps)}\n<!-- /generated -->`)
})
