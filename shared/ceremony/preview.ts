// What a withdrawal would touch in a ceremony that runs, before anybody signs it (SPEC §15.16): the seats that would not be heard, and how it would
// end if it ended now, with it and without it. A provisional view of one party: nothing here is agreed.
import { rootOf } from "../authority/chain.ts";
import { type Json, toJson } from "../cbor/json.ts";
import type { TranslatorRevocation } from "../mesh/translator.ts";
import { type Id, isKind } from "../observation/observation.ts";
import type { Under } from "../observation/under.ts";
import { advance } from "./advance.ts";
import { wouldTake } from "./disengaged.ts";
import { contributionsOf } from "./gathered.ts";
import { type CeremonyState, type Phase, phaseOf, type Round } from "./state.ts";

type Verdict = { readonly is: string; readonly value: Json; readonly cause: string | null };

export type Preview = {
  readonly ceremony: Id;
  readonly title: string;
  readonly operation: string;
  readonly phase: Phase;
  /** Seats of whom nothing would be heard any more. */
  readonly seats: readonly { readonly seat: number; readonly authority: string; readonly role: string }[];
  /** What they have said in the present round that would not stand. */
  readonly contributions: readonly Id[];
  readonly now: Verdict;
  readonly then: Verdict;
  readonly effect: "survives" | "flips" | "stalls";
};

/** Null where it takes no seat of a ceremony that runs under the coalition of that mesh. */
export function previewOf(state: CeremonyState, mesh: string, revocation: TranslatorRevocation): Preview | null {
  const round = state.rounds.at(-1);
  const under = round?.under ?? null;
  if (round === undefined || under === null || under.mesh !== mesh || state.policy === null || state.ending !== null)
    return null;
  const { policy } = state.policy;
  const gone = new Set(wouldTake(under, revocation));
  const seats = round.seats.filter(({ authority }) => gone.has(authority));
  if (seats.length === 0) return null;
  const roots = new Set(seats.map(({ root }) => root));
  const lost = contributionsOf([...round.held.values()]).filter(
    (said) => roots.has(rootOf(said.chain)) && falls(under, revocation, said),
  );
  const held = without(round.held, new Set(lost.map(({ id }) => id)));
  const end = (last: Round) => verdictOf(advance(policy, [...state.rounds.slice(0, -1), last]).result);
  const [now, then] = [end(round), end({ ...round, held })];
  return {
    ceremony: state.ceremony,
    title: state.call?.body.title ?? "",
    operation: under.operation,
    phase: phaseOf(state),
    seats: seats.map(({ index, authority, role }) => ({ seat: index, authority, role })),
    contributions: lost.map(({ id }) => id),
    now,
    then,
    effect: effectOf(now, then),
  };
}

/** What is held, but for these contributions, which may have come in batches. */
function without(held: Round["held"], gone: ReadonlySet<Id>): Round["held"] {
  const kept = [...held].filter(([id]) => !gone.has(id));
  return new Map(
    kept.map(([id, one]) => {
      if (!isKind(one, "batch")) return [id, one];
      const members = one.body.members.filter((member) => !gone.has(member.id));
      return [id, { ...one, body: { ...one.body, members } }];
    }),
  );
}

/** Said from its instant on, or before it and not in its cut; whether others would vouch for it is not known yet. */
function falls(
  { shift }: Under,
  { after, cut }: TranslatorRevocation,
  { id, at }: { readonly id: Id; readonly at: readonly [number, number] },
): boolean {
  return at[1] + shift >= after || !cut.includes(id);
}

function verdictOf(result: ReturnType<typeof advance>["result"]): Verdict {
  if (result.is === "next") return { is: "open", value: null, cause: null };
  return { is: result.is, value: toJson(result.value ?? null), cause: result.cause ?? null };
}

function effectOf(now: Verdict, then: Verdict): Preview["effect"] {
  if (JSON.stringify(now) === JSON.stringify(then)) return "survives";
  return then.is === "decided" ? "flips" : "stalls";
}
