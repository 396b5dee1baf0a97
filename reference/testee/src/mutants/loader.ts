/** Module hooks, in a thread of their own: the text of one file is another when it is loaded. */
import type { InitializeHook, LoadHook } from 'node:module'
import type { Graft } from './plant.js'

let graft: Graft | undefined

/** Is told what to change. */
export const initialize: InitializeHook<Graft> = data => {
  graft = data
}

/** Changes it. */
export const load: LoadHook = async (url, context, nextLoad) => {
  const loaded = await nextLoad(url, context)
  if (graft === undefined || url !== graft.url) return loaded
  const { find, replace } = graft
  const text = typeof loaded.source === 'string' ? loaded.source : new TextDecoder().decode(loaded.source as Uint8Array)
  return { ...loaded, source: text.replace(find, () => replace) }
}
