// The lineage of observations in a file, checked offline (SPEC §11.2): every frame through the door, every source walked to its leaves, and
// nothing else asked. What the file does not hold is said to be unresolved.
import type { Trust } from "../authority/trust.ts";
import { sha256Hex } from "../hash.ts";
import {
  ancestryIn,
  type Claimed,
  type Traced,
  traceSources,
  type Unresolved,
  unresolvedIn,
} from "../lineage/sources.ts";
import { admitAll } from "../observation/admit-all.ts";
import { parseObservation } from "../observation/decode.ts";
import type { Id, Kind, Observation, VerifiedObservation } from "../observation/observation.ts";
import { refusalClass } from "../refusals.ts";
import { type Fault, fault, type Result } from "../result.ts";

/** A frame, and the id under which it is listed; null where the file lists it under none. */
export type Listed = { readonly id: Id | null; readonly frame: Uint8Array };

export type TracedObservation = Traced & {
  readonly kind: Kind | "unknown" | null;
  readonly authority: string | null;
};

export type LineageReport = {
  readonly verdict: "passed" | "failed" | "indeterminate";
  readonly observations: readonly TracedObservation[];
  readonly unresolved: readonly Unresolved[];
  /** Links of the longest lineage. */
  readonly depth: number;
};

/** Judges the lineage of one observation, or of all; null where the one asked for is not listed. */
export async function traceFrames(
  listed: readonly Listed[],
  trust: Trust,
  of: Id | null = null,
): Promise<LineageReport | null> {
  const { verdicts } = await admitAll(
    listed.map(({ frame }) => frame),
    trust,
  );
  const read = listed.map((each, index) => claimOf(each, verdicts[index] as Result<VerifiedObservation>));
  const claims = read.map(({ claim }) => claim);
  if (of !== null && !claims.some(({ id }) => id === of)) return null;
  const asked = of === null ? claims : ancestryIn(claims, of);
  const observations = new Map(read.map(({ claim, observation }) => [claim.id, observation]));
  const traced = traceSources(asked).map((each): TracedObservation => {
    const observation = observations.get(each.id) ?? null;
    const root = observation?.chain[0].issuer ?? "";
    return { ...each, kind: observation?.body.kind ?? null, authority: trust.roots.get(root) ?? null };
  });
  return {
    verdict: verdictOn(traced),
    observations: traced,
    unresolved: unresolvedIn(asked),
    depth: traced.reduce((most, { depth }) => Math.max(most, depth), 0),
  };
}

type Read = { readonly claim: Claimed; readonly observation: Observation | null };

function claimOf({ id, frame }: Listed, verdict: Result<VerifiedObservation>): Read {
  const parsed = parseObservation(frame);
  const observation = parsed.ok ? parsed.value.observation : null;
  const name = id ?? observation?.id ?? sha256Hex(frame);
  const body = observation?.id ?? sha256Hex(frame);
  const misnamed = name === body ? null : fault("BUNDLE_ID", { entry: name, found: body }).fault;
  return {
    claim: {
      id: name,
      body,
      sources: observation?.lineage.sources ?? [],
      fault: misnamed ?? (verdict.ok ? null : verdict.fault),
    },
    observation,
  };
}

/** What waits for knowledge that is not at hand is no failure; whatever is wrong for good is. */
function verdictOn(traced: readonly Traced[]): LineageReport["verdict"] {
  if (traced.some(({ verdict, fault }) => verdict === "refused" && !isOpen(fault))) return "failed";
  return traced.every(({ verdict }) => verdict === "verified") ? "passed" : "indeterminate";
}

function isOpen(refusal: Fault | null): boolean {
  return refusal !== null && refusalClass(refusal.code) === "held";
}
