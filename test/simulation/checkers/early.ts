import type { Id, Observation } from "../../../shared/observation/observation.ts";
import type { Account, Checker } from "../watch.ts";

/** Whoever closed early, because it saw the verdict settled everywhere, finds in D what settled it (closing §3). */
export const earlyClose: Checker = (account) =>
  account.honest.flatMap(({ agent, settledWith }) => {
    const decided = agent.state.rounds[0]?.closing.decision?.set;
    if (settledWith === null || decided === undefined || agent.seat === account.plan.restored) return [];
    return settling(account, settledWith)
      .filter((id) => !decided.includes(id))
      .map((id) => ({
        invariant: "early close",
        detail: `seat ${agent.seat} closed early on ${id.slice(0, 12)}, which is not in D`,
      }));
  });

/** All contributions, where everyone has spoken; else those of a carrying choice that has what it needs. */
function settling({ plan, honest }: Account, held: readonly Observation[]): readonly Id[] {
  const policy = honest[0]?.agent.state.policy?.policy;
  if (policy === undefined) return [];
  const total = plan.powers.reduce((sum, power) => sum + power, 0);
  const powerOf = (list: readonly Observation[]) =>
    [...new Set(list.map(({ slot }) => slot.seat as number))].reduce((sum, seat) => sum + (plan.powers[seat] ?? 0), 0);
  if (powerOf(held) === total) return held.map(({ id }) => id);
  // Other rules close early only when all have spoken.
  if (policy.outcome.function !== "threshold") return [];
  const { threshold, carries } = policy.outcome;
  const need = typeof threshold === "number" ? threshold : Math.ceil((total * threshold.num) / threshold.den);
  const winning = carries
    .map((choice) => held.filter(({ body }) => body.kind === "contribution" && body.content.get("choice") === choice))
    .find((side) => powerOf(side) >= need);
  return (winning ?? []).map(({ id }) => id);
}
