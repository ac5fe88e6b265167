// The one verifier (SPEC §12.3): agent, command line, browser page and tests import this function. It needs the bundle and a trust
// statement; no network, and no clock unless a time is given. What it cannot know makes the answer indeterminate, never a pass.
import { rootOf } from "../authority/chain.ts";
import { assembleTrust } from "../authority/trust.ts";
import { toHex } from "../bytes.ts";
import { encodeCanonical } from "../cbor/encode.ts";
import { fromJson, type Json, toJson } from "../cbor/json.ts";
import type { CborValue, Encodable } from "../cbor/value.ts";
import { readCall } from "../ceremony/call.ts";
import { type DisputeView, disputesOf } from "../ceremony/contest.ts";
import { readAgain } from "../ceremony/restore.ts";
import { type CeremonyState, emptyState, type Round, type Self } from "../ceremony/state.ts";
import { certifies, isHalted } from "../closing/derive.ts";
import { firstBrokenLink } from "../lineage/entry.ts";
import { type Call, isKind, type Observation, type VerifiedObservation } from "../observation/observation.ts";
import type { RefusalCode } from "../refusals.ts";
import { type Fault, fault, invariant } from "../result.ts";
import { openAccount } from "./account.ts";
import { parseBundle } from "./bundle.ts";
import { type Case, cannotTell, failed, type SetAside, type Stopped, type VerifyOptions } from "./case.ts";
import { faultsIn, type ProvedFault } from "./faults.ts";
import { checkRefusals } from "./refused-again.ts";
import { checkCarried, checkFrames, checkStatements, type RevocationsKnown, revocationsKnown } from "./take-in.ts";

export type Check = { readonly name: string; readonly result: "passed" | "failed" | "indeterminate" | "not reached" };
export type Failing = {
  readonly step: string;
  readonly entry: string;
  readonly code: RefusalCode;
  readonly detail: Fault["detail"];
};

export type Verification = {
  readonly verdict: "passed" | "failed" | "indeterminate";
  readonly firstFailing?: Failing;
  readonly checks: readonly Check[];
  /** Recomputed here; null where the evidence does not lead to one. */
  readonly outcome: { readonly digest: string; readonly value: Json; readonly status: string } | null;
  readonly ceremony: string | null;
  /** What the evidence proves against its signers; tolerated faults leave the verdict as it is. */
  readonly faults: readonly ProvedFault[];
  /** What is said about the outcome: it stands beside it and changes nothing of it. */
  readonly disputes: readonly DisputeView[];
  /** Entries of the bundle on which the verdict does not rest, and why. */
  readonly setAside: readonly SetAside[];
  readonly revocations: RevocationsKnown;
  /** Requests made over any network: none, ever. */
  readonly network: 0;
};

type CheckRun = (found: Case) => Case | Stopped | Promise<Case | Stopped>;

const CHECKS: readonly { readonly name: string; readonly run: CheckRun }[] = [
  { name: "authority", run: checkStatements },
  { name: "signatures", run: checkFrames },
  { name: "call", run: checkCall },
  { name: "trust", run: checkTrust },
  { name: "seats", run: checkSeats },
  { name: "tolerance", run: checkTolerance },
  { name: "certificates", run: checkCertificates },
  { name: "revocations", run: checkCarried },
  { name: "outcome", run: checkOutcome },
  { name: "refusals", run: checkRefusals },
  { name: "lineage", run: checkLineage },
  { name: "time", run: checkTime },
];

const NOTHING_KNOWN = assembleTrust({ mesh: null, pins: new Map() });

/** Verifies an evidence bundle under a trust statement. */
export async function verifyBundle(bytes: Uint8Array, options: VerifyOptions): Promise<Verification> {
  return (await examineBundle(bytes, options)).verification;
}

/** The verification, and the state that the evidence leads to as far as it was reached; null before the fold. */
export type Examination = { readonly verification: Verification; readonly state: CeremonyState | null };

/** As `verifyBundle`, for whoever asks more of the same evidence. */
export async function examineBundle(bytes: Uint8Array, options: VerifyOptions): Promise<Examination> {
  const parsed = parseBundle(bytes);
  if (!parsed.ok)
    return { verification: report([], { name: "format", stop: failed("file", parsed) }, null), state: null };
  let found: Case = {
    options,
    bundle: parsed.value,
    trust: NOTHING_KNOWN,
    carried: [],
    setAside: [],
    call: null,
    frames: [],
    state: null,
  };
  const passed = ["format"];
  for (const { name, run } of CHECKS) {
    const next = await run(found);
    if ("is" in next) return { verification: report(passed, { name, stop: next }, found), state: found.state };
    found = next;
    passed.push(name);
  }
  return { verification: report(passed, null, found), state: found.state };
}

function report(
  passed: readonly string[],
  stopped: { readonly name: string; readonly stop: Stopped } | null,
  found: Case | null,
): Verification {
  const rest = ["format", ...CHECKS.map(({ name }) => name)].filter(
    (name) => !passed.includes(name) && name !== stopped?.name,
  );
  const checks: Check[] = passed.map((name) => ({ name, result: "passed" }));
  if (stopped) checks.push({ name: stopped.name, result: stopped.stop.is });
  checks.push(...rest.map((name): Check => ({ name, result: "not reached" })));
  const ending = found?.state?.ending;
  const outcome = ending
    ? { digest: ending.digest, value: toJson(ending.record.value), status: ending.record.status }
    : null;
  const setAside = found?.setAside ?? [];
  const trust = found?.trust ?? NOTHING_KNOWN;
  const revocations = revocationsKnown({ ...trust, revocations: [...trust.revocations, ...(found?.carried ?? [])] });
  const faults = found?.state ? faultsIn(found.state) : [];
  const base = {
    checks,
    outcome,
    ceremony: found?.bundle.ceremony ?? null,
    faults,
    disputes: found?.state ? disputesOf(found.state) : [],
    setAside,
    revocations,
    network: 0,
  } as const;
  if (stopped === null) return { verdict: "passed", ...base };
  const { is, step, entry, fault: why } = stopped.stop;
  return {
    verdict: is,
    firstFailing: { step: step ?? stopped.name, entry, code: why.code, detail: why.detail },
    ...base,
  };
}

function checkCall(found: Case): Case | Stopped {
  const call = found.frames.find((frame) => frame.id === found.bundle.ceremony);
  if (call === undefined || !isKind(call, "call"))
    return failed(found.bundle.ceremony, fault("BUNDLE_CALL", { reason: "no frame is the call" }));
  const opening = readCall(call.body);
  // A version that knows more may well pass it.
  if (!opening.ok && opening.fault.code === "POLICY_CRITICAL") return cannotTell(call.id, opening);
  return opening.ok ? { ...found, call } : failed(call.id, fault("BUNDLE_CALL", { reason: opening.fault.code }));
}

/** Identity is never implied: every root that the call names must be in the trust statement, under that name. */
function checkTrust(found: Case): Case | Stopped {
  const stranger = found.call?.body.seats.find((seat) => found.trust.roots.get(seat.root) !== seat.authority);
  if (stranger === undefined) return found;
  return cannotTell(stranger.authority, fault("TRUST_MISSING", { root: stranger.root, authority: stranger.authority }));
}

/** Runs the same fold as an agent, as an observer without a seat; every frame must find its place in it. */
function checkSeats(found: Case): Case | Stopped {
  const self: Self = { authority: "verifier", root: "", key: "", roots: found.trust.roots, recognised: found.trust };
  const call = found.call as Observation<Call> & VerifiedObservation;
  const rest = found.frames.filter(({ id }) => id !== call.id);
  const read = readAgain(emptyState(found.bundle.ceremony, self), [call, ...rest]);
  const { state } = read;
  const receipts = [...new Map(read.receipts.map((receipt) => [receipt.id, receipt])).values()];
  const refused = receipts.find(({ verdict }) => verdict === "refused");
  // A walk-in may be recognised under another name, or by nobody who reads this: that is no fault of the evidence.
  if (refused?.code === "ROOT_UNKNOWN") return cannotTell(refused.id, fault("TRUST_MISSING", refused.detail));
  if (refused !== undefined && refused.code !== null)
    return failed(refused.id, fault(refused.code, refused.detail), "seats");
  const homeless = receipts.find(({ verdict }) => verdict === "held");
  if (homeless !== undefined) {
    invariant(homeless.code !== null, "what is held waits for something");
    return cannotTell(homeless.id, fault(homeless.code, { entry: homeless.id, ...homeless.detail }));
  }
  return { ...found, state };
}

/** Faults proved for more power than the policy tolerates: no certificate can be relied on. */
function checkTolerance(found: Case): Case | Stopped {
  const round = found.state?.rounds.find(({ closing }) => isHalted(closing));
  if (round === undefined) return found;
  const { electorate, faulty } = round.closing;
  return cannotTell(
    `round ${round.index}`,
    fault("OVER_TOLERANCE", { found: faulty.size, limit: electorate.tolerated }),
  );
}

function checkCertificates(found: Case): Case | Stopped {
  const rounds = found.state?.rounds ?? [];
  const ids = new Set(found.frames.map(({ id }) => id));
  // A round that is still open is no part of the record, which then ends as pending.
  const decided = rounds.filter(({ closing }, index) => closing.decision !== null || index < rounds.length - 1).length;
  const need = found.state?.ending === null && rounds.length > 1 ? decided : rounds.length;
  if (need !== found.bundle.rounds.length)
    return failed(
      "rounds",
      fault("ROUND_MISMATCH", { reason: `${need} are needed, ${found.bundle.rounds.length} recorded` }),
    );
  for (const [index, recorded] of found.bundle.rounds.entries()) {
    const decision = rounds[index]?.closing.decision;
    const named = [
      ...recorded.certificate.witnesses,
      ...(recorded.certificate.path === "contested" ? recorded.certificate.precommits : []),
    ];
    const missing = named.find((id) => !ids.has(id));
    if (missing !== undefined)
      return failed(
        missing,
        fault("CERTIFICATE_MISSING", { round: index, reason: `statement ${missing} is not in the bundle` }),
      );
    if (!decision)
      return failed(
        `round ${index}`,
        fault("CERTIFICATE_MISSING", { round: index, reason: "its statements do not decide a set that is all here" }),
      );
    if (decision.root !== recorded.root)
      return failed(`round ${index}`, fault("ROUND_MISMATCH", { reason: `the set's root is ${decision.root}` }));
    if (!certifies((rounds[index] as Round).closing, recorded.root, recorded.certificate))
      return failed(
        `round ${index}`,
        fault("CERTIFICATE_MISSING", { round: index, reason: "the statements it names do not certify the set" }),
      );
  }
  return found;
}

function checkOutcome(found: Case): Case | Stopped {
  const ending = found.state?.ending;
  const { digest, status, value } = found.bundle.outcome;
  if (!ending) return cannotTell("outcome", fault("OUTCOME_PENDING"));
  const same = ending.digest === digest && ending.record.status === status && sameValue(ending.record.value, value);
  return same ? found : failed("outcome", fault("OUTCOME_MISMATCH", { found: ending.digest, recorded: digest }));
}

/** The recorded value is a view in JSON, so views are compared. */
function sameValue(computed: CborValue, recorded: CborValue): boolean {
  const view = fromJson(toJson(computed));
  return view.ok && toHex(encodeCanonical(view.value as Encodable)) === toHex(encodeCanonical(recorded as Encodable));
}

/** The lineage is whole, and signed for by the agent of the party that exported it. */
async function checkLineage(found: Case): Promise<Case | Stopped> {
  const { lineage, account, ceremony, exportedBy } = found.bundle;
  const broken = firstBrokenLink(lineage);
  if (broken !== null)
    return failed(`lineage ${broken}`, fault("LINEAGE_ALTERED", { entry: broken, reason: "its hash does not fit" }));
  const signer = await openAccount(account, ceremony, lineage);
  if (!signer.ok) return failed(`lineage ${signer.fault.detail.entry ?? "account"}`, signer);
  const seats = [...(found.call?.body.seats ?? []), ...(found.state?.rounds.flatMap((round) => round.seats) ?? [])];
  const root = seats.find(({ authority }) => authority === exportedBy)?.root;
  const known = found.frames.some(({ key, chain }) => key === signer.value && rootOf(chain) === root);
  return known
    ? found
    : failed("lineage account", fault("EXPORTER_UNKNOWN", { authority: exportedBy, key: signer.value }));
}

function checkTime(found: Case): Case | Stopped {
  const at = found.options.at ?? null;
  const opensAt = found.call?.body.opensAt ?? 0;
  return at === null || at >= opensAt ? found : cannotTell("time", fault("AFTER_TIME", { at: opensAt }));
}
