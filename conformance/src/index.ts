/** Implementations under test, attached by the adapter contract. */
export {
  AdapterError,
  type AdapterErrorCode,
  AdapterHang,
  attachChild,
  attachDialIn,
  type ChildOptions,
  type Detour,
  type DialInOptions,
  EventOverdue,
  EventQueue,
  type HelloAck,
  type Result,
  RoleRefused,
  RoleUnderTest,
  Testee,
  TesteeCrash,
  type TesteeEvent,
  type TesteeOptions,
  type Traced,
  type WireFormat,
} from './adapter/index.js'
/** What a run is made of and what it says. */
export type {
  CaseDeclaration,
  CaseResult,
  CaseVerdict,
  CheckDeclaration,
  CheckResult,
  CheckVerdict,
  ProfileName,
  RequirementResult,
  RoleName,
  RunReport,
  TraceEntry,
} from './model.js'
/** The requirements of the specification. */
export { loadRegistry, type Registry, type Requirement } from './registry/index.js'
/** Reports. */
export { readReport, renderBadge, renderHtml, renderJson, renderJunit, renderMarkdown, type StoredReport } from './report/index.js'
