import { messagesOf } from "../../../shared/closing/state.ts";
import type { Checker } from "../watch.ts";

/** Attempts that a slow party stores ahead of its own. */
const AHEAD = 41;
/** Witness, proposal, prevote and precommit: two of each for a slot, and a third where others need it. */
const PER_ATTEMPT = 9;
/** Copies of statements sent to one peer in one second, beyond one for each statement. */
const REPAIR_PER_SECOND = 64;

/** What a party stores and sends is bounded by what honest parties do, whatever floods it (R36, R40). */
export const bounds: Checker = ({ honest, plan, endedAt }) => {
  const attempts = Math.max(0, ...honest.map(({ agent }) => agent.state.rounds[0]?.closing.attempt ?? 0));
  const most = plan.powers.length * (3 + PER_ATTEMPT * (attempts + AHEAD));
  const seconds = Math.max(10, (endedAt - plan.closesAt) / 1_000_000 + 10);
  return honest.flatMap(({ agent, sentCount }) => {
    const closing = agent.state.rounds[0]?.closing;
    const stored = closing === undefined ? 0 : messagesOf(closing).length;
    const allowed = plan.powers.length * (most + REPAIR_PER_SECOND * seconds);
    return [
      ...(stored > most ? [{ invariant: "storage", detail: `seat ${agent.seat} stores ${stored}, over ${most}` }] : []),
      ...(sentCount > allowed
        ? [{ invariant: "traffic", detail: `seat ${agent.seat} sent ${sentCount}, over ${Math.floor(allowed)}` }]
        : []),
    ];
  });
};
