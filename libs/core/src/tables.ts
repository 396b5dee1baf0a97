import { ANNOTATION_TABLE } from './channels/annotation/table.js'
import { CHAT_TABLE } from './channels/chat/table.js'
import { CLIPBOARD_TABLE } from './channels/clipboard/table.js'
import { ELEVATION_GRANTOR_TABLE } from './channels/elevation/grantor-table.js'
import { ELEVATION_REQUESTER_TABLE } from './channels/elevation/requester-table.js'
import { RECEIVER_TABLE } from './channels/file/receiver-table.js'
import { SENDER_TABLE } from './channels/file/sender-table.js'
import { FILE_TABLE } from './channels/file/table.js'
import { INPUT_SINK_TABLE } from './channels/input/sink-table.js'
import { INPUT_SOURCE_TABLE } from './channels/input/source.js'
import { SCREEN_SOURCE_TABLE } from './channels/screen/source.js'
import { SCREEN_VIEW_TABLE } from './channels/screen/view.js'
import { LEASE_TABLE } from './lease/lease.js'
import { GRANTEE_TABLE } from './peer/grantee.js'
import { GRANTOR_TABLE } from './peer/grantor-table.js'
import { REJOIN_TABLE } from './rejoin/rejoin.js'
import { ROOM_TABLE } from './room/table.js'
import { SESSION_TABLE } from './session/session.js'

/** Every transition table by the name of its machine: what the specification's diagrams and the simulation are made from. */
export const TABLES = {
  session: SESSION_TABLE,
  grantor: GRANTOR_TABLE,
  grantee: GRANTEE_TABLE,
  lease: LEASE_TABLE,
  rejoin: REJOIN_TABLE,
  screenSource: SCREEN_SOURCE_TABLE,
  screenView: SCREEN_VIEW_TABLE,
  inputSink: INPUT_SINK_TABLE,
  inputSource: INPUT_SOURCE_TABLE,
  clipboard: CLIPBOARD_TABLE,
  file: FILE_TABLE,
  fileSender: SENDER_TABLE,
  fileReceiver: RECEIVER_TABLE,
  elevationGrantor: ELEVATION_GRANTOR_TABLE,
  elevationRequester: ELEVATION_REQUESTER_TABLE,
  chat: CHAT_TABLE,
  annotation: ANNOTATION_TABLE,
  room: ROOM_TABLE,
} as const
