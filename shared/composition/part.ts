// One part of a composition as a ceremony: what its call must say, and whether a call says it (SPEC §23.4).
import { compareBytes } from "../bytes.ts";
import { encodeCanonical } from "../cbor/encode.ts";
import { type CborMap, type CborValue, type Encodable, isCborMap } from "../cbor/value.ts";
import type { CeremonyState } from "../ceremony/state.ts";
import { fault, ok, type Result } from "../result.ts";
import type { Citation } from "./citations.ts";
import type { Composition, Part, PinnedComposition } from "./document.ts";
import { membershipOf } from "./membership.ts";
import { type Ending, inputsOf, whatEnded } from "./progress.ts";

type Endings = ReadonlyMap<string, Ending>;

/** The subject of a part's call: the composition, the certificates it rests on, and what it takes over. Refused while it is not due. */
export function partSubject({ composition, hash }: PinnedComposition, endings: Endings, name: string): Result<CborMap> {
  const part = composition.parts.get(name);
  const inputs = inputsOf(composition, endings, name);
  if (part === undefined || inputs === null)
    return fault("PART_NOT_DUE", { part: name, waits: part?.after.join(", ") || "nothing that is known" });
  const cited = inputs.map((input) => {
    const { ceremony, digest } = endings.get(input) as Ending;
    return new Map<string, CborValue>([
      ["part", input],
      ["ceremony", ceremony],
      ["digest", digest],
    ]);
  });
  return ok(
    new Map<string, CborValue>([
      ["composition", hash],
      ["part", name],
      ["inputs", cited],
      ["carried", carriedBy(composition, endings, part)],
    ]),
  );
}

/** What a value holds at a path such as `winners.0.party`; null where nothing is there. */
export function valueAt(value: CborValue, path: string): CborValue {
  return path.split(".").reduce<CborValue>((inner, step) => {
    if (isCborMap(inner)) return inner.get(step) ?? null;
    return Array.isArray(inner) ? ((inner as readonly CborValue[])[Number(step)] ?? null) : null;
  }, value);
}

function carriedBy(composition: Composition, endings: Endings, { carries }: Part): CborMap {
  const value = carries === null ? null : sourceOf(composition, endings, carries.from);
  return new Map((carries?.fields ?? []).map((path) => [path, valueAt(value, path)]));
}

function sourceOf(composition: Composition, endings: Endings, from: string): CborValue {
  const [ended] = whatEnded(composition, endings, from);
  return ended === undefined ? null : (endings.get(ended)?.value ?? null);
}

/** Whether a ceremony is the part that its call says it is; null where it is. */
export function checkPart(
  { composition, hash }: PinnedComposition,
  endings: Endings,
  state: CeremonyState,
  citations: readonly Citation[],
): Extract<Result<never>, { ok: false }> | null {
  const membership = membershipOf(state.call?.body.subject ?? null);
  if (membership === null || membership.composition !== hash) return null;
  const name = membership.part;
  const part = composition.parts.get(name);
  const not = (reason: string) => fault("PART_MISMATCH", { part: name, reason });
  if (part === undefined) return not("the composition has no such part");
  if (part.policy !== state.policy?.hash) return not(`its policy is ${state.policy?.hash}, not ${part.policy}`);
  const others = new Map([...endings].filter(([other]) => other !== name));
  const inputs = inputsOf(composition, others, name);
  if (inputs === null) return not("what it waits for has not come to an outcome");
  const cited = citations.filter((one) => one.as === "input").map((one) => one.part ?? "");
  if (inputs.join() !== [...cited].sort().join())
    return not(`it cites ${cited.join(", ") || "nothing"}, and rests on ${inputs.join(", ") || "nothing"}`);
  if (!same(membership.carried, carriedBy(composition, others, part)))
    return not("it does not carry on what it takes over");
  return checkHolder(composition, others, part, state) ? null : not("another party than the outcome names carries on");
}

/** The party that the earlier outcome names holds the role in which it carries on. */
function checkHolder(composition: Composition, endings: Endings, { carries }: Part, state: CeremonyState): boolean {
  if (carries === null || carries.holder === null) return true;
  const named = valueAt(sourceOf(composition, endings, carries.from), carries.holder);
  const seats = state.rounds[0]?.seats ?? [];
  return seats.some(({ authority, role }) => authority === named && (carries.role === null || role === carries.role));
}

function same(a: CborValue, b: CborValue): boolean {
  return compareBytes(encodeCanonical(a as Encodable), encodeCanonical(b as Encodable)) === 0;
}
