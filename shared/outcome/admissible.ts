// Final admission over a closed set (SPEC §6.2): the same for everyone who holds the set, whenever each contribution arrived.
import type { Shown } from "../admission/deeds.ts";
import { admitFinally, type FinalAdmission } from "../admission/final.ts";
import type { Deed } from "../admission/standing.ts";
import type { CborValue } from "../cbor/value.ts";
import { isMembership, judgeAct } from "../membership/act.ts";
import type { Id } from "../observation/observation.ts";
import type { Policy, Role } from "../policy/policy.ts";
import { type Fault, fault, ok, type Result } from "../result.ts";
import { inOrderOfIds, severalBy } from "../several.ts";
import type { Bid } from "./bids.ts";
import { judgeConditions } from "./conditions.ts";
import {
  type Contribution,
  compareText,
  type Exclusion,
  nameOf,
  type Seat,
  seatsByIndex,
  withChange,
} from "./contribution.ts";
import { judgeJoin } from "./convene.ts";
import { judgeContent } from "./forms.ts";
import { judgeCommit, openReveal } from "./sealing.ts";
import { firstStage, judgeRaise, rolesDue, type Stage, standingBids } from "./stage.ts";

/** `frame` is that of the ceremony's times; plain documents have none. `subject` is the call's, and `index` the round's. */
export type Window = {
  readonly opensAt: number;
  readonly closesAt: number;
  readonly frame?: string;
  readonly subject?: CborValue;
  readonly index?: number;
};

/** What each organisation did in earlier rounds. */
export type Records = ReadonlyMap<string, readonly Deed[]>;

type Context = {
  readonly policy: Policy;
  readonly seats: ReadonlyMap<number, Seat>;
  readonly window: Window;
  readonly stage: Stage;
  readonly due: ReadonlySet<string>;
  readonly best: ReadonlyMap<string, Bid>;
};

/** Why a contribution would be excluded whatever else the set holds; null where nothing speaks against it by itself. */
export function judgeAlone(
  policy: Policy,
  seats: readonly Seat[],
  contribution: Contribution,
  window: Window,
  stage: Stage,
): Fault | null {
  const [due, best] = [new Set(rolesDue(policy, stage)), standingBids(policy, seats, stage)];
  const judged = judge({ policy, seats: seatsByIndex(seats), window, stage, due, best }, contribution);
  return judged.ok ? null : judged.fault;
}

/** Splits a closed set into what counts and what does not, with the reason for each exclusion. Both are in the order of ids. */
export function admissible(
  policy: Policy,
  seats: readonly Seat[],
  set: readonly Contribution[],
  window: Window,
  stage: Stage = firstStage(policy),
  records: Records = new Map(),
): FinalAdmission {
  const due = new Set(rolesDue(policy, stage));
  const best = standingBids(policy, seats, stage);
  const context: Context = { policy, seats: seatsByIndex(seats), window, stage, due, best };
  const voided = voidedIn(policy, seats, stage, set);
  const opened = new Set<Id>();
  const admitted: Contribution[] = [];
  const excluded: Exclusion[] = [];
  for (const contribution of inOrderOfIds(set)) {
    const judged = voided.has(contribution.id) ? fault("SLOT_VOID") : judge(context, contribution);
    const again = judged.ok && judged.value.commitment !== undefined && opened.has(judged.value.commitment);
    const { id } = contribution;
    if (again) excluded.push({ id, code: "DUPLICATE", detail: {} });
    else if (judged.ok) admitted.push(judged.value);
    else excluded.push({ id, code: judged.fault.code, detail: judged.fault.detail });
    if (judged.ok && judged.value.commitment !== undefined) opened.add(judged.value.commitment);
  }
  const when = { frame: window.frame ?? PLAIN_FRAME, opensAt: window.opensAt, closesAt: window.closesAt };
  const final = admitFinally(policy, seats, admitted, when, records);
  excluded.push(...final.excluded);
  return { ...final, excluded: excluded.sort((a, b) => compareText(a.id, b.id)) };
}

/** The one frame of documents that name none. */
const PLAIN_FRAME = "plain";

/** Where a seat speaks once in a round, all it says of the matter is for one slot, whatever it calls it. */
export function slotOf(policy: Policy, seats: ReadonlyMap<number, Seat>, said: Contribution): string {
  const { seat, item } = said;
  if (policy.membership !== null && said.content.has("membership")) return `${seat}/membership/${item ?? ""}`;
  const role = policy.roles.get(seats.get(seat)?.role ?? "");
  return `${seat}/${role?.slots === "many" ? (item ?? "") : ""}`;
}

/** What a round shows of each organisation. To have joined is no good deed yet. */
export function shownIn(
  policy: Policy,
  stage: Stage,
  seats: readonly Seat[],
  set: readonly Contribution[],
  admitted: readonly Contribution[],
): Shown {
  const byIndex = seatsByIndex(seats);
  const good = stage.is === "join" ? [] : admitted;
  return { seats, set, admitted: good, slotOf: (contribution) => slotOf(policy, byIndex, contribution) };
}

type Mates = readonly (readonly Contribution[])[];
type Asked = { readonly policy: Policy; readonly seats: readonly Seat[]; readonly mates: Mates };
const matesOf = new WeakMap<readonly Contribution[], Asked>();

/** Contributions of a set that are for one slot, and not the same one twice over; worked out once, since each rule of a round asks. */
export function matesIn(policy: Policy, seats: readonly Seat[], set: readonly Contribution[]): Mates {
  const known = matesOf.get(set);
  if (known?.policy === policy && known.seats === seats) return known.mates;
  const byIndex = seatsByIndex(seats);
  const several = severalBy(set, (contribution) => slotOf(policy, byIndex, contribution));
  const mates = several.filter((some) => some.some(({ id }) => id !== some[0]?.id));
  matesOf.set(set, { policy, seats, mates });
  return mates;
}

/** Ids of contributions whose seat signed more than one for the same slot. A reveal is bound to its commitment, not to a slot. */
function voidedIn(policy: Policy, seats: readonly Seat[], stage: Stage, set: readonly Contribution[]): ReadonlySet<Id> {
  if (policy.equivocation !== "void" || stage.is === "reveal") return new Set();
  return new Set(matesIn(policy, seats, set).flatMap((mates) => mates.map(({ id }) => id)));
}

function judge(context: Context, contribution: Contribution): Result<Contribution> {
  const { policy, seats, window } = context;
  const seat = seats.get(contribution.seat);
  if (seat === undefined) return fault("NOT_A_PARTY");
  const role = policy.roles.get(seat.role);
  if (policy.membership !== null && context.stage.is === "give" && isMembership(contribution.content))
    return judgeMembership(context, seat, contribution);
  const joining = context.stage.is === "join"; // whoever only watches, or closes rounds, joins too
  if (seat.role !== contribution.role || role === undefined || !(role.contributes || joining))
    return fault("ROLE_NOT_HELD", { role: contribution.role, held: seat.role });
  if (!context.due.has(seat.role)) return fault("ROLE_NOT_DUE", { role: seat.role, due: [...context.due].join(", ") });
  const content = judgeStage(context, seat, role, contribution);
  if (!content.ok) return content;
  const occasion = { subject: window.subject ?? null, round: window.index ?? 0 };
  // What is committed to shows itself when it is opened; to join is to say nothing yet.
  const silent = context.stage.is === "commit" || context.stage.is === "join";
  const unmet = silent ? null : judgeConditions(policy, role, seat, content.value, occasion);
  if (unmet !== null) return { ok: false, fault: unmet };
  return checkTime(context, contribution) ?? content;
}

/** Of whoever holds the seat, or asks for one: what it says of who is in, dated like anything else. */
function judgeMembership(context: Context, seat: Seat, contribution: Contribution): Result<Contribution> {
  if (seat.role !== contribution.role) return fault("ROLE_NOT_HELD", { role: contribution.role, held: seat.role });
  const { content } = contribution;
  const refused = content.has("membership") ? judgeAct(content) : judgeJoin(seat, content);
  if (refused !== null) return { ok: false, fault: refused };
  return checkTime(context, contribution) ?? ok(contribution);
}

/** Stated within the round, in its frame, and valid at its close; null where it is. */
function checkTime(
  { policy, window }: Context,
  contribution: Contribution,
): Extract<Result<never>, { ok: false }> | null {
  const frame = contribution.timeFrame ?? contribution.evidence?.frame;
  if (frame !== undefined && window.frame !== undefined && frame !== window.frame)
    return fault("TIME_FRAME", { attester: contribution.id, found: frame, need: window.frame });
  const [from, until] = [window.opensAt - policy.timing.tolerance, window.closesAt + policy.timing.tolerance];
  if (contribution.at[0] < from || contribution.at[1] > until)
    return fault("WINDOW_MISSED", { at: contribution.at[0], from: window.opensAt, until: window.closesAt });
  if (contribution.until < window.closesAt)
    return fault("TTL_EXPIRED", { until: contribution.until, at: window.closesAt });
  return null;
}

/** By the stage: a commitment, what one hid, or an open contribution; what a reveal hid stands in its place. */
function judgeStage(
  { policy, stage, best }: Context,
  seat: Seat,
  role: Role,
  contribution: Contribution,
): Result<Contribution> {
  const answer = (refused: Fault | null): Result<Contribution> =>
    refused === null ? ok(contribution) : { ok: false, fault: refused };
  if (stage.is === "join") return answer(judgeJoin(seat, contribution.content));
  if (stage.is === "commit") return answer(judgeCommit(contribution.content));
  if (stage.is === "reveal") {
    const author = { seat: seat.index, name: nameOf(seat), role };
    const revealed = openReveal(stage.commitments, author, contribution.content);
    if (!revealed.ok) return revealed;
    const { content, commitment } = revealed.value;
    const refused = judgeContent(policy, role, content);
    return refused === null ? ok(withChange(contribution, { content, commitment })) : { ok: false, fault: refused };
  }
  const refused = judgeContent(policy, role, contribution.content);
  return answer(refused ?? (best.size === 0 ? null : judgeRaise(policy, best, seat, contribution)));
}
