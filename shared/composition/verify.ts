// Verifying a dossier (SPEC §23.5): every bundle by the one verifier, every citation against the record that it names, every part
// against the composition. What is cited and not here makes the answer indeterminate, never a pass.
import type { CborValue } from "../cbor/value.ts";
import { type CeremonyState, seatAt } from "../ceremony/state.ts";
import type { TrustStatement } from "../evidence/trust-statement.ts";
import { openTrust } from "../evidence/trust-statement.ts";
import { examineBundle, type Verification } from "../evidence/verify.ts";
import { custodianAt, custodyIn } from "../handoff/custody.ts";
import { admit } from "../observation/admit.ts";
import { type Id, isKind } from "../observation/observation.ts";
import type { RefusalCode } from "../refusals.ts";
import { type Fault, fault, ok, type Result } from "../result.ts";
import { type Citation, citationsIn } from "./citations.ts";
import type { PinnedComposition } from "./document.ts";
import { type Dossier, parseDossier } from "./dossier.ts";
import { membershipOf } from "./membership.ts";
import { checkPart, valueAt } from "./part.ts";
import { type CompositeProgress, type Ending, progressOf } from "./progress.ts";

/** One ceremony of a dossier, verified. */
export type Examined = {
  readonly ceremony: Id;
  readonly part: string | null;
  readonly state: CeremonyState;
  readonly verification: Verification;
  readonly citations: readonly Citation[];
};

export type DossierVerification = {
  readonly verdict: Verification["verdict"];
  readonly firstFailing?: { readonly entry: string; readonly code: RefusalCode; readonly detail: Fault["detail"] };
  /** In the order of the file; only those that were reached. */
  readonly ceremonies: readonly Examined[];
  readonly progress: CompositeProgress | null;
  /** Requests made over any network: none, ever. */
  readonly network: 0;
};

/** The type of the declaration by which an authority signs a composition; its content is `{"composition": HASH}`. */
export const COMPOSITION_DECLARATION = "composition";

type Stop = { readonly is: "failed" | "indeterminate"; readonly entry: string; readonly fault: Fault };

export async function verifyDossier(bytes: Uint8Array, trust: TrustStatement): Promise<DossierVerification> {
  const parsed = parseDossier(bytes);
  if (!parsed.ok) return answer([], null, { is: "failed", entry: "file", fault: parsed.fault });
  const dossier = parsed.value;
  const ceremonies: Examined[] = [];
  for (const [index, bundle] of dossier.bundles.entries()) {
    const { verification, state } = await examineBundle(bundle, { trust });
    const { verdict, firstFailing: first } = verification;
    if (verdict !== "passed" || state === null || state.ending === null)
      return answer(ceremonies, null, {
        is: verdict === "failed" ? "failed" : "indeterminate",
        entry: `bundle ${index}: ${first?.entry ?? "outcome"}`,
        fault: first === undefined ? fault("OUTCOME_PENDING").fault : { code: first.code, detail: first.detail },
      });
    const part = membershipOf(state.call?.body.subject ?? null)?.part ?? null;
    ceremonies.push({ ceremony: state.ceremony, part, state, verification, citations: citationsIn(state) });
  }
  const signed = dossier.composition === null ? null : await checkSigned(dossier, dossier.composition, trust);
  const stop = signed ?? checkCitations(ceremonies) ?? checkComposition(dossier.composition, ceremonies);
  const progress =
    dossier.composition === null ? null : progressOf(dossier.composition, endingsOf(dossier.composition, ceremonies));
  return answer(ceremonies, stop === null ? progress : null, stop);
}

function answer(
  ceremonies: readonly Examined[],
  progress: CompositeProgress | null,
  stop: Stop | null,
): DossierVerification {
  const base = { ceremonies, progress, network: 0 } as const;
  if (stop === null) return { verdict: "passed", ...base };
  const { code, detail } = stop.fault;
  return { verdict: stop.is, firstFailing: { entry: stop.entry, code, detail }, ...base };
}

/** Some authority that the trust statement recognises has declared the composition, by its hash. */
async function checkSigned(
  { declarations }: Dossier,
  { hash }: PinnedComposition,
  statement: TrustStatement,
): Promise<Stop | null> {
  const trust = await openTrust(statement, []);
  if (!trust.ok) return { is: "failed", entry: "trust", fault: trust.fault };
  for (const [index, frame] of declarations.entries()) {
    const admitted = await admit(frame, trust.value);
    if (!admitted.ok) return { is: "failed", entry: `declaration ${index}`, fault: admitted.fault };
    const { value } = admitted;
    if (!isKind(value, "declaration") || value.body.type !== COMPOSITION_DECLARATION) continue;
    if (value.body.content.get("composition") === hash) return null;
  }
  return { is: "indeterminate", entry: "composition", fault: fault("COMPOSITION_UNSIGNED", { hash }).fault };
}

/** Every ceremony that another rests on is here, and ended as it says. */
function checkCitations(ceremonies: readonly Examined[]): Stop | null {
  const known = new Map(ceremonies.map((one) => [one.ceremony, one]));
  for (const citing of ceremonies)
    for (const citation of citing.citations) {
      const { ceremony, digest, by } = citation;
      const cited = known.get(ceremony);
      if (cited === undefined)
        return { is: "indeterminate", entry: by, fault: fault("CITATION_MISSING", { ceremony, by }).fault };
      const found = cited.state.ending?.digest;
      if (found !== digest)
        return {
          is: "failed",
          entry: by,
          fault: fault("CITATION_FALSE", { ceremony, by, found, recorded: digest }).fault,
        };
      const borne = bears(citing, citation, cited);
      if (!borne.ok) return { is: "failed", entry: by, fault: borne.fault };
    }
  return null;
}

/** A choice that passes on a certificate is the one that the certificate gives; whoever releases had custody at the end of what it cites. */
function bears(citing: Examined, { as, by, seat, choice, ceremony }: Citation, cited: Examined): Result<true> {
  const record = cited.state.ending?.record;
  const wrong = (found: CborValue, recorded: CborValue) =>
    fault("CITATION_FALSE", { ceremony, by, found: String(found), recorded: String(recorded) });
  if (as === "certificate") {
    const given = record?.status === "decided" ? outcomeWord(record.value) : null;
    return given === choice ? ok(true) : wrong(given, choice);
  }
  if (as !== "prior") return ok(true);
  const custody = custodyIn(cited.state);
  const holder =
    custody === null ? null : custodianAt(custody.first, custody.transfers, Number.MAX_SAFE_INTEGER).custodian;
  const round = citing.state.rounds[0];
  const releaser = round === undefined ? undefined : seatAt(round, seat)?.authority;
  return holder === releaser ? ok(true) : wrong(holder, releaser ?? null);
}

/** The word that an outcome comes to: a choice, or the winner of a vote. */
function outcomeWord(value: CborValue): CborValue {
  return valueAt(value, "choice") ?? valueAt(value, "winner");
}

/** The certified ends of the ceremonies that are parts of a composition, by the names of the parts. */
export function endingsOf({ hash }: PinnedComposition, ceremonies: readonly Examined[]): ReadonlyMap<string, Ending> {
  return new Map(
    ceremonies.flatMap(({ state, ceremony }): (readonly [string, Ending])[] => {
      const membership = membershipOf(state.call?.body.subject ?? null);
      if (membership?.composition !== hash || state.ending === null) return [];
      const { record, digest } = state.ending;
      const { status, value, cause } = record;
      const closedAt = state.rounds.at(-1)?.closesAt ?? 0;
      return [[membership.part, { ceremony, digest, status, value, cause, closedAt }]];
    }),
  );
}

function checkComposition(pinned: PinnedComposition | null, ceremonies: readonly Examined[]): Stop | null {
  if (pinned === null) return null;
  const failed = (entry: string, stop: { readonly fault: Fault }): Stop => ({ is: "failed", entry, fault: stop.fault });
  const endings = endingsOf(pinned, ceremonies);
  const seen = new Set<string>();
  const cited = new Set<Id>();
  for (const { ceremony, state, citations, part } of ceremonies) {
    const unfit = checkPart(pinned, endings, state, citations) ?? checkNested(pinned, state, citations, ceremonies);
    if (unfit !== null) return failed(ceremony, unfit);
    if (part !== null && seen.has(part))
      return failed(ceremony, fault("PART_MISMATCH", { part, reason: "another ceremony is that part already" }));
    if (part !== null) seen.add(part);
    for (const one of citations.filter(({ as }) => as === "input")) {
      if (!pinned.composition.reuse && cited.has(one.ceremony))
        return failed(
          ceremony,
          fault("PART_MISMATCH", { part, reason: "a certificate that it cites is used already" }),
        );
      cited.add(one.ceremony);
    }
  }
  return null;
}

/** A certificate that a seat passes on is that of a part nested here, for its role. */
function checkNested(
  { composition, hash }: PinnedComposition,
  state: CeremonyState,
  citations: readonly Citation[],
  ceremonies: readonly Examined[],
): Extract<Result<never>, { ok: false }> | null {
  const membership = membershipOf(state.call?.body.subject ?? null);
  if (membership?.composition !== hash) return null;
  for (const { as, ceremony, seat } of citations) {
    if (as !== "certificate") continue;
    const child = ceremonies.find((one) => one.ceremony === ceremony)?.part ?? "";
    const nested = composition.parts.get(child)?.nested ?? null;
    const role = state.rounds[0]?.seats.find(({ index }) => index === seat)?.role;
    if (nested?.part !== membership.part || nested.role !== role)
      return fault("PART_MISMATCH", {
        part: membership.part,
        reason: `${child || "a stranger"} is not nested in it for ${role}`,
      });
  }
  return null;
}
