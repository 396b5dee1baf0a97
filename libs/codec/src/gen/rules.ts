// Generated from proto/ by `npm run generate -w @remote-assist/codec`. Do not edit.

import type { CloseCodeTable, RuleMatrix } from '../rules.js'
import { CloseCode } from './messages/close_code.js'
import { Permission, Phase, Role } from './messages/common.js'
import { Otherwise } from './messages/rules.js'

/** The rule matrix: for each channel and message, who may send it to whom, when, needing what. */
export const RULES: RuleMatrix = {
  RELAY: {
    hello: [
      { from: Role.AGENT, to: [Role.BROKER], phases: [Phase.ATTACHING], grant: Permission.UNSPECIFIED, needsLease: false, needsElevation: false, otherwise: Otherwise.FATAL },
      { from: Role.CUSTOMER, to: [Role.BROKER], phases: [Phase.ATTACHING], grant: Permission.UNSPECIFIED, needsLease: false, needsElevation: false, otherwise: Otherwise.FATAL },
      { from: Role.VIEWER, to: [Role.BROKER], phases: [Phase.ATTACHING], grant: Permission.UNSPECIFIED, needsLease: false, needsElevation: false, otherwise: Otherwise.FATAL },
    ],
    welcome: [
      { from: Role.BROKER, to: [Role.AGENT, Role.CUSTOMER, Role.VIEWER], phases: [Phase.JOINING, Phase.LIVE], grant: Permission.UNSPECIFIED, needsLease: false, needsElevation: false, otherwise: Otherwise.FATAL },
    ],
    refusal: [
      { from: Role.BROKER, to: [Role.AGENT, Role.CUSTOMER, Role.VIEWER], phases: [Phase.JOINING, Phase.LIVE], grant: Permission.UNSPECIFIED, needsLease: false, needsElevation: false, otherwise: Otherwise.FATAL },
    ],
    admit: [
      { from: Role.AGENT, to: [Role.BROKER], phases: [Phase.ADMITTED], grant: Permission.UNSPECIFIED, needsLease: false, needsElevation: false, otherwise: Otherwise.FATAL },
      { from: Role.CUSTOMER, to: [Role.BROKER], phases: [Phase.ADMITTED], grant: Permission.UNSPECIFIED, needsLease: false, needsElevation: false, otherwise: Otherwise.FATAL },
    ],
    evict: [
      { from: Role.AGENT, to: [Role.BROKER], phases: [Phase.ADMITTED], grant: Permission.UNSPECIFIED, needsLease: false, needsElevation: false, otherwise: Otherwise.FATAL },
      { from: Role.CUSTOMER, to: [Role.BROKER], phases: [Phase.ADMITTED], grant: Permission.UNSPECIFIED, needsLease: false, needsElevation: false, otherwise: Otherwise.FATAL },
    ],
    roster: [
      { from: Role.BROKER, to: [Role.AGENT, Role.CUSTOMER, Role.VIEWER], phases: [Phase.LIVE], grant: Permission.UNSPECIFIED, needsLease: false, needsElevation: false, otherwise: Otherwise.DROP },
    ],
    ping: [
      { from: Role.AGENT, to: [Role.BROKER], phases: [Phase.CANDIDATE, Phase.ADMITTED], grant: Permission.UNSPECIFIED, needsLease: false, needsElevation: false, otherwise: Otherwise.FATAL },
      { from: Role.CUSTOMER, to: [Role.BROKER], phases: [Phase.CANDIDATE, Phase.ADMITTED], grant: Permission.UNSPECIFIED, needsLease: false, needsElevation: false, otherwise: Otherwise.FATAL },
      { from: Role.VIEWER, to: [Role.BROKER], phases: [Phase.CANDIDATE, Phase.ADMITTED], grant: Permission.UNSPECIFIED, needsLease: false, needsElevation: false, otherwise: Otherwise.FATAL },
      { from: Role.BROKER, to: [Role.AGENT, Role.CUSTOMER, Role.VIEWER], phases: [Phase.LIVE], grant: Permission.UNSPECIFIED, needsLease: false, needsElevation: false, otherwise: Otherwise.DROP },
    ],
    pong: [
      { from: Role.AGENT, to: [Role.BROKER], phases: [Phase.CANDIDATE, Phase.ADMITTED], grant: Permission.UNSPECIFIED, needsLease: false, needsElevation: false, otherwise: Otherwise.FATAL },
      { from: Role.CUSTOMER, to: [Role.BROKER], phases: [Phase.CANDIDATE, Phase.ADMITTED], grant: Permission.UNSPECIFIED, needsLease: false, needsElevation: false, otherwise: Otherwise.FATAL },
      { from: Role.VIEWER, to: [Role.BROKER], phases: [Phase.CANDIDATE, Phase.ADMITTED], grant: Permission.UNSPECIFIED, needsLease: false, needsElevation: false, otherwise: Otherwise.FATAL },
      { from: Role.BROKER, to: [Role.AGENT, Role.CUSTOMER, Role.VIEWER], phases: [Phase.LIVE], grant: Permission.UNSPECIFIED, needsLease: false, needsElevation: false, otherwise: Otherwise.DROP },
    ],
    bye: [
      { from: Role.AGENT, to: [Role.BROKER], phases: [Phase.CANDIDATE, Phase.ADMITTED], grant: Permission.UNSPECIFIED, needsLease: false, needsElevation: false, otherwise: Otherwise.FATAL },
      { from: Role.CUSTOMER, to: [Role.BROKER], phases: [Phase.CANDIDATE, Phase.ADMITTED], grant: Permission.UNSPECIFIED, needsLease: false, needsElevation: false, otherwise: Otherwise.FATAL },
      { from: Role.VIEWER, to: [Role.BROKER], phases: [Phase.CANDIDATE, Phase.ADMITTED], grant: Permission.UNSPECIFIED, needsLease: false, needsElevation: false, otherwise: Otherwise.FATAL },
      { from: Role.BROKER, to: [Role.AGENT, Role.CUSTOMER, Role.VIEWER], phases: [Phase.JOINING, Phase.LIVE], grant: Permission.UNSPECIFIED, needsLease: false, needsElevation: false, otherwise: Otherwise.DROP },
    ],
    dropMedia: [
      { from: Role.CUSTOMER, to: [Role.BROKER], phases: [Phase.ADMITTED], grant: Permission.UNSPECIFIED, needsLease: false, needsElevation: false, otherwise: Otherwise.FATAL },
    ],
    notice: [
      { from: Role.BROKER, to: [Role.AGENT, Role.CUSTOMER, Role.VIEWER], phases: [Phase.LIVE], grant: Permission.UNSPECIFIED, needsLease: false, needsElevation: false, otherwise: Otherwise.DROP },
    ],
    setLead: [
      { from: Role.CUSTOMER, to: [Role.BROKER], phases: [Phase.ADMITTED], grant: Permission.UNSPECIFIED, needsLease: false, needsElevation: false, otherwise: Otherwise.FATAL },
    ],
    setInvites: [
      { from: Role.CUSTOMER, to: [Role.BROKER], phases: [Phase.ADMITTED], grant: Permission.UNSPECIFIED, needsLease: false, needsElevation: false, otherwise: Otherwise.FATAL },
    ],
  },
  HANDSHAKE: {
    start: [
      { from: Role.CUSTOMER, to: [Role.AGENT, Role.VIEWER], phases: [Phase.SECURING, Phase.SUSPENDED, Phase.CONSENTING, Phase.ADMISSION, Phase.ACTIVE, Phase.PAUSED], grant: Permission.UNSPECIFIED, needsLease: false, needsElevation: false, otherwise: Otherwise.DROP },
    ],
    commit: [
      { from: Role.AGENT, to: [Role.CUSTOMER], phases: [Phase.SECURING], grant: Permission.UNSPECIFIED, needsLease: false, needsElevation: false, otherwise: Otherwise.DROP },
      { from: Role.VIEWER, to: [Role.CUSTOMER], phases: [Phase.SECURING], grant: Permission.UNSPECIFIED, needsLease: false, needsElevation: false, otherwise: Otherwise.DROP },
    ],
    share: [
      { from: Role.CUSTOMER, to: [Role.AGENT, Role.VIEWER], phases: [Phase.SECURING], grant: Permission.UNSPECIFIED, needsLease: false, needsElevation: false, otherwise: Otherwise.DROP },
      { from: Role.AGENT, to: [Role.CUSTOMER], phases: [Phase.SECURING], grant: Permission.UNSPECIFIED, needsLease: false, needsElevation: false, otherwise: Otherwise.DROP },
      { from: Role.VIEWER, to: [Role.CUSTOMER], phases: [Phase.SECURING], grant: Permission.UNSPECIFIED, needsLease: false, needsElevation: false, otherwise: Otherwise.DROP },
    ],
    confirm: [
      { from: Role.CUSTOMER, to: [Role.AGENT, Role.VIEWER], phases: [Phase.SECURING], grant: Permission.UNSPECIFIED, needsLease: false, needsElevation: false, otherwise: Otherwise.DROP },
      { from: Role.AGENT, to: [Role.CUSTOMER], phases: [Phase.SECURING], grant: Permission.UNSPECIFIED, needsLease: false, needsElevation: false, otherwise: Otherwise.DROP },
      { from: Role.VIEWER, to: [Role.CUSTOMER], phases: [Phase.SECURING], grant: Permission.UNSPECIFIED, needsLease: false, needsElevation: false, otherwise: Otherwise.DROP },
    ],
    failure: [
      { from: Role.CUSTOMER, to: [Role.AGENT, Role.VIEWER], phases: [Phase.SECURING, Phase.CONSENTING, Phase.ADMISSION, Phase.ACTIVE, Phase.PAUSED], grant: Permission.UNSPECIFIED, needsLease: false, needsElevation: false, otherwise: Otherwise.DROP },
      { from: Role.AGENT, to: [Role.CUSTOMER], phases: [Phase.SECURING], grant: Permission.UNSPECIFIED, needsLease: false, needsElevation: false, otherwise: Otherwise.DROP },
      { from: Role.VIEWER, to: [Role.CUSTOMER], phases: [Phase.SECURING], grant: Permission.UNSPECIFIED, needsLease: false, needsElevation: false, otherwise: Otherwise.DROP },
    ],
  },
  SESSION: {
    consentRequest: [
      { from: Role.AGENT, to: [Role.CUSTOMER], phases: [Phase.CONSENTING, Phase.ACTIVE, Phase.PAUSED], grant: Permission.UNSPECIFIED, needsLease: false, needsElevation: false, otherwise: Otherwise.REFUSE },
    ],
    decision: [
      { from: Role.CUSTOMER, to: [Role.AGENT, Role.VIEWER], phases: [Phase.CONSENTING, Phase.ADMISSION, Phase.ACTIVE, Phase.PAUSED], grant: Permission.UNSPECIFIED, needsLease: false, needsElevation: false, otherwise: Otherwise.DROP },
    ],
    grantChanged: [
      { from: Role.CUSTOMER, to: [Role.AGENT, Role.VIEWER], phases: [Phase.CONSENTING, Phase.ADMISSION, Phase.ACTIVE, Phase.PAUSED], grant: Permission.UNSPECIFIED, needsLease: false, needsElevation: false, otherwise: Otherwise.DROP },
    ],
    controlLease: [
      { from: Role.CUSTOMER, to: [Role.AGENT, Role.VIEWER], phases: [Phase.ACTIVE, Phase.PAUSED], grant: Permission.UNSPECIFIED, needsLease: false, needsElevation: false, otherwise: Otherwise.DROP },
    ],
    requestControl: [
      { from: Role.AGENT, to: [Role.CUSTOMER], phases: [Phase.ACTIVE], grant: Permission.CONTROL_INPUT, needsLease: false, needsElevation: false, otherwise: Otherwise.REFUSE },
    ],
    releaseControl: [
      { from: Role.AGENT, to: [Role.CUSTOMER], phases: [Phase.ACTIVE, Phase.PAUSED], grant: Permission.UNSPECIFIED, needsLease: false, needsElevation: false, otherwise: Otherwise.DROP },
    ],
    pause: [
      { from: Role.CUSTOMER, to: [Role.AGENT, Role.VIEWER], phases: [Phase.ACTIVE, Phase.PAUSED], grant: Permission.UNSPECIFIED, needsLease: false, needsElevation: false, otherwise: Otherwise.DROP },
    ],
    unpause: [
      { from: Role.CUSTOMER, to: [Role.AGENT, Role.VIEWER], phases: [Phase.ACTIVE, Phase.PAUSED], grant: Permission.UNSPECIFIED, needsLease: false, needsElevation: false, otherwise: Otherwise.DROP },
    ],
    stop: [
      { from: Role.CUSTOMER, to: [Role.AGENT, Role.VIEWER], phases: [Phase.CONSENTING, Phase.ADMISSION, Phase.ACTIVE, Phase.PAUSED], grant: Permission.UNSPECIFIED, needsLease: false, needsElevation: false, otherwise: Otherwise.DROP },
    ],
    remove: [
      { from: Role.AGENT, to: [Role.CUSTOMER], phases: [Phase.ACTIVE, Phase.PAUSED], grant: Permission.UNSPECIFIED, needsLease: false, needsElevation: false, otherwise: Otherwise.REFUSE },
    ],
    participants: [
      { from: Role.CUSTOMER, to: [Role.AGENT, Role.VIEWER], phases: [Phase.CONSENTING, Phase.ADMISSION, Phase.ACTIVE, Phase.PAUSED], grant: Permission.UNSPECIFIED, needsLease: false, needsElevation: false, otherwise: Otherwise.DROP },
    ],
    leadChanged: [
      { from: Role.CUSTOMER, to: [Role.AGENT, Role.VIEWER], phases: [Phase.ACTIVE, Phase.PAUSED], grant: Permission.UNSPECIFIED, needsLease: false, needsElevation: false, otherwise: Otherwise.DROP },
    ],
    inviteRegister: [
      { from: Role.AGENT, to: [Role.CUSTOMER], phases: [Phase.ACTIVE, Phase.PAUSED], grant: Permission.UNSPECIFIED, needsLease: false, needsElevation: false, otherwise: Otherwise.REFUSE },
    ],
    inviteRegistered: [
      { from: Role.CUSTOMER, to: [Role.AGENT], phases: [Phase.ACTIVE, Phase.PAUSED], grant: Permission.UNSPECIFIED, needsLease: false, needsElevation: false, otherwise: Otherwise.DROP },
    ],
    inviteRevoke: [
      { from: Role.AGENT, to: [Role.CUSTOMER], phases: [Phase.ACTIVE, Phase.PAUSED], grant: Permission.UNSPECIFIED, needsLease: false, needsElevation: false, otherwise: Otherwise.DROP },
    ],
    capabilities: [
      { from: Role.CUSTOMER, to: [Role.AGENT, Role.VIEWER], phases: [Phase.CONSENTING, Phase.ADMISSION, Phase.ACTIVE, Phase.PAUSED], grant: Permission.UNSPECIFIED, needsLease: false, needsElevation: false, otherwise: Otherwise.DROP },
      { from: Role.AGENT, to: [Role.CUSTOMER], phases: [Phase.CONSENTING, Phase.ACTIVE, Phase.PAUSED], grant: Permission.UNSPECIFIED, needsLease: false, needsElevation: false, otherwise: Otherwise.DROP },
      { from: Role.VIEWER, to: [Role.CUSTOMER], phases: [Phase.ADMISSION, Phase.ACTIVE, Phase.PAUSED], grant: Permission.UNSPECIFIED, needsLease: false, needsElevation: false, otherwise: Otherwise.DROP },
    ],
    platformInfo: [
      { from: Role.CUSTOMER, to: [Role.AGENT, Role.VIEWER], phases: [Phase.CONSENTING, Phase.ADMISSION, Phase.ACTIVE, Phase.PAUSED], grant: Permission.UNSPECIFIED, needsLease: false, needsElevation: false, otherwise: Otherwise.DROP },
    ],
    recordingState: [
      { from: Role.AGENT, to: [Role.CUSTOMER], phases: [Phase.ACTIVE, Phase.PAUSED], grant: Permission.RECORD, needsLease: false, needsElevation: false, otherwise: Otherwise.DROP },
      { from: Role.VIEWER, to: [Role.CUSTOMER], phases: [Phase.ACTIVE, Phase.PAUSED], grant: Permission.RECORD, needsLease: false, needsElevation: false, otherwise: Otherwise.DROP },
      { from: Role.CUSTOMER, to: [Role.AGENT, Role.VIEWER], phases: [Phase.ACTIVE, Phase.PAUSED], grant: Permission.UNSPECIFIED, needsLease: false, needsElevation: false, otherwise: Otherwise.DROP },
    ],
    mediaKey: [
      { from: Role.CUSTOMER, to: [Role.AGENT, Role.VIEWER], phases: [Phase.CONSENTING, Phase.ADMISSION, Phase.ACTIVE, Phase.PAUSED], grant: Permission.VIEW_SCREEN, needsLease: false, needsElevation: false, otherwise: Otherwise.DROP },
    ],
    wordsConfirmed: [
      { from: Role.CUSTOMER, to: [Role.AGENT, Role.VIEWER], phases: [Phase.CONSENTING, Phase.ADMISSION, Phase.ACTIVE, Phase.PAUSED], grant: Permission.UNSPECIFIED, needsLease: false, needsElevation: false, otherwise: Otherwise.DROP },
      { from: Role.AGENT, to: [Role.CUSTOMER], phases: [Phase.CONSENTING, Phase.ACTIVE, Phase.PAUSED], grant: Permission.UNSPECIFIED, needsLease: false, needsElevation: false, otherwise: Otherwise.DROP },
      { from: Role.VIEWER, to: [Role.CUSTOMER], phases: [Phase.ADMISSION, Phase.ACTIVE, Phase.PAUSED], grant: Permission.UNSPECIFIED, needsLease: false, needsElevation: false, otherwise: Otherwise.DROP },
    ],
    auditEntry: [
      { from: Role.CUSTOMER, to: [Role.AGENT], phases: [Phase.CONSENTING, Phase.ACTIVE, Phase.PAUSED], grant: Permission.UNSPECIFIED, needsLease: false, needsElevation: false, otherwise: Otherwise.DROP },
    ],
    auditSign: [
      { from: Role.CUSTOMER, to: [Role.AGENT], phases: [Phase.CONSENTING, Phase.ACTIVE, Phase.PAUSED], grant: Permission.UNSPECIFIED, needsLease: false, needsElevation: false, otherwise: Otherwise.DROP },
      { from: Role.AGENT, to: [Role.CUSTOMER], phases: [Phase.CONSENTING, Phase.ACTIVE, Phase.PAUSED], grant: Permission.UNSPECIFIED, needsLease: false, needsElevation: false, otherwise: Otherwise.DROP },
    ],
    alive: [
      { from: Role.CUSTOMER, to: [Role.AGENT, Role.VIEWER], phases: [Phase.CONSENTING, Phase.ADMISSION, Phase.ACTIVE, Phase.PAUSED], grant: Permission.UNSPECIFIED, needsLease: false, needsElevation: false, otherwise: Otherwise.DROP },
      { from: Role.AGENT, to: [Role.CUSTOMER], phases: [Phase.CONSENTING, Phase.ACTIVE, Phase.PAUSED], grant: Permission.UNSPECIFIED, needsLease: false, needsElevation: false, otherwise: Otherwise.DROP },
      { from: Role.VIEWER, to: [Role.CUSTOMER], phases: [Phase.ADMISSION, Phase.ACTIVE, Phase.PAUSED], grant: Permission.UNSPECIFIED, needsLease: false, needsElevation: false, otherwise: Otherwise.DROP },
    ],
    unsupported: [
      { from: Role.CUSTOMER, to: [Role.AGENT, Role.VIEWER], phases: [Phase.CONSENTING, Phase.ADMISSION, Phase.ACTIVE, Phase.PAUSED], grant: Permission.UNSPECIFIED, needsLease: false, needsElevation: false, otherwise: Otherwise.DROP },
      { from: Role.AGENT, to: [Role.CUSTOMER], phases: [Phase.CONSENTING, Phase.ACTIVE, Phase.PAUSED], grant: Permission.UNSPECIFIED, needsLease: false, needsElevation: false, otherwise: Otherwise.DROP },
      { from: Role.VIEWER, to: [Role.CUSTOMER], phases: [Phase.ADMISSION, Phase.ACTIVE, Phase.PAUSED], grant: Permission.UNSPECIFIED, needsLease: false, needsElevation: false, otherwise: Otherwise.DROP },
    ],
    refused: [
      { from: Role.CUSTOMER, to: [Role.AGENT, Role.VIEWER], phases: [Phase.CONSENTING, Phase.ADMISSION, Phase.ACTIVE, Phase.PAUSED], grant: Permission.UNSPECIFIED, needsLease: false, needsElevation: false, otherwise: Otherwise.DROP },
    ],
    capability: [
      { from: Role.CUSTOMER, to: [Role.AGENT, Role.VIEWER], phases: [Phase.ACTIVE, Phase.PAUSED], grant: Permission.UNSPECIFIED, needsLease: false, needsElevation: false, otherwise: Otherwise.DROP },
    ],
    rejoinRequest: [
      { from: Role.AGENT, to: [Role.CUSTOMER], phases: [Phase.ACTIVE], grant: Permission.ELEVATE, needsLease: false, needsElevation: false, otherwise: Otherwise.REFUSE },
    ],
    rejoinReady: [
      { from: Role.CUSTOMER, to: [Role.AGENT], phases: [Phase.ACTIVE, Phase.PAUSED], grant: Permission.UNSPECIFIED, needsLease: false, needsElevation: false, otherwise: Otherwise.DROP },
    ],
    rejoinCancel: [
      { from: Role.AGENT, to: [Role.CUSTOMER], phases: [Phase.ACTIVE, Phase.PAUSED], grant: Permission.UNSPECIFIED, needsLease: false, needsElevation: false, otherwise: Otherwise.DROP },
      { from: Role.CUSTOMER, to: [Role.AGENT], phases: [Phase.ACTIVE, Phase.PAUSED], grant: Permission.UNSPECIFIED, needsLease: false, needsElevation: false, otherwise: Otherwise.DROP },
    ],
  },
  SCREEN: {
    screenList: [
      { from: Role.CUSTOMER, to: [Role.AGENT, Role.VIEWER], phases: [Phase.ACTIVE, Phase.PAUSED], grant: Permission.VIEW_SCREEN, needsLease: false, needsElevation: false, otherwise: Otherwise.DROP },
    ],
    subscribe: [
      { from: Role.AGENT, to: [Role.CUSTOMER], phases: [Phase.ACTIVE, Phase.PAUSED], grant: Permission.VIEW_SCREEN, needsLease: false, needsElevation: false, otherwise: Otherwise.REFUSE },
      { from: Role.VIEWER, to: [Role.CUSTOMER], phases: [Phase.ACTIVE, Phase.PAUSED], grant: Permission.VIEW_SCREEN, needsLease: false, needsElevation: false, otherwise: Otherwise.REFUSE },
    ],
    unsubscribe: [
      { from: Role.AGENT, to: [Role.CUSTOMER], phases: [Phase.ACTIVE, Phase.PAUSED], grant: Permission.UNSPECIFIED, needsLease: false, needsElevation: false, otherwise: Otherwise.DROP },
      { from: Role.VIEWER, to: [Role.CUSTOMER], phases: [Phase.ACTIVE, Phase.PAUSED], grant: Permission.UNSPECIFIED, needsLease: false, needsElevation: false, otherwise: Otherwise.DROP },
    ],
    frameAck: [
      { from: Role.AGENT, to: [Role.CUSTOMER], phases: [Phase.ACTIVE, Phase.PAUSED], grant: Permission.UNSPECIFIED, needsLease: false, needsElevation: false, otherwise: Otherwise.DROP },
      { from: Role.VIEWER, to: [Role.CUSTOMER], phases: [Phase.ACTIVE, Phase.PAUSED], grant: Permission.UNSPECIFIED, needsLease: false, needsElevation: false, otherwise: Otherwise.DROP },
    ],
    requestKeyframe: [
      { from: Role.AGENT, to: [Role.CUSTOMER], phases: [Phase.ACTIVE, Phase.PAUSED], grant: Permission.VIEW_SCREEN, needsLease: false, needsElevation: false, otherwise: Otherwise.DROP },
      { from: Role.VIEWER, to: [Role.CUSTOMER], phases: [Phase.ACTIVE, Phase.PAUSED], grant: Permission.VIEW_SCREEN, needsLease: false, needsElevation: false, otherwise: Otherwise.DROP },
    ],
    subscription: [
      { from: Role.CUSTOMER, to: [Role.AGENT, Role.VIEWER], phases: [Phase.ACTIVE, Phase.PAUSED], grant: Permission.UNSPECIFIED, needsLease: false, needsElevation: false, otherwise: Otherwise.DROP },
    ],
    cursorShape: [
      { from: Role.CUSTOMER, to: [Role.AGENT, Role.VIEWER], phases: [Phase.ACTIVE, Phase.PAUSED], grant: Permission.VIEW_SCREEN, needsLease: false, needsElevation: false, otherwise: Otherwise.DROP },
    ],
    cursorUse: [
      { from: Role.CUSTOMER, to: [Role.AGENT, Role.VIEWER], phases: [Phase.ACTIVE, Phase.PAUSED], grant: Permission.VIEW_SCREEN, needsLease: false, needsElevation: false, otherwise: Otherwise.DROP },
    ],
    cursorPosition: [
      { from: Role.CUSTOMER, to: [Role.AGENT, Role.VIEWER], phases: [Phase.ACTIVE, Phase.PAUSED], grant: Permission.VIEW_SCREEN, needsLease: false, needsElevation: false, otherwise: Otherwise.DROP },
    ],
    secureDesktop: [
      { from: Role.CUSTOMER, to: [Role.AGENT, Role.VIEWER], phases: [Phase.ACTIVE, Phase.PAUSED], grant: Permission.UNSPECIFIED, needsLease: false, needsElevation: false, otherwise: Otherwise.DROP },
    ],
    maskedRegions: [
      { from: Role.CUSTOMER, to: [Role.AGENT, Role.VIEWER], phases: [Phase.ACTIVE, Phase.PAUSED], grant: Permission.UNSPECIFIED, needsLease: false, needsElevation: false, otherwise: Otherwise.DROP },
    ],
  },
  MEDIA: {
    framePart: [
      { from: Role.CUSTOMER, to: [Role.AGENT, Role.VIEWER], phases: [Phase.ACTIVE], grant: Permission.VIEW_SCREEN, needsLease: false, needsElevation: false, otherwise: Otherwise.DROP },
    ],
  },
  INPUT: {
    keyEvent: [
      { from: Role.AGENT, to: [Role.CUSTOMER], phases: [Phase.ACTIVE], grant: Permission.CONTROL_INPUT, needsLease: true, needsElevation: false, otherwise: Otherwise.DROP },
    ],
    textInput: [
      { from: Role.AGENT, to: [Role.CUSTOMER], phases: [Phase.ACTIVE], grant: Permission.CONTROL_INPUT, needsLease: true, needsElevation: false, otherwise: Otherwise.DROP },
    ],
    pointerMove: [
      { from: Role.AGENT, to: [Role.CUSTOMER], phases: [Phase.ACTIVE], grant: Permission.CONTROL_INPUT, needsLease: true, needsElevation: false, otherwise: Otherwise.DROP },
    ],
    pointerButton: [
      { from: Role.AGENT, to: [Role.CUSTOMER], phases: [Phase.ACTIVE], grant: Permission.CONTROL_INPUT, needsLease: true, needsElevation: false, otherwise: Otherwise.DROP },
    ],
    wheel: [
      { from: Role.AGENT, to: [Role.CUSTOMER], phases: [Phase.ACTIVE], grant: Permission.CONTROL_INPUT, needsLease: true, needsElevation: false, otherwise: Otherwise.DROP },
    ],
    releaseAll: [
      { from: Role.AGENT, to: [Role.CUSTOMER], phases: [Phase.ACTIVE], grant: Permission.CONTROL_INPUT, needsLease: true, needsElevation: false, otherwise: Otherwise.DROP },
    ],
    held: [
      { from: Role.AGENT, to: [Role.CUSTOMER], phases: [Phase.ACTIVE], grant: Permission.CONTROL_INPUT, needsLease: true, needsElevation: false, otherwise: Otherwise.DROP },
    ],
    sendKeys: [
      { from: Role.AGENT, to: [Role.CUSTOMER], phases: [Phase.ACTIVE], grant: Permission.CONTROL_INPUT, needsLease: true, needsElevation: false, otherwise: Otherwise.REFUSE },
    ],
    sendKeysResult: [
      { from: Role.CUSTOMER, to: [Role.AGENT], phases: [Phase.ACTIVE, Phase.PAUSED], grant: Permission.UNSPECIFIED, needsLease: false, needsElevation: false, otherwise: Otherwise.DROP },
    ],
    inputRejected: [
      { from: Role.CUSTOMER, to: [Role.AGENT], phases: [Phase.ACTIVE, Phase.PAUSED], grant: Permission.UNSPECIFIED, needsLease: false, needsElevation: false, otherwise: Otherwise.DROP },
    ],
    localInputActive: [
      { from: Role.CUSTOMER, to: [Role.AGENT], phases: [Phase.ACTIVE, Phase.PAUSED], grant: Permission.UNSPECIFIED, needsLease: false, needsElevation: false, otherwise: Otherwise.DROP },
    ],
  },
  CLIPBOARD: {
    sync: [
      { from: Role.AGENT, to: [Role.CUSTOMER], phases: [Phase.ACTIVE, Phase.PAUSED], grant: Permission.UNSPECIFIED, needsLease: false, needsElevation: false, otherwise: Otherwise.DROP },
      { from: Role.CUSTOMER, to: [Role.AGENT], phases: [Phase.ACTIVE, Phase.PAUSED], grant: Permission.UNSPECIFIED, needsLease: false, needsElevation: false, otherwise: Otherwise.DROP },
    ],
    offer: [
      { from: Role.AGENT, to: [Role.CUSTOMER], phases: [Phase.ACTIVE], grant: Permission.CLIPBOARD_TO_CUSTOMER, needsLease: false, needsElevation: false, otherwise: Otherwise.DROP },
      { from: Role.CUSTOMER, to: [Role.AGENT], phases: [Phase.ACTIVE], grant: Permission.CLIPBOARD_FROM_CUSTOMER, needsLease: false, needsElevation: false, otherwise: Otherwise.DROP },
    ],
    request: [
      { from: Role.AGENT, to: [Role.CUSTOMER], phases: [Phase.ACTIVE], grant: Permission.CLIPBOARD_FROM_CUSTOMER, needsLease: false, needsElevation: false, otherwise: Otherwise.REFUSE },
      { from: Role.CUSTOMER, to: [Role.AGENT], phases: [Phase.ACTIVE], grant: Permission.CLIPBOARD_TO_CUSTOMER, needsLease: false, needsElevation: false, otherwise: Otherwise.REFUSE },
    ],
    data: [
      { from: Role.AGENT, to: [Role.CUSTOMER], phases: [Phase.ACTIVE], grant: Permission.CLIPBOARD_TO_CUSTOMER, needsLease: false, needsElevation: false, otherwise: Otherwise.DROP },
      { from: Role.CUSTOMER, to: [Role.AGENT], phases: [Phase.ACTIVE], grant: Permission.CLIPBOARD_FROM_CUSTOMER, needsLease: false, needsElevation: false, otherwise: Otherwise.DROP },
    ],
    withdrawn: [
      { from: Role.AGENT, to: [Role.CUSTOMER], phases: [Phase.ACTIVE, Phase.PAUSED], grant: Permission.UNSPECIFIED, needsLease: false, needsElevation: false, otherwise: Otherwise.DROP },
      { from: Role.CUSTOMER, to: [Role.AGENT], phases: [Phase.ACTIVE, Phase.PAUSED], grant: Permission.UNSPECIFIED, needsLease: false, needsElevation: false, otherwise: Otherwise.DROP },
    ],
    refused: [
      { from: Role.AGENT, to: [Role.CUSTOMER], phases: [Phase.ACTIVE, Phase.PAUSED], grant: Permission.UNSPECIFIED, needsLease: false, needsElevation: false, otherwise: Otherwise.DROP },
      { from: Role.CUSTOMER, to: [Role.AGENT], phases: [Phase.ACTIVE, Phase.PAUSED], grant: Permission.UNSPECIFIED, needsLease: false, needsElevation: false, otherwise: Otherwise.DROP },
    ],
  },
  FILE: {
    offer: [
      { from: Role.AGENT, to: [Role.CUSTOMER], phases: [Phase.ACTIVE], grant: Permission.FILES_TO_CUSTOMER, needsLease: false, needsElevation: false, otherwise: Otherwise.REFUSE },
      { from: Role.CUSTOMER, to: [Role.AGENT], phases: [Phase.ACTIVE], grant: Permission.FILES_FROM_CUSTOMER, needsLease: false, needsElevation: false, otherwise: Otherwise.REFUSE },
    ],
    manifestPage: [
      { from: Role.AGENT, to: [Role.CUSTOMER], phases: [Phase.ACTIVE, Phase.PAUSED], grant: Permission.FILES_TO_CUSTOMER, needsLease: false, needsElevation: false, otherwise: Otherwise.DROP },
      { from: Role.CUSTOMER, to: [Role.AGENT], phases: [Phase.ACTIVE, Phase.PAUSED], grant: Permission.FILES_FROM_CUSTOMER, needsLease: false, needsElevation: false, otherwise: Otherwise.DROP },
    ],
    decision: [
      { from: Role.AGENT, to: [Role.CUSTOMER], phases: [Phase.ACTIVE, Phase.PAUSED], grant: Permission.FILES_FROM_CUSTOMER, needsLease: false, needsElevation: false, otherwise: Otherwise.DROP },
      { from: Role.CUSTOMER, to: [Role.AGENT], phases: [Phase.ACTIVE, Phase.PAUSED], grant: Permission.FILES_TO_CUSTOMER, needsLease: false, needsElevation: false, otherwise: Otherwise.DROP },
    ],
    chunk: [
      { from: Role.AGENT, to: [Role.CUSTOMER], phases: [Phase.ACTIVE, Phase.PAUSED], grant: Permission.FILES_TO_CUSTOMER, needsLease: false, needsElevation: false, otherwise: Otherwise.DROP },
      { from: Role.CUSTOMER, to: [Role.AGENT], phases: [Phase.ACTIVE, Phase.PAUSED], grant: Permission.FILES_FROM_CUSTOMER, needsLease: false, needsElevation: false, otherwise: Otherwise.DROP },
    ],
    credit: [
      { from: Role.AGENT, to: [Role.CUSTOMER], phases: [Phase.ACTIVE, Phase.PAUSED], grant: Permission.FILES_FROM_CUSTOMER, needsLease: false, needsElevation: false, otherwise: Otherwise.DROP },
      { from: Role.CUSTOMER, to: [Role.AGENT], phases: [Phase.ACTIVE, Phase.PAUSED], grant: Permission.FILES_TO_CUSTOMER, needsLease: false, needsElevation: false, otherwise: Otherwise.DROP },
    ],
    leafDone: [
      { from: Role.AGENT, to: [Role.CUSTOMER], phases: [Phase.ACTIVE, Phase.PAUSED], grant: Permission.FILES_TO_CUSTOMER, needsLease: false, needsElevation: false, otherwise: Otherwise.DROP },
      { from: Role.CUSTOMER, to: [Role.AGENT], phases: [Phase.ACTIVE, Phase.PAUSED], grant: Permission.FILES_FROM_CUSTOMER, needsLease: false, needsElevation: false, otherwise: Otherwise.DROP },
    ],
    entryDone: [
      { from: Role.AGENT, to: [Role.CUSTOMER], phases: [Phase.ACTIVE, Phase.PAUSED], grant: Permission.FILES_TO_CUSTOMER, needsLease: false, needsElevation: false, otherwise: Otherwise.DROP },
      { from: Role.CUSTOMER, to: [Role.AGENT], phases: [Phase.ACTIVE, Phase.PAUSED], grant: Permission.FILES_FROM_CUSTOMER, needsLease: false, needsElevation: false, otherwise: Otherwise.DROP },
    ],
    entryVerified: [
      { from: Role.AGENT, to: [Role.CUSTOMER], phases: [Phase.ACTIVE, Phase.PAUSED], grant: Permission.FILES_FROM_CUSTOMER, needsLease: false, needsElevation: false, otherwise: Otherwise.DROP },
      { from: Role.CUSTOMER, to: [Role.AGENT], phases: [Phase.ACTIVE, Phase.PAUSED], grant: Permission.FILES_TO_CUSTOMER, needsLease: false, needsElevation: false, otherwise: Otherwise.DROP },
    ],
    entryCorrupt: [
      { from: Role.AGENT, to: [Role.CUSTOMER], phases: [Phase.ACTIVE, Phase.PAUSED], grant: Permission.FILES_FROM_CUSTOMER, needsLease: false, needsElevation: false, otherwise: Otherwise.DROP },
      { from: Role.CUSTOMER, to: [Role.AGENT], phases: [Phase.ACTIVE, Phase.PAUSED], grant: Permission.FILES_TO_CUSTOMER, needsLease: false, needsElevation: false, otherwise: Otherwise.DROP },
    ],
    cancel: [
      { from: Role.AGENT, to: [Role.CUSTOMER], phases: [Phase.ACTIVE, Phase.PAUSED], grant: Permission.UNSPECIFIED, needsLease: false, needsElevation: false, otherwise: Otherwise.DROP },
      { from: Role.CUSTOMER, to: [Role.AGENT], phases: [Phase.ACTIVE, Phase.PAUSED], grant: Permission.UNSPECIFIED, needsLease: false, needsElevation: false, otherwise: Otherwise.DROP },
    ],
    hold: [
      { from: Role.AGENT, to: [Role.CUSTOMER], phases: [Phase.ACTIVE, Phase.PAUSED], grant: Permission.UNSPECIFIED, needsLease: false, needsElevation: false, otherwise: Otherwise.DROP },
      { from: Role.CUSTOMER, to: [Role.AGENT], phases: [Phase.ACTIVE, Phase.PAUSED], grant: Permission.UNSPECIFIED, needsLease: false, needsElevation: false, otherwise: Otherwise.DROP },
    ],
    continue: [
      { from: Role.AGENT, to: [Role.CUSTOMER], phases: [Phase.ACTIVE, Phase.PAUSED], grant: Permission.UNSPECIFIED, needsLease: false, needsElevation: false, otherwise: Otherwise.DROP },
      { from: Role.CUSTOMER, to: [Role.AGENT], phases: [Phase.ACTIVE, Phase.PAUSED], grant: Permission.UNSPECIFIED, needsLease: false, needsElevation: false, otherwise: Otherwise.DROP },
    ],
    progress: [
      { from: Role.AGENT, to: [Role.CUSTOMER], phases: [Phase.ACTIVE, Phase.PAUSED], grant: Permission.UNSPECIFIED, needsLease: false, needsElevation: false, otherwise: Otherwise.DROP },
      { from: Role.CUSTOMER, to: [Role.AGENT], phases: [Phase.ACTIVE, Phase.PAUSED], grant: Permission.UNSPECIFIED, needsLease: false, needsElevation: false, otherwise: Otherwise.DROP },
    ],
    resumeFrom: [
      { from: Role.AGENT, to: [Role.CUSTOMER], phases: [Phase.ACTIVE, Phase.PAUSED], grant: Permission.FILES_FROM_CUSTOMER, needsLease: false, needsElevation: false, otherwise: Otherwise.DROP },
      { from: Role.CUSTOMER, to: [Role.AGENT], phases: [Phase.ACTIVE, Phase.PAUSED], grant: Permission.FILES_TO_CUSTOMER, needsLease: false, needsElevation: false, otherwise: Otherwise.DROP },
    ],
    ask: [
      { from: Role.AGENT, to: [Role.CUSTOMER], phases: [Phase.ACTIVE], grant: Permission.FILES_FROM_CUSTOMER, needsLease: false, needsElevation: false, otherwise: Otherwise.REFUSE },
    ],
    refused: [
      { from: Role.AGENT, to: [Role.CUSTOMER], phases: [Phase.ACTIVE, Phase.PAUSED], grant: Permission.UNSPECIFIED, needsLease: false, needsElevation: false, otherwise: Otherwise.DROP },
      { from: Role.CUSTOMER, to: [Role.AGENT], phases: [Phase.ACTIVE, Phase.PAUSED], grant: Permission.UNSPECIFIED, needsLease: false, needsElevation: false, otherwise: Otherwise.DROP },
    ],
  },
  ELEVATION: {
    elevateRequest: [
      { from: Role.AGENT, to: [Role.CUSTOMER], phases: [Phase.ACTIVE], grant: Permission.ELEVATE, needsLease: true, needsElevation: false, otherwise: Otherwise.REFUSE },
    ],
    elevationState: [
      { from: Role.CUSTOMER, to: [Role.AGENT], phases: [Phase.ACTIVE, Phase.PAUSED], grant: Permission.UNSPECIFIED, needsLease: false, needsElevation: false, otherwise: Otherwise.DROP },
    ],
    credentialKey: [
      { from: Role.CUSTOMER, to: [Role.AGENT], phases: [Phase.ACTIVE], grant: Permission.ELEVATE, needsLease: false, needsElevation: false, otherwise: Otherwise.DROP },
    ],
    credentials: [
      { from: Role.AGENT, to: [Role.CUSTOMER], phases: [Phase.ACTIVE], grant: Permission.ELEVATE, needsLease: false, needsElevation: false, otherwise: Otherwise.DROP },
    ],
    dropElevation: [
      { from: Role.AGENT, to: [Role.CUSTOMER], phases: [Phase.ACTIVE, Phase.PAUSED], grant: Permission.UNSPECIFIED, needsLease: false, needsElevation: false, otherwise: Otherwise.DROP },
      { from: Role.CUSTOMER, to: [Role.AGENT], phases: [Phase.ACTIVE, Phase.PAUSED], grant: Permission.UNSPECIFIED, needsLease: false, needsElevation: false, otherwise: Otherwise.DROP },
    ],
    runCommand: [
      { from: Role.AGENT, to: [Role.CUSTOMER], phases: [Phase.ACTIVE], grant: Permission.RUN_COMMAND, needsLease: false, needsElevation: true, otherwise: Otherwise.REFUSE },
    ],
    commandOutput: [
      { from: Role.CUSTOMER, to: [Role.AGENT], phases: [Phase.ACTIVE, Phase.PAUSED], grant: Permission.UNSPECIFIED, needsLease: false, needsElevation: false, otherwise: Otherwise.DROP },
    ],
    commandExit: [
      { from: Role.CUSTOMER, to: [Role.AGENT], phases: [Phase.ACTIVE, Phase.PAUSED], grant: Permission.UNSPECIFIED, needsLease: false, needsElevation: false, otherwise: Otherwise.DROP },
    ],
    commandCancel: [
      { from: Role.AGENT, to: [Role.CUSTOMER], phases: [Phase.ACTIVE, Phase.PAUSED], grant: Permission.UNSPECIFIED, needsLease: false, needsElevation: false, otherwise: Otherwise.DROP },
    ],
    switchUser: [
      { from: Role.AGENT, to: [Role.CUSTOMER], phases: [Phase.ACTIVE], grant: Permission.ELEVATE, needsLease: false, needsElevation: true, otherwise: Otherwise.REFUSE },
    ],
    switchUserResult: [
      { from: Role.CUSTOMER, to: [Role.AGENT], phases: [Phase.ACTIVE, Phase.PAUSED], grant: Permission.UNSPECIFIED, needsLease: false, needsElevation: false, otherwise: Otherwise.DROP },
    ],
  },
  CHAT: {
    chat: [
      { from: Role.AGENT, to: [Role.CUSTOMER], phases: [Phase.ACTIVE, Phase.PAUSED], grant: Permission.CHAT, needsLease: false, needsElevation: false, otherwise: Otherwise.DROP },
      { from: Role.VIEWER, to: [Role.CUSTOMER], phases: [Phase.ACTIVE, Phase.PAUSED], grant: Permission.CHAT, needsLease: false, needsElevation: false, otherwise: Otherwise.DROP },
      { from: Role.CUSTOMER, to: [Role.AGENT, Role.VIEWER], phases: [Phase.ACTIVE, Phase.PAUSED], grant: Permission.CHAT, needsLease: false, needsElevation: false, otherwise: Otherwise.DROP },
    ],
  },
  ANNOTATION: {
    laserPointer: [
      { from: Role.AGENT, to: [Role.CUSTOMER], phases: [Phase.ACTIVE], grant: Permission.ANNOTATE, needsLease: false, needsElevation: false, otherwise: Otherwise.DROP },
      { from: Role.CUSTOMER, to: [Role.AGENT], phases: [Phase.ACTIVE], grant: Permission.VIEW_SCREEN, needsLease: false, needsElevation: false, otherwise: Otherwise.DROP },
    ],
    stroke: [
      { from: Role.AGENT, to: [Role.CUSTOMER], phases: [Phase.ACTIVE], grant: Permission.ANNOTATE, needsLease: false, needsElevation: false, otherwise: Otherwise.DROP },
      { from: Role.CUSTOMER, to: [Role.AGENT], phases: [Phase.ACTIVE], grant: Permission.VIEW_SCREEN, needsLease: false, needsElevation: false, otherwise: Otherwise.DROP },
    ],
    clear: [
      { from: Role.AGENT, to: [Role.CUSTOMER], phases: [Phase.ACTIVE, Phase.PAUSED], grant: Permission.ANNOTATE, needsLease: false, needsElevation: false, otherwise: Otherwise.DROP },
      { from: Role.CUSTOMER, to: [Role.AGENT], phases: [Phase.ACTIVE, Phase.PAUSED], grant: Permission.VIEW_SCREEN, needsLease: false, needsElevation: false, otherwise: Otherwise.DROP },
    ],
  },
}

/** The facts about every close code. */
export const CLOSE_CODES: CloseCodeTable = {
  [CloseCode.UNSPECIFIED]: { retryable: true, from: [], sentence: "The connection was lost.", webSocketCode: 4000, grpcStatus: 2 },
  [CloseCode.LEFT]: { retryable: false, from: [Role.AGENT, Role.CUSTOMER, Role.VIEWER], sentence: "The participant left.", webSocketCode: 4100, grpcStatus: 0 },
  [CloseCode.STOPPED]: { retryable: false, from: [Role.CUSTOMER, Role.BROKER], sentence: "The customer stopped the session.", webSocketCode: 4101, grpcStatus: 0 },
  [CloseCode.SESSION_ENDED]: { retryable: false, from: [Role.AGENT, Role.CUSTOMER, Role.BROKER], sentence: "The session has ended.", webSocketCode: 4102, grpcStatus: 0 },
  [CloseCode.REPLACED]: { retryable: false, from: [Role.BROKER], sentence: "This connection was replaced by a newer one.", webSocketCode: 4103, grpcStatus: 0 },
  [CloseCode.UNAUTHENTICATED]: { retryable: false, from: [Role.BROKER], sentence: "The credentials were not accepted.", webSocketCode: 4200, grpcStatus: 7 },
  [CloseCode.NOT_FOUND]: { retryable: false, from: [Role.BROKER], sentence: "There is no session with this code.", webSocketCode: 4201, grpcStatus: 7 },
  [CloseCode.CODE_EXPIRED]: { retryable: false, from: [Role.BROKER, Role.CUSTOMER], sentence: "The code has expired; ask for a new one.", webSocketCode: 4202, grpcStatus: 7 },
  [CloseCode.FULL]: { retryable: true, from: [Role.BROKER], sentence: "The session is full.", webSocketCode: 4203, grpcStatus: 7 },
  [CloseCode.NOT_ADMITTED]: { retryable: false, from: [Role.AGENT, Role.CUSTOMER, Role.BROKER], sentence: "The request to join was declined.", webSocketCode: 4204, grpcStatus: 7 },
  [CloseCode.TAKEN]: { retryable: false, from: [Role.BROKER], sentence: "This code has been used.", webSocketCode: 4205, grpcStatus: 7 },
  [CloseCode.INCOMPATIBLE]: { retryable: false, from: [Role.AGENT, Role.CUSTOMER, Role.VIEWER, Role.BROKER], sentence: "The two programs have no version in common.", webSocketCode: 4206, grpcStatus: 7 },
  [CloseCode.RESUME_REFUSED]: { retryable: false, from: [Role.BROKER], sentence: "The session cannot be rejoined on this connection.", webSocketCode: 4207, grpcStatus: 7 },
  [CloseCode.THROTTLED]: { retryable: true, from: [Role.BROKER], sentence: "Too many attempts; wait a moment.", webSocketCode: 4208, grpcStatus: 7 },
  [CloseCode.CONSENT_DENIED]: { retryable: false, from: [Role.CUSTOMER], sentence: "The customer declined.", webSocketCode: 4300, grpcStatus: 9 },
  [CloseCode.REMOVED]: { retryable: false, from: [Role.CUSTOMER, Role.BROKER], sentence: "The participant was removed from the session.", webSocketCode: 4301, grpcStatus: 9 },
  [CloseCode.IDLE]: { retryable: false, from: [Role.AGENT, Role.CUSTOMER, Role.VIEWER, Role.BROKER], sentence: "The session ended because nothing happened for a long time.", webSocketCode: 4302, grpcStatus: 9 },
  [CloseCode.DURATION]: { retryable: false, from: [Role.AGENT, Role.CUSTOMER, Role.VIEWER, Role.BROKER], sentence: "The session reached its longest duration.", webSocketCode: 4303, grpcStatus: 9 },
  [CloseCode.GRACE_EXPIRED]: { retryable: false, from: [Role.AGENT, Role.CUSTOMER, Role.VIEWER, Role.BROKER], sentence: "The connection was lost for too long.", webSocketCode: 4304, grpcStatus: 9 },
  [CloseCode.POLICY]: { retryable: false, from: [Role.CUSTOMER, Role.BROKER], sentence: "The administrator's policy does not allow this.", webSocketCode: 4305, grpcStatus: 9 },
  [CloseCode.MALFORMED]: { retryable: false, from: [Role.AGENT, Role.CUSTOMER, Role.VIEWER, Role.BROKER], sentence: "A message could not be read.", webSocketCode: 4400, grpcStatus: 3 },
  [CloseCode.TOO_LARGE]: { retryable: false, from: [Role.AGENT, Role.CUSTOMER, Role.VIEWER, Role.BROKER], sentence: "A message was larger than allowed.", webSocketCode: 4401, grpcStatus: 3 },
  [CloseCode.FORBIDDEN_MESSAGE]: { retryable: false, from: [Role.AGENT, Role.CUSTOMER, Role.VIEWER, Role.BROKER], sentence: "A message was sent that this role may not send.", webSocketCode: 4402, grpcStatus: 3 },
  [CloseCode.WRONG_PHASE]: { retryable: false, from: [Role.AGENT, Role.CUSTOMER, Role.VIEWER, Role.BROKER], sentence: "A message arrived at a moment when it is not allowed.", webSocketCode: 4403, grpcStatus: 3 },
  [CloseCode.BAD_HEADER]: { retryable: false, from: [Role.AGENT, Role.CUSTOMER, Role.VIEWER, Role.BROKER], sentence: "A frame's header was wrong.", webSocketCode: 4404, grpcStatus: 3 },
  [CloseCode.RATE]: { retryable: false, from: [Role.AGENT, Role.CUSTOMER, Role.VIEWER, Role.BROKER], sentence: "Messages came faster than allowed.", webSocketCode: 4405, grpcStatus: 3 },
  [CloseCode.INVALID_FIELD]: { retryable: false, from: [Role.AGENT, Role.CUSTOMER, Role.VIEWER, Role.BROKER], sentence: "A message had a value that is not allowed.", webSocketCode: 4406, grpcStatus: 3 },
  [CloseCode.TIMEOUT]: { retryable: true, from: [Role.AGENT, Role.CUSTOMER, Role.VIEWER, Role.BROKER], sentence: "The other side did not answer in time.", webSocketCode: 4407, grpcStatus: 3 },
  [CloseCode.INTERNAL]: { retryable: true, from: [Role.BROKER], sentence: "The server failed.", webSocketCode: 4500, grpcStatus: 14 },
  [CloseCode.SLOW_CONSUMER]: { retryable: true, from: [Role.BROKER], sentence: "The connection was too slow to keep up.", webSocketCode: 4501, grpcStatus: 14 },
  [CloseCode.OVERLOADED]: { retryable: true, from: [Role.BROKER], sentence: "The server is busy; try again shortly.", webSocketCode: 4502, grpcStatus: 14 },
  [CloseCode.SHUTTING_DOWN]: { retryable: true, from: [Role.BROKER], sentence: "The server is restarting.", webSocketCode: 4503, grpcStatus: 14 },
  [CloseCode.WRONG_SECRET]: { retryable: false, from: [Role.AGENT, Role.CUSTOMER, Role.VIEWER], sentence: "That code is not right.", webSocketCode: 4600, grpcStatus: 16 },
  [CloseCode.BAD_RECORD]: { retryable: false, from: [Role.AGENT, Role.CUSTOMER, Role.VIEWER], sentence: "The connection was tampered with or damaged.", webSocketCode: 4601, grpcStatus: 16 },
  [CloseCode.HANDSHAKE]: { retryable: false, from: [Role.AGENT, Role.CUSTOMER, Role.VIEWER], sentence: "The secure connection could not be set up.", webSocketCode: 4602, grpcStatus: 16 },
  [CloseCode.ATTEMPTS]: { retryable: false, from: [Role.AGENT, Role.CUSTOMER], sentence: "Too many wrong codes; ask for a new one.", webSocketCode: 4603, grpcStatus: 16 },
}
