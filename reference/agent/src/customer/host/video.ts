/** The video of a browser, as a host has it. */
import { HostError, type Image, type VideoCodec, type VideoHost } from '@remote-assist/peer'
import { cutOut } from './cut-out.js'
import type { PictureWorker } from './picture-worker.js'

/** What browsers may encode; what this one does is asked for each size. */
const CODECS: readonly VideoCodec[] = ['h264', 'vp9', 'av1']

/** The encoders of this browser, in the worker of what is shared; undefined where there are none. */
export function browserVideo(worker: () => PictureWorker | undefined): VideoHost | undefined {
  if (typeof VideoEncoder === 'undefined') return undefined
  return {
    codecs: CODECS,
    async open(codec, { width, height }) {
      const at = worker()
      const film = await at?.openFilm(codec, { width, height })
      if (at === undefined || film === undefined) return undefined
      let room: ArrayBuffer | undefined
      return {
        async encode(image: Image, { key, bitsPerSecond, capturedAtUs }) {
          const { buffer } = cutOut(image, { x: 0, y: 0, width, height }, room)
          const shot = await at.shoot(film, { pixels: buffer, key, bitsPerSecond, atUs: capturedAtUs }).catch(cause => {
            throw new HostError('E_HOST', 'The picture could not be encoded as video.', { cause })
          })
          room = shot.room
          return shot.data
        },
        close: () => at.closeFilm(film),
      }
    },
  }
}
