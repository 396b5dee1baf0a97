/**
 * Module hooks, in a thread of their own: a module that is imported as `…?mutant=ID` comes with the fault of that id, and so does whatever it imports. `?mutant=sound`
 * has none. What has been loaded sound, and does not depend on the file with the fault, is what all share: it is loaded once. Where an import leads, and what stands in
 * a file, is asked once for all mutants.
 */
import type { InitializeHook, LoadFnOutput, LoadHook, ResolveFnOutput, ResolveHook } from 'node:module'
import { Dependents } from './dependents.js'
import type { Graft } from './plant.js'

/** The id without a fault. */
const SOUND = 'sound'

let grafts: ReadonlyMap<string, Graft> = new Map()
const sound = new Dependents()
/** The files that come anew, by id. */
const affected = new Map<string, ReadonlySet<string>>()
/** Where imports lead, by `IMPORTER SPECIFIER`; and what files hold. */
const resolutions = new Map<string, Promise<ResolveFnOutput>>()
const sources = new Map<string, Promise<LoadFnOutput>>()

/** Is told what to change, by id. */
export const initialize: InitializeHook<ReadonlyMap<string, Graft>> = data => {
  grafts = data
}

/** Leads from one module of a mutant to the next. */
export const resolve: ResolveHook = async (specifier, context, nextResolve) => {
  const id = context.parentURL === undefined ? undefined : mutantOf(context.parentURL)
  if (context.parentURL === undefined || id === undefined) return nextResolve(specifier, context)
  const importer = plain(context.parentURL)
  const resolved = await once(resolutions, `${importer} ${specifier}`, () => nextResolve(specifier, context))
  if (!isOwn(resolved.url)) return { ...resolved, shortCircuit: true }
  const file = plain(resolved.url)
  if (id === SOUND) sound.add(importer, file)
  return { ...resolved, url: marked(file, id === SOUND || isShared(file, id) ? SOUND : id), shortCircuit: true }
}

/** Changes the file. */
export const load: LoadHook = async (url, context, nextLoad) => {
  const id = mutantOf(url)
  if (id === undefined) return nextLoad(url, context)
  const file = plain(url)
  const loaded = await once(sources, file, async () => {
    // Nothing else of the answer: it says under what URL this file is known, with the id of who asked first.
    const { format, source } = await nextLoad(url, context)
    return { format, source: typeof source === 'string' ? source : new TextDecoder().decode(source as Uint8Array), shortCircuit: true }
  })
  const graft = grafts.get(id)
  return graft?.url === file ? { ...loaded, source: (loaded.source as string).replace(graft.find, () => graft.replace) } : loaded
}

/** What was found out under this key, or is now. */
function once<T>(known: Map<string, Promise<T>>, key: string, find: () => T | Promise<T>): Promise<T> {
  const found = known.get(key) ?? Promise.resolve(find())
  known.set(key, found)
  return found
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
