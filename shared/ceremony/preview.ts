// What a withdrawal would touch in a ceremony that runs, before anybody goes by it: of a translator of its coalition (SPEC §15.16), or of a credential.
// The seats that would not be heard, and how it would end if it ended now, with it and without it. A provisional view of one party: nothing here is agreed.
import { rootOf } from "../authority/chain.ts";
import type { Revocation } from "../authority/statement.ts";
import { type Json, toJson } from "../cbor/json.ts";
import type { TranslatorRevocation } from "../mesh/translator.ts";
import { type ContributionBody, type Id, isKind, type Observation } from "../observation/observation.ts";
import { advance } from "./advance.ts";
import { wouldTake } from "./disengaged.ts";
import { allHeld, contributionsOf } from "./gathered.ts";
import { type CeremonyState, type Phase, phaseOf, type Round } from "./state.ts";

type Verdict = { readonly is: string; readonly value: Json; readonly cause: string | null };

export type Preview = {
  readonly ceremony: Id;
  readonly title: string;
  /** Under a coalition. */
  readonly operation: string | null;
  readonly phase: Phase;
  /** Seats of whom nothing would be heard any more; or not before they speak under another credential. */
  readonly seats: readonly { readonly seat: number; readonly authority: string; readonly role: string }[];
  /** What they have said in the present round that would not stand. */
  readonly contributions: readonly Id[];
  readonly now: Verdict;
  readonly then: Verdict;
  readonly effect: "survives" | "flips" | "stalls";
};

/** Null where it takes no seat of a ceremony that runs: of one under the coalition of that mesh, where a translator is withdrawn. */
export function previewOf(
  state: CeremonyState,
  mesh: string,
  withdrawn: TranslatorRevocation | Revocation,
): Preview | null {
  const round = state.rounds.at(-1);
  if (round === undefined || state.policy === null || state.ending !== null) return null;
  const { policy } = state.policy;
  const taken = "body" in withdrawn ? takenWithKey(round, withdrawn) : takenWithTranslator(round, mesh, withdrawn);
  const { seats, lost } = taken;
  if (seats.length === 0) return null;
  const held = without(round.held, new Set(lost.map(({ id }) => id)));
  const end = (last: Round) => verdictOf(advance(policy, [...state.rounds.slice(0, -1), last]).result);
  const [now, then] = [end(round), end({ ...round, held })];
  return {
    ceremony: state.ceremony,
    title: state.call?.body.title ?? "",
    operation: round.under?.operation ?? null,
    phase: phaseOf(state),
    seats: seats.map(({ index, authority, role }) => ({ seat: index, authority, role })),
    contributions: lost.map(({ id }) => id),
    now,
    then,
    effect: effectOf(now, then),
  };
}

type Taken = { readonly seats: Round["seats"]; readonly lost: readonly Observation<ContributionBody>[] };

function takenWithTranslator(
  { under, seats: all, held }: Round,
  mesh: string,
  revocation: TranslatorRevocation,
): Taken {
  if (under === null || under.mesh !== mesh) return { seats: [], lost: [] };
  const gone = new Set(wouldTake(under, revocation));
  const seats = all.filter(({ authority }) => gone.has(authority));
  const roots = new Set(seats.map(({ root }) => root));
  const lost = contributionsOf(allHeld(held)).filter(
    (said) => roots.has(rootOf(said.chain)) && falls(under.shift, revocation, said),
  );
  return { seats, lost };
}

/** Of the organisation whose root, or whose delegate, withdraws the credential; nobody else's word takes it. */
function takenWithKey({ seats, held }: Round, { signer, body: { credential, from, cut } }: Revocation): Taken {
  const lost = contributionsOf(allHeld(held)).filter((said) => {
    const at = said.chain.findIndex(({ id }) => id === credential);
    const isAbove = said.chain.slice(0, at + 1).some(({ issuer }) => issuer === signer);
    return isAbove && falls(0, { after: from, cut }, said);
  });
  const roots = new Set([signer, ...lost.map(({ chain }) => rootOf(chain))]);
  return { seats: seats.filter(({ root }) => roots.has(root)), lost };
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
  shift: number,
  { after, cut }: Pick<TranslatorRevocation, "after" | "cut">,
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
