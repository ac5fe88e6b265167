// A set of frames through the door at once (SPEC §4.11). What one frame shows of another is evidence too: an observation dated before a
// revocation stands where somebody independent referenced it in time. The verdicts depend on the set, never on its order.
import type { Revocation } from "../authority/statement.ts";
import type { Trust, Vouched } from "../authority/trust.ts";
import { revocationsOf } from "../authority/validity.ts";
import { FRAME_BYTES_MAX } from "../limits.ts";
import type { Fault, Result } from "../result.ts";
import { runsOf } from "../runs.ts";
import { admit, admitEach } from "./admit.ts";
import { parseObservation } from "./decode.ts";
import type { Id, Observation, VerifiedObservation } from "./observation.ts";

/** The verdict on each frame, in the order given, and what was vouched for; ends early behind a verdict that settles the matter. */
export async function admitAll(
  frames: readonly Uint8Array[],
  trust: Trust,
  settles: (refusal: Fault) => boolean = () => false,
): Promise<{ readonly verdicts: readonly Result<VerifiedObservation>[]; readonly vouched: Vouched }> {
  const verdicts: Result<VerifiedObservation>[] = [];
  // As many at a time as fill one: the platform's threads are busy, and no chain is proved often.
  for (const together of runsOf(frames, (frame) => frame, FRAME_BYTES_MAX)) {
    for (const verdict of await admitEach(together, trust)) {
      verdicts.push(verdict);
      if (!verdict.ok && settles(verdict.fault)) return { verdicts, vouched: trust.vouched };
    }
  }
  const suspects = frames.flatMap((frame, index) => {
    const verdict = verdicts[index];
    const parsed =
      verdict?.ok === false && verdict.fault.code === "OBSERVATION_BACKDATED" ? parseObservation(frame) : null;
    return parsed?.ok ? [{ index, observation: parsed.value.observation }] : [];
  });
  if (suspects.length === 0) return { verdicts, vouched: trust.vouched };
  // Whoever was admitted so far needed no witness: none of them can be the thief of the key in question.
  const witnesses = verdicts.flatMap((verdict) => (verdict.ok ? [verdict.value] : []));
  const vouched = vouchFor(
    suspects.map(({ observation }) => observation),
    witnesses,
    trust,
  );
  for (const { index } of suspects) verdicts[index] = await admit(frames[index] as Uint8Array, { ...trust, vouched });
  return { verdicts, vouched };
}

/** What bears on a set of statements: the revocations known, and who the roots are. */
export type Evidenced = {
  readonly revocations: readonly Revocation[];
  readonly roots: ReadonlyMap<string, string>;
  readonly vouched: Vouched;
};

/** Which suspects existed before the revocation that touches them: referenced in time by another authority, or what such a one builds on. */
export function vouchFor(
  suspects: readonly Observation[],
  witnesses: readonly Observation[],
  trust: Omit<Evidenced, "vouched">,
): Vouched {
  const known = new Map([...witnesses, ...suspects].map((each) => [each.id, each]));
  const vouched = new Map<string, ReadonlySet<Id>>();
  for (const { id, body } of trust.revocations) {
    const touched = suspects.filter(({ chain }) => revocationsOf(chain, trust).some((hit) => hit.revocation.id === id));
    if (touched.length === 0) continue;
    const inTime = witnesses.filter(({ at }) => at[1] < body.from);
    const referenced = touched.filter((suspect) =>
      inTime.some((witness) => isIndependent(witness, suspect, trust) && referencesOf(witness).includes(suspect.id)),
    );
    vouched.set(id, ancestry([...body.cut, ...referenced.map((suspect) => suspect.id)], known));
  }
  return vouched;
}

function isIndependent(witness: Observation, suspect: Observation, { roots }: Pick<Trust, "roots">): boolean {
  return roots.get(witness.chain[0].issuer) !== roots.get(suspect.chain[0].issuer);
}

/** Every statement that an observation names by its hash. */
export function referencesOf({ ceremony, lineage, body }: Observation): readonly Id[] {
  const before = [ceremony, lineage.prev].filter((id) => id !== null);
  return [...before, ...lineage.parents, ...lineage.sources, ...namedIn(body)];
}

function namedIn(body: Observation["body"]): readonly Id[] {
  if (body.kind === "witness") return body.pages ?? body.ids ?? [];
  if (body.kind === "page") return body.ids;
  return body.kind === "propose" ? [...body.justification, ...body.polka] : [];
}

/** The ids given and all that they build on, as far as it is known. A hash can only name what existed before it. */
export function ancestry(from: readonly Id[], known: ReadonlyMap<Id, Observation>): ReadonlySet<Id> {
  const reached = new Set<Id>();
  const given = new Set(from);
  const open = [...given];
  for (let id = open.pop(); id !== undefined; id = open.pop()) {
    const observation = known.get(id);
    if (reached.has(id) || (observation === undefined && !given.has(id))) continue;
    reached.add(id);
    if (observation !== undefined) open.push(...referencesOf(observation));
  }
  return reached;
}
