/** The files of a browser: from the person's dialog, and into memory, with a link to save each. */
import type { FilePlatform } from '@remote-assist/peer'
import { type DeskOwner, FileDesk, plain } from '@remote-assist/ui'
import { pickedFiles, pickedSource } from '../../files/source.js'
import { BrowserStore, browserFiles } from '../../files/store.js'
import { linkedFiles } from './received.js'

export class PickedFiles {
  readonly desk: FileDesk
  readonly platform: FilePlatform

  constructor(owner: Omit<DeskOwner, 'take' | 'took'>) {
    const store = new BrowserStore()
    const destination = linkedFiles(file => this.desk.received(file))
    this.desk = new FileDesk({ ...owner, take: offer => store.take(offer, destination), took: () => undefined })
    this.platform = browserFiles(store)
  }

  /** Sends files: as the answer to an ask, else to everybody who may have them. */
  async send(files: readonly File[], question: number | undefined): Promise<void> {
    if (files.length === 0) return
    this.desk.send(
      await pickedSource(pickedFiles(files)),
      files.map(({ name }) => plain(name)),
      question,
    )
  }
}
