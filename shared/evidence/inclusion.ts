// Whether a contribution counted, in O(log n) bytes (SPEC §12.7): an inclusion proof (RFC 9162 §2.1.3) against the root that parties signed as
// what their outcome was derived from. For whoever handed something in and runs no agent.
import { parseBase64, toBase64 } from "../bytes.ts";
import { fromJson, type Json } from "../cbor/json.ts";
import { hex32, integer, list, misfit, oneOf, type Reader, readAs, record } from "../cbor/read.ts";
import { countedIn, countedRootOf } from "../ceremony/counted.ts";
import type { CeremonyState } from "../ceremony/state.ts";
import { inclusionPath, rootFromPath } from "../closing/path.ts";
import { rootOfSet } from "../closing/root.ts";
import { ELECTORS_MAX, FRAME_BYTES_MAX } from "../limits.ts";
import { admit } from "../observation/admit.ts";
import { type Id, isKind } from "../observation/observation.ts";
import type { RefusalCode } from "../refusals.ts";
import { type Fault, fault, ok, type Result } from "../result.ts";
import { openTrust, type TrustStatement } from "./trust-statement.ts";

export const INCLUSION_FORMAT = "quorate-inclusion/1";
/** 2^40 contributions: more than any set has. */
const PATH_MAX = 40;

export type InclusionProof = {
  readonly ceremony: Id;
  readonly contribution: Id;
  /** Digest of the outcome, and root over the sorted ids of what counted, `size` of them; both as the statements have them. */
  readonly digest: Id;
  readonly root: Id;
  readonly size: number;
  /** Place of the contribution among them, and the hashes beside its way to the root, the lowest first. */
  readonly index: number;
  readonly path: readonly Id[];
  /** Frames of outcome statements, one of each party that is known to have signed one. */
  readonly statements: readonly Uint8Array[];
};

/** Proves from what is held of an ended ceremony that a contribution counted, or says why it cannot. */
export function proveInclusion(state: CeremonyState, id: Id): Result<InclusionProof> {
  const { ending, ceremony, outcomes } = state;
  if (ending === null) return fault("OUTCOME_PENDING");
  const ids = countedIn(state);
  const index = ids.indexOf(id);
  const excluded = ending.record.excluded.find((exclusion) => exclusion.id === id);
  if (index < 0) return fault("INCLUSION_ABSENT", { id, code: excluded?.code ?? "NEVER_ARRIVED" });
  const root = rootOfSet(ids);
  const statements = [...outcomes.values()].filter(
    (outcome) => outcome.body.digest === ending.digest && countedRootOf(outcome) === root,
  );
  if (statements.length === 0) return fault("INCLUSION_UNSAID");
  return ok({
    ceremony,
    contribution: id,
    digest: ending.digest,
    root,
    size: ids.length,
    index,
    path: inclusionPath(ids, index),
    statements: statements.map(({ frame }) => frame),
  });
}

export type InclusionVerdict = {
  readonly verdict: "passed" | "failed" | "indeterminate";
  readonly code: RefusalCode | null;
  readonly detail: Fault["detail"];
  /** Organisations that signed for the root, by the trust given. */
  readonly by: readonly string[];
};

const stopped = (verdict: InclusionVerdict["verdict"], { code, detail }: Fault): InclusionVerdict => ({
  verdict,
  code,
  detail,
  by: [],
});

/** Checks a proof: the way leads to the root, and every statement is signed by a party that the trust recognises and names that root. */
export async function checkInclusion(proof: InclusionProof, statement: TrustStatement): Promise<InclusionVerdict> {
  const { contribution, index, size, path, root } = proof;
  const found = rootFromPath(contribution, index, size, path);
  if (found !== root) return stopped("failed", fault("INCLUSION_PATH", { found: found ?? "no root", root }).fault);
  const trust = await openTrust(statement, []);
  if (!trust.ok) return stopped("failed", trust.fault);
  const by = new Set<string>();
  for (const frame of proof.statements) {
    const admitted = await admit(frame, trust.value);
    if (!admitted.ok) {
      const unknown = admitted.fault.code === "ROOT_UNKNOWN";
      return stopped(unknown ? "indeterminate" : "failed", admitted.fault);
    }
    const said = admitted.value;
    const same = isKind(said, "outcome") && said.ceremony === proof.ceremony && said.body.digest === proof.digest;
    if (!same || countedRootOf(said) !== root) return stopped("failed", fault("INCLUSION_SAYS", { id: said.id }).fault);
    by.add(trust.value.roots.get(said.chain[0].issuer) as string);
  }
  return { verdict: "passed", code: null, detail: {}, by: [...by].sort() };
}

export function writeInclusion(proof: InclusionProof): Json {
  return { format: INCLUSION_FORMAT, ...proof, path: [...proof.path], statements: proof.statements.map(toBase64) };
}

/** The document that proves that a contribution counted. */
export function inclusionDocument(state: CeremonyState, id: Id): Result<Json> {
  const proof = proveInclusion(state, id);
  return proof.ok ? ok(writeInclusion(proof.value)) : proof;
}

const readStatement: Reader<Uint8Array> = (value, path) =>
  (typeof value === "string" && value.length <= 2 * FRAME_BYTES_MAX ? parseBase64(value) : null) ??
  misfit(path, "canonical base64");

const readProof = record<InclusionProof & { readonly format: string }>({
  format: oneOf(INCLUSION_FORMAT),
  ceremony: hex32,
  contribution: hex32,
  digest: hex32,
  root: hex32,
  size: integer(1, Number.MAX_SAFE_INTEGER),
  index: integer(0, Number.MAX_SAFE_INTEGER),
  path: list(hex32, PATH_MAX),
  statements: list(readStatement, 2 * ELECTORS_MAX, 1),
});

/** Reads the JSON document of a proof. */
export function readInclusion(document: unknown): Result<InclusionProof> {
  const value = fromJson(document);
  const read = value.ok ? readAs(value.value, readProof) : value;
  if (!read.ok) return fault("INCLUSION_FORMAT", read.fault.detail);
  const { format: _, ...proof } = read.value;
  return ok(proof);
}
