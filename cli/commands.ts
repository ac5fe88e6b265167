// The one registry of commands.
import { aboutCommands } from "./commands/about.ts";
import { admit } from "./commands/admission.ts";
import { coalitionEffective, coalitionRevoke } from "./commands/coalition.ts";
import { coalitionPull } from "./commands/coalition-pull.ts";
import { coalitionSign } from "./commands/coalition-sign.ts";
import { compositionCheck, compositionNext } from "./commands/composition.ts";
import { cost } from "./commands/cost.ts";
import { decide } from "./commands/decide.ts";
import { build, demo } from "./commands/demo.ts";
import { deploy } from "./commands/deploy.ts";
import { dev } from "./commands/dev.ts";
import { doctor } from "./commands/doctor.ts";
import { dossierCustodian, dossierJoin, dossierMembers, dossierVerify } from "./commands/dossier.ts";
import { policyPivot, policySimulate } from "./commands/dry-run.ts";
import { errors } from "./commands/errors.ts";
import { evidenceExport, evidenceShow, verify } from "./commands/evidence.ts";
import { exchangeExport, exchangeReceipt, exchangeReview, exchangeWant } from "./commands/exchange.ts";
import { exchangeList } from "./commands/exchange-agent.ts";
import { exchangeImport, exchangeVerify } from "./commands/exchange-arrival.ts";
import { explain } from "./commands/explain.ts";
import { cborCheck, frameInspect, frameVerify, signatureCheck } from "./commands/frame.ts";
import { HOOK_COMMANDS } from "./commands/hooks/all.ts";
import { evidenceIncluded, evidenceProve } from "./commands/inclusion.ts";
import { lineageVerify } from "./commands/lineage.ts";
import { meshReconcile, meshTrace, translatorCheck } from "./commands/mesh.ts";
import { meshCheck } from "./commands/mesh-check.ts";
import { ONLINE } from "./commands/online/all.ts";
import { opsAlerts, opsDashboard, opsRunbook } from "./commands/ops.ts";
import { partyAdd, partyInit, partyWords } from "./commands/party.ts";
import { partyDevice } from "./commands/party-device.ts";
import { partyExpirations } from "./commands/party-expirations.ts";
import { partyNats, partyNatsRenew, partyNatsRevoke } from "./commands/party-nats.ts";
import { partyRevoke } from "./commands/party-revoke.ts";
import { partyRotate } from "./commands/party-rotate.ts";
import { policyLint, policyList, policySchemaCommand, policyShow } from "./commands/policy.ts";
import { policyHead, policyIssue } from "./commands/policy-issue.ts";
import { policyTest } from "./commands/policy-test.ts";
import { preflight } from "./commands/preflight.ts";
import { proximity, timeAlign } from "./commands/reference.ts";
import { revocationPropagate } from "./commands/revocation.ts";
import { coalitionStatus, revocationStatus } from "./commands/revocation-status.ts";
import { simulate } from "./commands/simulate.ts";
import { supportAnalyze, supportGather } from "./commands/support.ts";
import type { Command } from "./registry.ts";

export const COMMANDS: readonly Command[] = [
  demo,
  dev,
  build,
  deploy,
  ...ONLINE,
  ...HOOK_COMMANDS,
  partyInit,
  partyAdd,
  partyWords,
  partyNats,
  partyNatsRenew,
  partyNatsRevoke,
  partyDevice,
  partyExpirations,
  partyRevoke,
  partyRotate,
  verify,
  explain,
  evidenceShow,
  evidenceExport,
  evidenceProve,
  evidenceIncluded,
  dossierJoin,
  dossierVerify,
  dossierCustodian,
  dossierMembers,
  compositionCheck,
  compositionNext,
  decide,
  policyList,
  policyShow,
  policySchemaCommand,
  policyLint,
  policyPivot,
  policySimulate,
  policyTest,
  policyIssue,
  policyHead,
  preflight,
  errors,
  doctor,
  opsAlerts,
  opsDashboard,
  opsRunbook,
  supportGather,
  supportAnalyze,
  cost,
  ...aboutCommands(() => COMMANDS),
  frameInspect,
  frameVerify,
  lineageVerify,
  signatureCheck,
  cborCheck,
  simulate,
  revocationPropagate,
  revocationStatus,
  coalitionEffective,
  coalitionRevoke,
  coalitionSign,
  coalitionPull,
  coalitionStatus,
  proximity,
  admit,
  timeAlign,
  meshCheck,
  meshReconcile,
  meshTrace,
  translatorCheck,
  exchangeWant,
  exchangeExport,
  exchangeReview,
  exchangeVerify,
  exchangeImport,
  exchangeReceipt,
  exchangeList,
];
