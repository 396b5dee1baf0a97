/** The frames of a shared screen, on their way to the worker. */
import type { PictureWorker } from './picture-worker.js'

/** Chromium's way to the frames of a track, which the DOM's types do not have. */
interface TrackProcessor {
  readonly readable: ReadableStream<VideoFrame>
}
type TrackProcessorClass = new (init: { readonly track: MediaStreamTrack; readonly maxBufferSize?: number }) => TrackProcessor

/** Where there is no stream of frames, one is taken so often, in ms. */
const LOOK_MS = 100

/** Passes frames to the worker until the track ends. Returns a function that stops it. */
export function passFrames(stream: MediaStream, worker: PictureWorker): () => void {
  const [track] = stream.getVideoTracks()
  const { MediaStreamTrackProcessor: Processor } = globalThis as unknown as { readonly MediaStreamTrackProcessor?: TrackProcessorClass }
  if (Processor === undefined || track === undefined) return passByVideo(stream, worker)
  worker.watch(new Processor({ track, maxBufferSize: 2 }).readable)
  return () => undefined
}

/** Takes frames off a video that nobody sees. */
function passByVideo(stream: MediaStream, worker: PictureWorker): () => void {
  const video = document.createElement('video')
  video.muted = true
  video.srcObject = stream
  // A page that may capture may play what it captures.
  void video.play().catch(() => undefined)
  let busy = false
  const look = async (): Promise<void> => {
    if (busy || video.videoWidth === 0) return
    busy = true
    try {
      worker.look(await createImageBitmap(video))
    } catch {
      // Between two sizes there is no picture: the next look finds one.
    } finally {
      busy = false
    }
  }
  const timer = setInterval(() => void look(), LOOK_MS)
  return () => {
    clearInterval(timer)
    video.srcObject = null
  }
}
