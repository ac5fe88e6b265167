// What follows where the outcome is not reached (SPEC §6.8): the policy's procedures, one after the other, until one of them ends it.
import type { CborValue } from "../cbor/value.ts";
import { evaluate } from "../policy/expression.ts";
import type { Policy, Procedure } from "../policy/policy.ts";
import { type Contribution, nameOf, type Seat, type Verdict, weigh } from "./contribution.ts";
import { needed } from "./exact.ts";
import { decide } from "./functions.ts";
import type { Situation } from "./rounds.ts";
import { seatsAsked } from "./stage.ts";

type Way = { readonly situation: Situation } | { readonly situation: Situation; readonly verdict: Verdict };
type Abandoned = Extract<Verdict, { is: "abandoned" }>;

/** Goes on with the procedure under way, or begins with the first; `verdict` is what stands decides by the policy's own rule. */
export function shortfall(
  policy: Policy,
  situation: Situation,
  current: readonly Contribution[],
  verdict: Verdict,
): Way {
  const under = policy.shortfall[situation.procedure];
  if (under?.do === "escalate") return closeEscalation(policy, situation, current, under);
  if (verdict.is === "decided")
    return { situation: { ...situation, notes: ["latecomers completed it: promoted to the full outcome"] }, verdict };
  const report = presence(policy, ordinary(policy, situation), current);
  return tryFrom(policy, { ...situation, notes: report }, current, verdict, Math.max(0, situation.procedure));
}

function tryFrom(
  policy: Policy,
  situation: Situation,
  current: readonly Contribution[],
  verdict: Abandoned,
  start: number,
): Way {
  for (const [index, procedure] of policy.shortfall.entries()) {
    if (index < start || !calledFor(policy, situation, current, verdict, procedure)) continue;
    const way = follow(policy, situation, current, verdict, procedure, index);
    if (way !== null) return way;
  }
  return { situation, verdict };
}

/** Whether a procedure's guard holds; one that cannot be evaluated does not. A procedure that was begun is gone on with. */
function calledFor(
  policy: Policy,
  situation: Situation,
  current: readonly Contribution[],
  { cause }: Abandoned,
  { when }: Procedure,
): boolean {
  if (when === null) return true;
  const { able, heard } = presenceOf(policy, ordinary(policy, situation), current);
  const missing = able.filter(({ index }) => !heard.has(index)).map(({ role }) => role);
  const present = powerOf(able.filter(({ index }) => heard.has(index)));
  const held = evaluate(when, { cause, present, total: powerOf(able), missing, waited: situation.waited });
  return held.ok && held.value;
}

/** What a procedure leads to; null where it leads nowhere and the next is tried. */
function follow(
  policy: Policy,
  situation: Situation,
  current: readonly Contribution[],
  verdict: Abandoned,
  procedure: Procedure,
  index: number,
): Way | null {
  switch (procedure.do) {
    case "proceed":
      return proceed(policy, situation, current, procedure);
    case "defer": {
      if (verdict.settled === true || situation.waited >= procedure.rounds) return null;
      const notes = [...situation.notes, `deferred: round ${situation.waited + 1} of ${procedure.rounds} more`];
      const stage = { is: "give", asked: null, standing: current } as const;
      return { situation: { ...situation, stage, procedure: index, waited: situation.waited + 1, notes } };
    }
    case "escalate": {
      const notes = [...situation.notes, `escalated to ${procedure.role}`];
      const stage = { is: "give", asked: procedure.role, standing: current } as const;
      return { situation: { ...situation, stage, procedure: index, notes } };
    }
    case "fallback": {
      const second = decide({ ...policy, outcome: procedure.outcome }, ordinary(policy, situation), current);
      return second.is === "decided"
        ? { situation, verdict: mark(second, { procedure: "fallback", disclaimer: procedure.disclaimer }) }
        : null;
    }
    case "fail":
      return { situation, verdict };
  }
}

/** Those whom the ordinary rounds ask. */
function ordinary(policy: Policy, { seats }: Situation): readonly Seat[] {
  return seatsAsked(policy, { is: "give", asked: null, standing: [] }, seats);
}

/** Decides among those present, where they are enough. */
function proceed(
  policy: Policy,
  situation: Situation,
  current: readonly Contribution[],
  { threshold, requires }: Extract<Procedure, { do: "proceed" }>,
): Way | null {
  const heard = new Set(current.map(({ seat }) => seat));
  const asked = ordinary(policy, situation);
  const able = asked.filter(({ role }) => policy.roles.get(role)?.contributes === true);
  const present = able.filter(({ index }) => heard.has(index));
  const short = weigh(threshold, present) < needed(threshold, weigh(threshold, able));
  if (short || requires.some((role) => !present.some((seat) => seat.role === role))) return null;
  const seats = asked.filter((seat) => !able.includes(seat) || present.includes(seat));
  const second = decide(policy, seats, current);
  if (second.is !== "decided") return null;
  const absent = able.filter((seat) => !present.includes(seat)).map(nameOf);
  return { situation, verdict: mark(second, { procedure: "proceed", absent }) };
}

function closeEscalation(
  policy: Policy,
  situation: Situation,
  current: readonly Contribution[],
  { role, outcome }: Extract<Procedure, { do: "escalate" }>,
): Way {
  const asked = situation.seats.filter((seat) => seat.role === role);
  const second = decide({ ...policy, outcome }, asked, current);
  if (second.is === "decided")
    return { situation: { ...situation, notes: [] }, verdict: mark(second, { procedure: "escalate", role }) };
  const { stage } = situation;
  const before = stage.is === "give" ? stage.standing : [];
  const notes = [...situation.notes, `${role} did not decide either`];
  return tryFrom(policy, { ...situation, notes }, before, second, situation.procedure + 1);
}

/** Says in the value itself how it came about, so that it shows wherever the value does. */
function mark(verdict: Extract<Verdict, { is: "decided" }>, marks: Readonly<Record<string, CborValue>>): Verdict {
  const value = verdict.value as ReadonlyMap<string | number, CborValue>;
  const lines = Object.entries(marks).map(([name, text]) => `${name}: ${String(text)}`);
  return {
    ...verdict,
    value: new Map([...value, ...Object.entries(marks)]),
    explanation: [...verdict.explanation, ...lines],
  };
}

/** Who could speak, and who did. */
function presenceOf(policy: Policy, seats: readonly Seat[], current: readonly Contribution[]) {
  const able = seats.filter(({ role }) => policy.roles.get(role)?.contributes === true);
  return { able, heard: new Set(current.map(({ seat }) => seat)) };
}

function powerOf(seats: readonly Seat[]): number {
  return seats.reduce((sum, { power }) => sum + power, 0);
}

/** The power that is present, and who is missing. */
function presence(policy: Policy, seats: readonly Seat[], current: readonly Contribution[]): readonly string[] {
  const { able, heard } = presenceOf(policy, seats, current);
  const absent = able.filter(({ index }) => !heard.has(index)).map((seat) => `${seat.role} ${nameOf(seat)}`);
  const missing = absent.length === 0 ? "nobody is missing" : `missing: ${absent.join(", ")}`;
  const present = powerOf(able.filter(({ index }) => heard.has(index)));
  return [`present with power ${present} of ${powerOf(able)}; ${missing}`];
}
