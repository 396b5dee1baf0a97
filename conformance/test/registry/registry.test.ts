import { expect, it } from 'vitest'
import type { CaseDeclaration } from '../../src/model.js'
import { coreOf, explain, loadRegistry, nearest, PROFILES_OF, profileAt } from '../../src/registry/index.js'

const registry = loadRegistry()

it('has every requirement with its roles, and the heading under which it stands', () => {
  expect(registry.spec).toBe('1.0')
  expect(registry.requirements.length).toBeGreaterThan(500)
  for (const { id, roles, section, text } of registry.requirements) {
    expect(roles.length, id).toBeGreaterThan(0)
    expect(section, id).not.toBe('')
    expect(registry.get(id)?.text).toBe(text)
  }
})

it('gives a role its own duties and those of anybody, in the profiles asked for', () => {
  const files = registry.of('customer', ['files'])
  expect(files.length).toBeGreaterThan(30)
  for (const { roles, profile } of files) {
    expect(roles).toContain('customer')
    expect(profile).toBe('files')
  }
  expect(registry.of('broker', ['files'])).toEqual([])
})

it('counts every duty of a role to one of the profiles that the role can claim', () => {
  for (const role of ['agent', 'customer', 'viewer', 'broker'] as const) {
    const own = PROFILES_OF[role]
    const counted = own.flatMap(profile => registry.of(role, [profile]))
    expect(new Set(counted).size).toBe(counted.length)
    const strange = registry.requirements.filter(one => one.roles.includes(role) && !counted.includes(one))
    // What is closed to viewers is nothing that they have to do right.
    expect(new Set(strange.map(({ profile }) => profile))).toEqual(new Set(role === 'viewer' ? ['files', 'clipboard', 'elevation'] : []))
    expect(registry.of(role, [coreOf(role)]).length).toBeGreaterThan(50)
  }
})

it('has core and relay fall under what every implementation of a role has to pass', () => {
  expect(['agent', 'customer', 'viewer', 'broker'].map(role => profileAt(role as 'agent', 'core'))).toEqual(['core', 'core', 'viewer', 'relay'])
  expect(profileAt('viewer', 'relay')).toBe('viewer')
  expect(profileAt('viewer', 'files')).toBeUndefined()
  expect(profileAt('customer', 'viewer')).toBe('viewer')
  expect(profileAt('agent', 'multi-tenant')).toBeUndefined()
})

it('explains a requirement: text, place, checks and mutants', () => {
  const [first] = registry.requirements
  const id = first?.id ?? ''
  const cases: CaseDeclaration[] = [
    {
      id: 'customer/drawing/passed-on',
      title: 'A drawing is passed on',
      role: 'customer',
      profile: 'annotation-chat',
      kind: 'scenario',
      needs: [],
      checks: [{ id: '2', title: 'The other agent sees the stroke', cites: [id], control: true }],
      source: '',
    },
  ]
  const mutants = [
    { id: 'annotation-lost', role: 'customer' as const, why: 'It forgets to pass strokes on.', requirement: id, check: 'customer/drawing/passed-on#2' },
  ]
  const text = explain(id, registry, cases, mutants) ?? ''
  expect(text).toContain(first?.text)
  expect(text).toContain('docs/spec/annotation.md, “')
  expect(text).toContain('customer/drawing/passed-on#2 (control)  The other agent sees the stroke')
  expect(text).toContain('annotation-lost')
  expect(explain(id, registry, [], [])).toContain('Checks that cite it: none')
})

it('knows neighbours of an id that does not exist', () => {
  expect(explain(`RA-${'FIL-999'}`, registry, [], [])).toBeUndefined()
  expect(nearest('fil-3', registry)).toHaveLength(3)
  expect(nearest('RA-XYZ-001', registry)).toEqual([])
})
