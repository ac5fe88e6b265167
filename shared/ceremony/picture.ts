// A ceremony drawn: who said what under which authority, what each statement cites, what was made of it, and how far its choices have come.
// It tells nothing that the view and the lineage do not rest on; it is the same data, laid out for people.
import { decodeCanonical } from "../cbor/decode.ts";
import { type Json, toJson } from "../cbor/json.ts";
import { messagesOf } from "../closing/state.ts";
import { parseObservation } from "../observation/decode.ts";
import type { Id, Interval, Observation } from "../observation/observation.ts";
import { type Tally, tallyThreshold } from "../outcome/threshold.ts";
import type { Place } from "../reference/place.ts";
import type { Constraint } from "../reference/profile.ts";
import { contributionsIn } from "./advance.ts";
import { allHeld, contributionsOf } from "./gathered.ts";
import { judgeRound } from "./judged.ts";
import { type Pace, paceOf } from "./pace.ts";
import { closedIn, closedSize, type Gist, gistOf, roleOf, type Said } from "./said.ts";
import { type CeremonyState, currentRound, ownSeat, type Round } from "./state.ts";
import { authorityOf } from "./turn.ts";

export type ActVerdict = "admitted" | "partially admitted" | "not admitted" | "held";

/** A link of the chain under which something was said: whose grant it is, and until when it holds, in microseconds. */
export type ActLink = { readonly subject: string; readonly until: number };

export type Act = {
  readonly id: Id;
  readonly kind: "call" | "contribution" | "notice" | "outcome" | "dispute";
  /** Null where no root that this party knows stands behind it. */
  readonly by: string | null;
  readonly role: string | null;
  readonly choice: string | null;
  readonly item: string | null;
  readonly round: number | null;
  readonly at: Interval;
  /** Statements that it cites, itself and what it rests on left out. */
  readonly parents: readonly Id[];
  readonly place: Place | null;
  readonly key: string;
  readonly chain: readonly ActLink[];
  readonly verdict: ActVerdict;
  readonly code: string | null;
};

export type ClosedPart = {
  readonly round: number;
  readonly statements: number;
  /** Null while the round is open. */
  readonly path: string | null;
  readonly root: Id | null;
  readonly set: number;
};

export type Picture = {
  readonly acts: readonly Act[];
  /** Contributions before those that are told one by one, by role. */
  readonly folded: Readonly<Record<string, number>>;
  /** Contributions held in all rounds, and statements refused here. */
  readonly counts: { readonly held: number; readonly refused: number };
  /** How fast contributions came, by the time that each states; null while there are none. */
  readonly pace: Pace | null;
  readonly closings: readonly ClosedPart[];
  /** Null where the outcome is not reached by counting choices. */
  readonly tally: Tally | null;
  /** What this party's own seat would add to a choice; null where it has none that counts. */
  readonly adds: number | null;
  /** The constraints of place that the policy sets. */
  readonly constraints: readonly Constraint[];
  readonly policy: Json;
};

/** Rounds with more contributions than this are not judged again for a picture: explain answers for each. */
const JUDGED_MAX = 512;

export function pictureOf(
  state: CeremonyState,
  refused: readonly { readonly code: string; readonly frame: Uint8Array }[],
  most: number,
): Picture {
  const gists = state.rounds.map(gistOf);
  const held = gists.reduce((sum, { said }) => sum + said.length, 0);
  const shown = newestOf(gists, most);
  const verdicts = new Map(
    state.rounds.flatMap((round, index) => [...verdictsIn(state, round, gists[index]?.said ?? [])]),
  );
  const others: readonly Observation[] = [...state.outcomes.values(), ...state.disputes.values()];
  return {
    acts: [
      ...(state.call === null ? [] : [actOf(state, state.call)]),
      ...shown.map((said) => ({ ...actOf(state, said), ...verdicts.get(said.id) })),
      ...refusedActs(state, refused.slice(Math.max(0, refused.length - most))),
      ...others.map((said) => actOf(state, said)),
    ],
    folded: foldedBefore(gists, shown),
    counts: { held, refused: refused.length },
    pace: paceOf(gists.flatMap(({ instants }) => instants)),
    closings: state.rounds.map(closedPart),
    tally: tallyOf(state),
    adds: addsOf(state),
    constraints: state.policy?.policy.proximity?.constraints ?? [],
    policy: policyJson(state),
  };
}

/** The last so many, in order. */
function newestOf(gists: readonly Gist[], most: number): readonly Said[] {
  const newest: Said[] = [];
  for (const { said } of gists.toReversed())
    newest.unshift(...said.slice(Math.max(0, said.length - most + newest.length)));
  return newest;
}

/** Of each role, those that are not told one by one. */
function foldedBefore(gists: readonly Gist[], shown: readonly Said[]): Readonly<Record<string, number>> {
  const folded: Record<string, number> = {};
  for (const { roles } of gists) for (const [role, count] of roles) folded[role] = (folded[role] ?? 0) + count;
  for (const said of shown) folded[roleOf(said)] = (folded[roleOf(said)] ?? 0) - 1;
  return Object.fromEntries(Object.entries(folded).filter(([, count]) => count > 0));
}

type Verdict = Pick<Act, "verdict" | "code">;

/** By the closed set of a round, or by what is held of it so far. */
function verdictsIn(state: CeremonyState, round: Round, held: readonly Observation[]): ReadonlyMap<Id, Verdict> {
  if (state.policy === null || held.length > JUDGED_MAX) return new Map();
  const judged = judgeRound(state.policy.policy, state.rounds.slice(0, round.index + 1));
  const closed = closedIn(round);
  return new Map(
    held.map(({ id }): [Id, Verdict] => {
      if (closed !== null && !closed.has(id)) return [id, { verdict: "not admitted", code: "ROUND_CLOSED" }];
      const excluded = judged?.excluded.find((one) => one.id === id);
      if (excluded !== undefined) return [id, { verdict: "not admitted", code: excluded.code }];
      const verdict = judged?.admissions.get(id)?.verdict ?? "admit";
      return [id, { verdict: VERDICTS[verdict] ?? "admitted", code: null }];
    }),
  );
}

const VERDICTS: Readonly<Record<string, ActVerdict>> = {
  admit: "admitted",
  partial: "partially admitted",
  defer: "held",
  refuse: "not admitted",
};

function refusedActs(
  state: CeremonyState,
  refused: readonly { readonly code: string; readonly frame: Uint8Array }[],
): readonly Act[] {
  return refused.flatMap(({ code, frame }) => {
    const parsed = parseObservation(frame);
    if (!parsed.ok || !["contribution", "notice", "call"].includes(parsed.value.observation.body.kind)) return [];
    return [{ ...actOf(state, parsed.value.observation), verdict: "not admitted", code } as const];
  });
}

const ACTS = ["call", "notice", "outcome", "dispute"] as const;

function actOf(state: CeremonyState, observation: Observation): Act {
  const { id, body, at, place, key, chain, lineage, slot, round } = observation;
  const choice = body.kind === "contribution" ? body.content.get("choice") : undefined;
  return {
    id,
    kind: ACTS.find((kind) => kind === body.kind) ?? "contribution",
    by: authorityOf(state, observation),
    role: body.kind === "contribution" ? body.role : null,
    choice: typeof choice === "string" ? choice : null,
    item: slot.item,
    round,
    at,
    parents: [...new Set([...lineage.parents, ...lineage.sources, ...(body.kind === "dispute" ? body.about : [])])],
    place,
    key,
    chain: chain.map(({ grant }) => ({ subject: grant.subject, until: grant.not_after })),
    verdict: "admitted",
    code: null,
  };
}

function closedPart(round: Round): ClosedPart {
  const { index, closing } = round;
  const { decision } = closing;
  return {
    round: index,
    statements: messagesOf(closing).length,
    path: decision?.certificate.path ?? null,
    root: decision?.root ?? null,
    set: closedSize(round),
  };
}

/** By the same function as the outcome, over what is admitted so far. */
function tallyOf(state: CeremonyState): Tally | null {
  const round = currentRound(state);
  const policy = state.policy?.policy;
  if (round === undefined || policy?.outcome.function !== "threshold" || round.stage.is === "join") return null;
  if (gistOf(round).said.length > JUDGED_MAX) return null;
  const said = contributionsOf(allHeld(round.held));
  const judged = judgeRound(policy, state.rounds);
  const held = contributionsIn(round, said).set;
  return tallyThreshold(policy, policy.outcome, judged?.seats ?? round.seats, judged?.admitted ?? held);
}

function addsOf(state: CeremonyState): number | null {
  const round = currentRound(state);
  const policy = state.policy?.policy;
  if (round === undefined || policy?.outcome.function !== "threshold") return null;
  const seat = ownSeat(state, round, ({ role }) => policy.roles.get(role)?.contributes === true);
  if (seat === undefined) return null;
  return typeof policy.outcome.threshold === "number" ? 1 : seat.power;
}

function policyJson({ call }: CeremonyState): Json {
  const decoded = call === null ? null : decodeCanonical(call.body.policy);
  return decoded?.ok ? toJson(decoded.value) : null;
}
