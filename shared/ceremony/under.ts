// Whether a call's word about its coalition holds together (SPEC §15.12): judged from the call alone, and by the roots that a party recognises.
import { rootOf } from "../authority/chain.ts";
import type { Call, NamedSeat, Observation } from "../observation/observation.ts";
import type { PinnedTranslator, Under } from "../observation/under.ts";
import { type Fault, fault } from "../result.ts";
import type { CeremonyState } from "./state.ts";

/** Null where it holds together, names a road for every seat but the home's own, and prohibits nothing that the ceremony is about. */
export function checkUnder({ under, seats }: Pick<Call, "under" | "seats">): Fault | null {
  if (under === undefined) return null;
  const translators = new Map(under.translators.map((translator) => [translator.id, translator]));
  for (const { authority, roads } of under.roads)
    for (const road of roads) {
      const reason = whyNoRoad(authority, road, under.home, translators);
      if (reason !== null) return fault("CALL_INVALID", { reason }).fault;
    }
  const named = new Set(under.roads.flatMap(({ roads }) => roads.flat()));
  const idle = under.translators.find(({ id }) => !named.has(id));
  if (idle !== undefined) return fault("CALL_INVALID", { reason: `no road uses the translator ${idle.id}` }).fault;
  const known = new Set(under.roots.map(({ authority }) => authority));
  const sides = under.translators.flatMap(({ from, to, signer }) => [from, to, ...(signer === null ? [] : [signer])]);
  const unrooted = [under.home, ...sides].find((authority) => !known.has(authority));
  if (unrooted !== undefined) return fault("CALL_INVALID", { reason: `it names no root of ${unrooted}` }).fault;
  return checkSeats(under, seats) ?? checkMatters(under);
}

function whyNoRoad(
  from: string,
  road: readonly string[],
  home: string,
  translators: ReadonlyMap<string, PinnedTranslator>,
): string | null {
  const passed = [from];
  for (const id of road) {
    const translator = translators.get(id);
    if (translator === undefined) return `a road uses the translator ${id}, which it does not pin`;
    if (translator.from !== passed.at(-1) || passed.includes(translator.to))
      return `the road of ${from} over ${id} leads nowhere`;
    passed.push(translator.to);
  }
  return passed.at(-1) === home ? null : `the road of ${from} does not lead to ${home}`;
}

/** No road, no recognition: nobody sits in an operation whose home does not recognise it. */
export function checkSeats({ home, operation, roads }: Under, seats: readonly Pick<NamedSeat, "authority">[]) {
  const stranger = seats.find(
    ({ authority }) => authority !== home && !roads.some((known) => known.authority === authority),
  );
  return stranger === undefined
    ? null
    : fault("PARTNER_UNRECOGNISED", { authority: stranger.authority, home, operation }).fault;
}

function checkMatters({ home, matters, clauses }: Under): Fault | null {
  const strange = clauses.find(({ matter }) => !matters.includes(matter));
  if (strange !== undefined)
    return fault("CALL_INVALID", { reason: `the clause ${strange.id} is about none of its matters` }).fault;
  const against = clauses.find(({ effect }) => effect === "prohibit");
  if (against === undefined) return null;
  const { matter, id, from } = against;
  return fault("MATTER_PROHIBITED", { matter, home, clause: id, from }).fault;
}

/**
 * By the roots that the party recognises there: the call is its home's own, and each name stands for the root that it gives. In a mesh in
 * which the party does not stand it takes the call's word.
 */
export function unrecognisedUnder({ self }: CeremonyState, call: Observation<Call>): Fault | null {
  const { under } = call.body;
  if (under === undefined) return null;
  const caller = self.roots.get(rootOf(call.chain));
  if (caller !== under.home)
    return fault("POLICY_NOT_OWN", { signer: caller, document: "operation", authority: under.home }).fault;
  // One mesh has one clock: with another its home could date what is withdrawn as it likes.
  if (under.mesh === call.mesh && under.shift !== 0)
    return fault("CALL_INVALID", { reason: `it shifts the time of ${under.mesh} against itself` }).fault;
  const roots = under.mesh === call.mesh ? self.roots : self.elsewhere?.get(under.mesh);
  if (roots === undefined) return null;
  // Every one of them: a key that nobody here knows could sign withdrawals in the name that the call gives it.
  const stranger = under.roots.find(({ root, authority }) => roots.get(root) !== authority);
  return stranger === undefined
    ? null
    : fault("ROOT_UNKNOWN", { root: stranger.root, authority: stranger.authority }).fault;
}
