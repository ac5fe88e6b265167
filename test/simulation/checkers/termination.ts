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

/**
 * A party that has ended in time tells the others, also those whose time was over before they knew: they end late, and say so with an
 * alert; whoever ended in time is not late (closing §9).
 */
export const lateFinality: Checker = ({ honest, plan }) => {
  const told = honest.some(
    ({ agent: { state, seat } }) =>
      state.ending !== null && !state.ending.late && !state.mute && seat !== plan.restored,
  );
  const untold = honest.filter(
    ({ agent, haltedOpen }) => told && agent.state.expired && agent.state.ending === null && !haltedOpen,
  );
  const conclusions = honest.flatMap(({ agent, conclusions }) => conclusions.map((one) => ({ ...one, agent })));
  const misnamed = conclusions.filter(({ ending, state }) => ending.late !== state.expired);
  const silent = conclusions.filter(({ ending, alerted }) => ending.late && !alerted);
  return [
    ...untold
      .filter(({ agent }) => agent.seat !== plan.restored)
      .map(({ agent }) => `seat ${agent.seat} expired, and never heard of the end that others had reached`),
    ...misnamed.map(({ agent }) => `seat ${agent.seat} calls its end ${agent.state.ending?.late ? "late" : "timely"}`),
    ...silent.map(({ agent }) => `seat ${agent.seat} ended late without an alert`),
  ].map((detail) => ({ invariant: "late finality", detail }));
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
