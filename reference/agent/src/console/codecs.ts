/** What the picture understands beyond RAW, PNG and JPEG, which is what this browser decodes. */
import { PictureCodec, type Screens, type ShowOptions, type VideoCodec } from '@remote-assist/peer'
import { codecString } from '../video.js'

/** The codecs of video, those first that browsers decode with the least effort. */
const VIDEO: readonly (readonly [VideoCodec, PictureCodec])[] = [
  ['h264', PictureCodec.H264],
  ['vp9', PictureCodec.VP9],
  ['av1', PictureCodec.AV1],
]

/** What a decoder is asked for: a screen of a usual size. */
const USUAL = { width: 1920, height: 1080 }

async function decodes(codec: VideoCodec): Promise<boolean> {
  if (typeof VideoDecoder === 'undefined') return false
  const { supported } = await VideoDecoder.isConfigSupported({ codec: codecString(codec, USUAL), codedWidth: USUAL.width, codedHeight: USUAL.height })
  return supported ?? false
}

/** The codecs that subscriptions name, best first. */
export class Codecs {
  readonly #failing = new Set<VideoCodec>()

  /** Shows a screen; calls `begun` when that was asked for. Rejects as `Screens.show` does. */
  async show(screens: Screens, screenId: number, begun: () => void, options: Pick<ShowOptions, 'signal'> = {}): Promise<void> {
    const shown = screens.show(screenId, { ...options, codecs: await this.#list() })
    begun()
    await shown
  }

  /** COPY, and the video that this browser decodes, but for what was given up. */
  async #list(): Promise<readonly PictureCodec[]> {
    const able = await Promise.all(VIDEO.map(async ([codec, named]) => (!this.#failing.has(codec) && (await decodes(codec)) ? [named] : [])))
    return [PictureCodec.COPY, ...able.flat()]
  }

  /** Its decoder failed again and again: it is not named any more. */
  giveUp(codec: VideoCodec): void {
    this.#failing.add(codec)
  }
}
