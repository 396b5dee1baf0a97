/** The manifest of an incoming transfer: checked as it comes, and what becomes of each entry. */

import { type Entry, EntryAction, EntryKind, type FileDecision_Exception, FileRefusal } from '@remote-assist/codec'
import { MAX_PAGE } from '@remote-assist/core'
import type { Hasher } from './hasher.js'
import { foldName, nameFault, pathFault, proposeName } from './names.js'
import type { Kept, Occupant, Placement } from './store.js'

/** What is wrong with an entry, so that nobody needs to be asked about it. */
export interface Fault {
  readonly refusal: FileRefusal.TOO_LARGE | FileRefusal.NAME
  /** The entry's own name is at fault, not one above it: another one would do. */
  readonly own: boolean
}

const keyOf = (path: readonly string[]): string => path.join('\0')

/** An entry of an incoming manifest. */
export interface Listed {
  readonly entry: Entry
  /** The folder that it is in; undefined = the transfer's root. */
  readonly parent: Listed | undefined
  readonly fault: Fault | undefined
  /** Larger than a file may be, whatever its name. */
  readonly tooLarge: boolean
}

/** Collects a manifest page by page. */
export class Manifest {
  readonly listed: Listed[] = []
  readonly #folders = new Map<string, Listed>()
  /** For each folder, the folded names in it. */
  readonly #names = new Map<string, Set<string>>()
  readonly #proposals = new Map<number, string>()

  /** Takes a page. False if a folder does not come before what is in it (RA-FIL-005): the transfer is to be cancelled. */
  add(entries: readonly Entry[], tooLarge: readonly number[]): boolean {
    const large = new Set(tooLarge)
    for (const entry of entries) {
      const parentKey = keyOf(entry.path.slice(0, -1))
      const parent = this.#folders.get(parentKey)
      if (parent === undefined && entry.path.length > 1) return false
      const names = this.#namesIn(parentKey)
      const name = entry.path.at(-1) ?? ''
      const folded = foldName(name)
      const badName = nameFault(name) !== undefined || names.has(folded) || (parent?.fault === undefined && pathFault(entry.path) !== undefined)
      const tooBig = large.has(entry.entry)
      const fault: Fault | undefined =
        badName || parent?.fault?.refusal === FileRefusal.NAME
          ? { refusal: FileRefusal.NAME, own: badName }
          : tooBig
            ? { refusal: FileRefusal.TOO_LARGE, own: true }
            : undefined
      names.add(folded)
      const listed: Listed = { entry, parent, fault, tooLarge: tooBig }
      this.listed.push(listed)
      const key = keyOf(entry.path)
      if (entry.kind === EntryKind.FOLDER && !this.#folders.has(key)) this.#folders.set(key, listed)
    }
    return true
  }

  /** Whether the manifest has this name in the folder of an entry, or proposed it there. */
  isListed({ entry }: Listed, name: string): boolean {
    return this.#namesIn(keyOf(entry.path.slice(0, -1))).has(foldName(name))
  }

  /** For an entry whose name is at fault, one that would do: acceptable, and of no other entry. Empty for every other entry. Asked when the manifest is complete. */
  proposal(listed: Listed): string {
    const { entry, fault } = listed
    if (fault?.refusal !== FileRefusal.NAME || !fault.own) return ''
    const known = this.#proposals.get(entry.entry)
    if (known !== undefined) return known
    const name = proposeName(entry.path.at(-1) ?? '', other => this.isListed(listed, other))
    this.#proposals.set(entry.entry, name)
    this.#namesIn(keyOf(entry.path.slice(0, -1))).add(foldName(name))
    return name
  }

  /** Tells this manifest from another one: what is kept of another is of no use. */
  async digest(hasher: Hasher): Promise<Uint8Array> {
    const hash = hasher.leaf()
    const encoder = new TextEncoder()
    for (const { entry } of this.listed) hash.update(encoder.encode(JSON.stringify([entry.path, entry.kind, String(entry.bytes), String(entry.modifiedMs)])))
    return hash.digest()
  }

  #namesIn(folder: string): Set<string> {
    const names = this.#names.get(folder) ?? new Set()
    this.#names.set(folder, names)
    return names
  }
}

/** What happens to an incoming file whose name is taken at its place. */
export type Conflict = 'rename' | 'overwrite' | 'skip'

/** What happens to an incoming entry whose name is not possible here: it is refused, or gets the name that is proposed. */
export type BadName = 'refuse' | 'rename'

/** What happens to an entry. */
export interface Choice {
  readonly action: EntryAction
  readonly refusal: FileRefusal
  /** With RENAME its name, with a NAME refusal one that would do. */
  readonly name: string
  /** Where it goes, if it is taken. */
  readonly placement: Placement | undefined
}

/** What a decision is made of. */
export interface Wishes {
  readonly manifest: Manifest
  /** Whether the user wants this entry; folders are made for what is in them. */
  readonly wants: (path: string) => boolean
  readonly conflict: Conflict
  readonly badName: BadName
  readonly roomBytes: bigint
  /** What has names in a folder of the store already. */
  readonly names: (folder: readonly string[]) => Promise<ReadonlyMap<string, Occupant>>
  readonly kept: Kept | undefined
}

/** The choice not to take an entry. */
export const refuse = (refusal: FileRefusal, name = ''): Choice => ({ action: EntryAction.REFUSE, refusal, name, placement: undefined })
const SKIP: Choice = { action: EntryAction.SKIP, refusal: FileRefusal.UNSPECIFIED, name: '', placement: undefined }
const take = (action: EntryAction, path: readonly string[], name = ''): Choice => ({
  action,
  refusal: FileRefusal.UNSPECIFIED,
  name,
  placement: { path, overwrite: action === EntryAction.OVERWRITE },
})

/** Bytes of an entry that are still to be written, if it is taken. */
export function missingBytes({ entry, bytes }: Entry, kept: Kept | undefined): bigint {
  const here = kept?.settled.has(entry) ? bytes : (kept?.partBytes.get(entry) ?? 0n)
  return here < bytes ? bytes - here : 0n
}

/**
 * Decides every entry: faults are refused; what is at its place from before stays there; names that are taken are handled as wished, now, whatever was wished before;
 * what does not fit is refused.
 */
export async function decide({ manifest, wants, conflict, badName, roomBytes, names, kept }: Wishes): Promise<Choice[]> {
  const choices: Choice[] = []
  /** Folders that were there before: only in them may a name be taken. */
  const merged = new Set<string>([''])
  const occupied = new Map<string, Map<string, Occupant>>()
  let room = roomBytes
  const occupantsOf = async (folder: readonly string[]) => {
    const key = keyOf(folder)
    const known = occupied.get(key) ?? new Map([...(await names(folder))].map(([name, occupant]) => [foldName(name), occupant] as const))
    occupied.set(key, known)
    return known
  }
  for (const listed of manifest.listed) choices.push(await choose(listed))
  return choices

  async function choose(listed: Listed): Promise<Choice> {
    const { entry, parent, fault, tooLarge } = listed
    const renamed = badName === 'rename' && fault?.refusal === FileRefusal.NAME
    if (fault !== undefined && !renamed) return refuse(fault.refusal, manifest.proposal(listed))
    const above = parent === undefined ? undefined : choices[parent.entry.entry]
    if (above !== undefined && above.placement === undefined) return { ...above, name: '' }
    if (tooLarge) return refuse(FileRefusal.TOO_LARGE)
    if (entry.kind === EntryKind.FILE && !wants(entry.path.join('/'))) return SKIP
    const folder = above?.placement?.path ?? []
    const own = entry.path.at(-1) ?? ''
    const before = kept?.settled.has(entry.entry) ? kept.placements.get(entry.entry) : undefined
    if (before !== undefined) return again(before, listed)
    const name = (renamed && manifest.proposal(listed)) || own
    if (renamed && pathFault([...folder, name]) !== undefined) return refuse(FileRefusal.NAME)
    const choice = merged.has(keyOf(folder)) ? await place(listed, folder, name) : under(name, own, [...folder, name])
    if (choice.placement === undefined || entry.kind === EntryKind.FOLDER) return choice
    const missing = missingBytes(entry, kept)
    if (missing > room) return refuse(FileRefusal.SPACE)
    room -= missing
    return choice
  }

  /** Finds a place in a folder in which names may be taken, also by what was placed there just now. */
  async function place(listed: Listed, folder: readonly string[], name: string): Promise<Choice> {
    const there = await occupantsOf(folder)
    const choice = placed(listed, folder, name, there)
    const last = choice.placement?.path.at(-1)
    if (last !== undefined) there.set(foldName(last), listed.entry.kind === EntryKind.FOLDER ? 'folder' : 'file')
    return choice
  }

  function placed(listed: Listed, folder: readonly string[], name: string, there: ReadonlyMap<string, Occupant>): Choice {
    const own = listed.entry.path.at(-1) ?? ''
    const occupant = there.get(foldName(name))
    const path = [...folder, name]
    if (occupant === undefined) return under(name, own, path)
    const isFile = listed.entry.kind === EntryKind.FILE
    if (conflict === 'skip' && isFile) return SKIP
    if (conflict === 'overwrite' && isFile && occupant === 'file' && name === own) return take(EntryAction.OVERWRITE, path)
    if (conflict !== 'rename' && name === own && !isFile && occupant === 'folder') {
      merged.add(keyOf(path))
      return take(EntryAction.ACCEPT, path)
    }
    const other = proposeName(name, free => there.has(foldName(free)) || manifest.isListed(listed, free))
    return take(EntryAction.RENAME, [...folder, other], other)
  }

  function under(name: string, own: string, path: readonly string[]): Choice {
    return name === own ? take(EntryAction.ACCEPT, path) : take(EntryAction.RENAME, path, name)
  }

  /** It is there already, as it was put there. */
  function again(before: Placement, { entry }: Listed): Choice {
    const last = before.path.at(-1) ?? ''
    if (entry.kind === EntryKind.FOLDER) merged.add(keyOf(before.path))
    if (last !== entry.path.at(-1)) return take(EntryAction.RENAME, before.path, last)
    return take(before.overwrite ? EntryAction.OVERWRITE : EntryAction.ACCEPT, before.path)
  }
}

/** A part of a decision, as the core takes it. */
export interface DecisionPart {
  readonly defaultAction: EntryAction
  readonly refusal: FileRefusal
  readonly exceptions: readonly FileDecision_Exception[]
  readonly more: boolean
}

/** The choices as one default and its exceptions, in parts (RA-FIL-012). */
export function decisionParts(choices: readonly Choice[]): DecisionPart[] {
  const taken = choices.some(({ placement }) => placement !== undefined)
  const usual = taken ? undefined : (choices.find(({ name }) => name === '') ?? choices[0])
  const defaultAction = usual?.action ?? EntryAction.ACCEPT
  const refusal = usual?.refusal ?? FileRefusal.UNSPECIFIED
  const exceptions = choices.flatMap<FileDecision_Exception>((choice, entry) =>
    choice.action === defaultAction && choice.refusal === refusal && choice.name === ''
      ? []
      : [{ entry, action: choice.action, name: choice.name, refusal: choice.refusal }],
  )
  const parts: DecisionPart[] = []
  for (let first = 0; first === 0 || first < exceptions.length; first += MAX_PAGE) {
    const more = first + MAX_PAGE < exceptions.length
    parts.push({ defaultAction, refusal, exceptions: exceptions.slice(first, first + MAX_PAGE), more })
  }
  return parts
}
