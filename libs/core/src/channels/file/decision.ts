/** What a FileDecision takes, counted part by part in the same way at both ends. */
import { EntryAction, type FileDecision_Exception } from '@remote-assist/codec'

/** The parts so far. */
export interface Tally {
  readonly defaultAction: EntryAction
  /** Entries that will be taken. */
  readonly taken: number
  /** The lowest entry that the next exception may name. */
  readonly from: number
}

const takes = (action: EntryAction): boolean => action === EntryAction.ACCEPT || action === EntryAction.RENAME || action === EntryAction.OVERWRITE
const isDefault = (action: EntryAction): boolean => action === EntryAction.ACCEPT || action === EntryAction.SKIP || action === EntryAction.REFUSE

/** The tally after one more part, or undefined if the part does not fit: another default, or exceptions that do not ascend within the manifest. */
export function tally(
  before: Tally | undefined,
  part: { readonly defaultAction: EntryAction; readonly exceptions: readonly FileDecision_Exception[] },
  entries: number,
): Tally | undefined {
  const { defaultAction } = part
  if (!isDefault(defaultAction) || (before !== undefined && before.defaultAction !== defaultAction)) return undefined
  const byDefault = takes(defaultAction) ? 1 : 0
  let { taken, from } = before ?? { taken: byDefault * entries, from: 0 }
  for (const { entry, action } of part.exceptions) {
    if (entry < from || entry >= entries) return undefined
    taken += (takes(action) ? 1 : 0) - byDefault
    from = entry + 1
  }
  return { defaultAction, taken, from }
}
