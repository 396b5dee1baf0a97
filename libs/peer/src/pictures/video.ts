/** Which codecs are video: what they encode builds on pictures before. Pure. */
import { PictureCodec } from '@remote-assist/codec'
import type { VideoCodec } from '../host.js'

/** The codecs as they are on the wire. */
export const VIDEO_WIRE: { readonly [C in VideoCodec]: PictureCodec } = { h264: PictureCodec.H264, vp9: PictureCodec.VP9, av1: PictureCodec.AV1 }

/** Codecs by their name on the wire. */
const NAMES = new Map(Object.entries(VIDEO_WIRE).map(([name, codec]) => [codec, name as VideoCodec]))

/** Whether what it encodes builds on pictures before. */
export const isVideo = (codec: PictureCodec): boolean => NAMES.has(codec)

/** The video codecs of a list, in its order. */
export const videoCodecsOf = (codecs: readonly PictureCodec[]): readonly VideoCodec[] => codecs.flatMap(codec => NAMES.get(codec) ?? [])

/** Those that the policy allows; no list means all (RA-SCR-053). */
export const allowedVideo = (policy: readonly PictureCodec[]): readonly VideoCodec[] => (policy.length === 0 ? [...NAMES.values()] : videoCodecsOf(policy))
