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
