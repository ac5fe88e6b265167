// The verifier's first checks: what the evidence says of authority, and every frame through the door (SPEC §12.3).
import type { Revocation } from "../authority/statement.ts";
import type { Trust } from "../authority/trust.ts";
import { revocationsOf, withoutStanding } from "../authority/validity.ts";
import { noticesOf } from "../ceremony/gathered.ts";
import { admitAll } from "../observation/admit-all.ts";
import { parseObservation } from "../observation/decode.ts";
import { stepOf } from "../observation/door-steps.ts";
import type { VerifiedObservation } from "../observation/observation.ts";
import { refusalClass } from "../refusals.ts";
import { fault } from "../result.ts";
import type { BundledFrame } from "./bundle.ts";
import { type Case, cannotTell, failed, type SetAside, type Stopped } from "./case.ts";
import { openTrust } from "./trust-statement.ts";

/** Statements about authority, the bundle's and those given beside it, are what they say; some may be set aside. */
export async function checkStatements(found: Case): Promise<Case | Stopped> {
  const carried = [...found.bundle.statements, ...(found.options.revocations ?? [])];
  const trust = await openTrust(found.options.trust, carried);
  if (!trust.ok) return failed(`statement ${trust.fault.detail.entry}`, trust);
  const setAside = trust.value.notes.flatMap(({ about, code }) => about.map((entry) => ({ entry, code })));
  return { ...found, trust: trust.value, setAside };
}

/** Every frame passes the door under the trust statement, and has the id it is listed by. */
export async function checkFrames(found: Case): Promise<Case | Stopped> {
  const listed = found.bundle.frames;
  const [carried, known] = splitRevocations(found);
  const trust = { ...found.trust, revocations: known };
  const { verdicts, vouched } = await admitAll(
    listed.map(({ frame }) => frame),
    trust,
    ({ code }) => code !== "OBSERVATION_BACKDATED",
  );
  const frames: VerifiedObservation[] = [];
  const setAside = [...found.setAside];
  for (const [index, admitted] of verdicts.entries()) {
    const { id } = listed[index] as BundledFrame;
    if (!admitted.ok) {
      const { code, detail } = admitted.fault;
      if (code === "ROOT_UNKNOWN")
        return cannotTell(id, fault("TRUST_MISSING", { root: detail.root, authority: "a signer" }));
      if (refusalClass(code) === "held") return cannotTell(id, admitted);
      if (code !== "OBSERVATION_BACKDATED") return failed(id, admitted, stepOf(code) ?? "signatures");
      setAside.push({ entry: id, code });
      continue;
    }
    if (admitted.value.id !== id) return failed(id, fault("BUNDLE_ID", { entry: id, found: admitted.value.id }));
    frames.push(admitted.value);
  }
  const ignored = ignoredRevocations(frames, trust);
  return { ...found, frames, carried, setAside: [...setAside, ...ignored], trust: { ...trust, vouched } };
}

/**
 * The revocations known here that notices among the frames carry, and the others. What is carried is judged by the fold, over the set
 * that it was carried into; that it is in such a set is checked behind it.
 */
function splitRevocations({ bundle, trust }: Case): readonly [readonly Revocation[], readonly Revocation[]] {
  if (trust.revocations.length === 0) return [[], []];
  const ids = new Set(
    bundle.frames.flatMap(({ frame }) => {
      const parsed = parseObservation(frame);
      return parsed.ok ? noticesOf([parsed.value.observation]).map(({ body }) => body.revocation.id) : [];
    }),
  );
  const isCarried = ({ id }: Revocation) => ids.has(id);
  return [trust.revocations.filter(isCarried), trust.revocations.filter((each) => !isCarried(each))];
}

/** A revocation that was carried and is in no closed set counts for the frames after all: nobody may hide behind having held it. */
export async function checkCarried(found: Case): Promise<Case | Stopped> {
  const closed = (found.state?.rounds ?? []).flatMap(({ held, closing }) =>
    noticesOf([...held.values()]).filter(({ id }) => closing.decision?.set.includes(id) === true),
  );
  const judged = new Set(closed.map(({ body }) => body.revocation.id));
  const unjudged = found.carried.filter(({ id }) => !judged.has(id));
  if (unjudged.length === 0) return found;
  const trust = { ...found.trust, revocations: unjudged, vouched: new Map() };
  const { verdicts } = await admitAll(
    found.frames.map(({ frame }) => frame),
    trust,
  );
  const at = verdicts.findIndex((verdict) => !verdict.ok);
  const verdict = verdicts[at];
  return verdict === undefined || verdict.ok ? found : failed((found.frames[at] as VerifiedObservation).id, verdict);
}

/** Revocations of credentials in use that nobody with standing signed: they change nothing, and are said. */
function ignoredRevocations(frames: readonly VerifiedObservation[], trust: Trust): readonly SetAside[] {
  const counted = new Set(
    frames.flatMap(({ chain }) => revocationsOf(chain, trust).map(({ revocation }) => revocation.id)),
  );
  const ignored = new Set(frames.flatMap(({ chain }) => withoutStanding(chain, trust).map(({ id }) => id)));
  return [...ignored]
    .filter((id) => !counted.has(id))
    .sort()
    .map((entry) => ({ entry, code: "REVOCATION_STANDING" }));
}

/** What was known of revocations, and as of when: an outcome is only as good as that. */
export type RevocationsKnown = {
  readonly known: number;
  /** The greatest age that trust allows, in microseconds; null where it asks for none. */
  readonly age: number | null;
  readonly states: readonly { readonly authority: string; readonly asOf: number; readonly freshUntil: number }[];
};

export function revocationsKnown({ revocations, revocationAge, states, roots }: Trust): RevocationsKnown {
  const newest = new Map<string, { readonly authority: string; readonly asOf: number; readonly freshUntil: number }>();
  for (const { signer, body } of states) {
    const authority = roots.get(signer);
    if (authority === undefined || (newest.get(authority)?.asOf ?? -1) >= body.as_of) continue;
    newest.set(authority, { authority, asOf: body.as_of, freshUntil: body.fresh_until });
  }
  const sorted = [...newest.values()].sort((a, b) => (a.authority < b.authority ? -1 : 1));
  return { known: revocations.length, age: revocationAge, states: sorted };
}
