/** The page's clipboard, as browsers have it: asynchronous where they do, by the events of copying and pasting elsewhere. */

import type { View } from './popout.js'

/** What is on a clipboard, by format. */
export type Content = ReadonlyMap<string, Blob>

/** What clipboards share. */
const FORMATS = ['text/plain', 'text/html', 'image/png']
const TEXT = 'text/plain'

const textBlob = (mime: string, text: string): Blob => new Blob([text], { type: mime })

/** Browsers without a permission to read would ask their user each time that a page reads. */
async function asksOnce({ navigator }: View): Promise<boolean> {
  try {
    await navigator.permissions.query({ name: 'clipboard-read' as PermissionName })
    return true
  } catch {
    return false
  }
}

/** What is there. Rejects if the browser does not let pages read, not now, or not without asking again. */
export async function readPage(view: View): Promise<Content> {
  const { clipboard } = view.navigator
  if (!(await asksOnce(view))) throw new TypeError('This browser asks at each reading.')
  if (clipboard?.read === undefined) {
    const text = await clipboard.readText()
    return new Map(text === '' ? [] : [[TEXT, textBlob(TEXT, text)]])
  }
  const content = new Map<string, Blob>()
  for (const item of await clipboard.read())
    for (const mime of FORMATS) if (item.types.includes(mime) && !content.has(mime)) content.set(mime, await item.getType(mime))
  return new Map([...content].filter(([, { size }]) => size > 0))
}

/** Puts it there. Rejects if the browser does not let pages write, or not now. */
export async function writePage({ navigator, ClipboardItem }: View, content: Content): Promise<void> {
  if (typeof ClipboardItem === 'function' && navigator.clipboard?.write !== undefined)
    return navigator.clipboard.write([new ClipboardItem(Object.fromEntries(content))])
  const text = content.get(TEXT)
  if (text === undefined) throw new TypeError('This browser writes text alone.')
  return navigator.clipboard.writeText(await text.text())
}

/** What a paste brings. */
export function readFromEvent(data: DataTransfer): Content {
  const content = new Map<string, Blob>()
  for (const mime of FORMATS) {
    const text = mime.startsWith('text/') ? data.getData(mime) : ''
    if (text !== '') content.set(mime, textBlob(mime, text))
  }
  for (const file of data.files) if (FORMATS.includes(file.type)) content.set(file.type, file)
  return content
}

/** The same in every format that the first one has. */
export async function isSame(content: Content, other: Content): Promise<boolean> {
  for (const [mime, blob] of content) {
    const before = other.get(mime)
    if (before === undefined || before.size !== blob.size) return false
    const [a, b] = (await Promise.all([blob, before].map(async it => new Uint8Array(await it.arrayBuffer())))) as [Uint8Array, Uint8Array]
    if (a.some((byte, i) => byte !== b[i])) return false
  }
  return true
}

/** Puts texts there by the event of copying, within a key press or a click. False if the browser does not. */
export function copyByEvent({ document }: View, texts: ReadonlyMap<string, string>): boolean {
  let copied = false
  const copy = (event: ClipboardEvent) => {
    event.preventDefault()
    event.stopImmediatePropagation()
    for (const [mime, text] of texts) event.clipboardData?.setData(mime, text)
    copied = true
  }
  document.addEventListener('copy', copy, { capture: true })
  document.execCommand('copy')
  document.removeEventListener('copy', copy, { capture: true })
  return copied
}
