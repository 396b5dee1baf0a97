/** The contract with the suite (proto/remoteassist/conformance/v1), in the words of this package. */
import type { MessageInitShape } from '@bufbuild/protobuf'
import type {
  Do,
  EventSchema,
  HostFrame,
  HostFrameSchema,
  ResultSchema,
  RoleReadySchema,
  SnapshotDataSchema,
  TesteeFrameSchema,
} from './gen/remoteassist/conformance/v1/adapter_pb.js'

export {
  type FileEntry,
  HostFrameSchema,
  type Screen,
  type StartRole,
  TesteeFrameSchema,
} from './gen/remoteassist/conformance/v1/adapter_pb.js'

/** The version of the contract that this package speaks. */
export const CONTRACT = 1

/** Largest frame, either way, in bytes. */
export const MAX_FRAME_BYTES = 16 * 1_048_576

/** The plain form of a message, to be written down. */
type Plain<T> = Extract<T, { readonly $typeName?: never }>
type WithValue<T> = Extract<T, { readonly value: unknown }>

/** A command of the suite. */
export type Command = HostFrame
/** An answer or an event, as it is written down. */
export type Answer = Plain<MessageInitShape<typeof TesteeFrameSchema>>
/** The parts of an answer. */
export type AnswerKind = NonNullable<Answer['kind']>

/** What happened, as it is told. */
export type Happening = WithValue<NonNullable<Plain<MessageInitShape<typeof EventSchema>>['kind']>>
/** That a role is being played. */
export type Ready = Plain<MessageInitShape<typeof RoleReadySchema>>
/** How a command went. */
export type Outcome = Plain<MessageInitShape<typeof ResultSchema>>
/** How a role stands. */
export type Standing = Plain<MessageInitShape<typeof SnapshotDataSchema>>
/** What the suite sends, written down: for tests. */
export type CommandInit = Plain<MessageInitShape<typeof HostFrameSchema>>

/** An action, by its name. */
export type Action = WithValue<Do['action']>
/** The names of the actions. */
export type ActionName = Action['case']
/** What an action carries. */
export type ActionValue<N extends ActionName> = Extract<Action, { readonly case: N }>['value']
