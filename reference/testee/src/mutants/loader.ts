/**
 * Module hooks, in a thread of their own: a module that is imported as `…?mutant=ID` comes with the fault of that id, and so does whatever it imports. `?mutant=sound`
 * has none. What has been loaded sound, and does not depend on the file with the fault, is what all share: it is loaded once.
 */
import type { InitializeHook, LoadHook, ResolveHook } from 'node:module'
import { Dependents } from './dependents.js'
import type { Graft } from './plant.js'

/** The id without a fault. */
const SOUND = 'sound'

let grafts: ReadonlyMap<string, Graft> = new Map()
const sound = new Dependents()
/** The files that come anew, by id. */
const affected = new Map<string, ReadonlySet<string>>()

/** Is told what to change, by id. */
export const initialize: InitializeHook<ReadonlyMap<string, Graft>> = data => {
  grafts = data
}

/** Leads from one module of a mutant to the next. */
export const resolve: ResolveHook = async (specifier, context, nextResolve) => {
  const resolved = await nextResolve(specifier, context)
  const id = context.parentURL === undefined ? undefined : mutantOf(context.parentURL)
  if (id === undefined || !isOwn(resolved.url)) return resolved
  const file = plain(resolved.url)
  if (id === SOUND) sound.add(plain(context.parentURL as string), file)
  return { ...resolved, url: marked(file, id === SOUND || isShared(file, id) ? SOUND : id) }
}

/** Changes the file. */
export const load: LoadHook = async (url, context, nextLoad) => {
  const loaded = await nextLoad(url, context)
  const graft = grafts.get(mutantOf(url) ?? '')
  if (graft === undefined || plain(url) !== graft.url) return loaded
  const text = typeof loaded.source === 'string' ? loaded.source : new TextDecoder().decode(loaded.source as Uint8Array)
  return { ...loaded, source: text.replace(graft.find, () => graft.replace) }
}

/** Whether this file is the same with this fault and without. */
function isShared(file: string, id: string): boolean {
  const known = affected.get(id) ?? sound.on(grafts.get(id)?.url ?? '')
  affected.set(id, known)
  return sound.has(file) && !known.has(file)
}

/** Files of the repository: no fault is in what others wrote. */
const isOwn = (url: string): boolean => url.startsWith('file:') && !url.includes('/node_modules/')

const plain = (url: string): string => url.replace(/\?.*$/s, '')

/** A module's URL with the id of a mutant. */
const marked = (url: string, id: string): string => `${url}?mutant=${id}`

const mutantOf = (url: string): string | undefined => /\?mutant=([\w-]+)$/.exec(url)?.[1]
