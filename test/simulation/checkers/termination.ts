import { START } from "../parties.ts";
import type { Checker } from "../watch.ts";

/** Once faults stop, every honest party decides; only where the ceremony's own expiry came first may it end without. */
export const termination: Checker = ({ honest, endedAt, plan }) => {
  const isOver = endedAt >= plan.expiresAt || honest.some(({ agent }) => agent.state.expired);
  // Whoever never heard of a ceremony that is over by now has nothing to decide; nor has whoever was put back to before the call,
  // since the others have heard its outcome and have nothing left to tell it.
  const mayBeIgnorant = (seat: number) => isOver || seat === plan.restored;
  return honest
    .filter(({ agent }) => agent.state.ending === null && !agent.state.expired)
    .filter(({ agent }) => agent.state.call !== null || !mayBeIgnorant(agent.seat))
    .map(({ agent }) => ({
      invariant: "termination",
      detail: `seat ${agent.seat} is open at attempt ${agent.state.rounds[0]?.closing.attempt ?? "none"}, ${Math.floor((endedAt - plan.healsAt) / 1_000_000)} s after the faults stopped at ${Math.floor((plan.healsAt - START) / 1_000_000)} s`,
    }));
};

/** A party concludes at most once, and shows what it concluded for ever (R1); unless it was put back to before it did. */
export const finality: Checker = ({ honest, plan }) =>
  honest.flatMap(({ agent, conclusions }) => {
    const digests = [...new Set(conclusions.map(({ ending }) => ending.digest))];
    const now = agent.state.ending?.digest;
    if (agent.seat === plan.restored) return [];
    return conclusions.length > 1 || (conclusions.length === 1 && now !== digests[0])
      ? [{ invariant: "finality", detail: `seat ${agent.seat} concluded ${conclusions.length} times, now ${now}` }]
      : [];
  });
