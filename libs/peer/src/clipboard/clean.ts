/** What arrives from the other side's clipboard, made fit for this one: whoever receives sees to it, for it cannot know what sent it. */
import { AssistError } from '../errors.js'
import { CLIPBOARD_FORMATS, HTML, PNG } from './formats.js'
import { cleanHtml } from './html.js'
import { cleanPng } from './png.js'

/**
 * Content as it may be put on a clipboard: text as UTF-8, HTML without anything that acts (RA-CLP-022), a picture down to its pixels (RA-CLP-023).
 * Rejects with `E_INVALID` if a picture cannot be read or is too large (RA-CLP-024), with `E_UNSUPPORTED` for any other format.
 */
export async function cleanContent(mime: string, data: Uint8Array): Promise<Uint8Array> {
  if (!CLIPBOARD_FORMATS.includes(mime)) throw new AssistError('E_UNSUPPORTED', `Clipboards do not share ${mime}.`)
  if (mime === PNG) return picture(data)
  const text = new TextDecoder().decode(data)
  return new TextEncoder().encode(mime === HTML ? cleanHtml(text) : text)
}

async function picture(data: Uint8Array): Promise<Uint8Array> {
  try {
    return await cleanPng(data)
  } catch (cause) {
    if (!(cause instanceof RangeError)) throw cause
    throw new AssistError('E_INVALID', 'The picture on the other clipboard cannot be taken.', { hint: cause.message, cause })
  }
}
