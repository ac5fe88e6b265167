// Certificates are checked here from the statements alone, by arithmetic and hashing that share nothing with the system under test.
import type { Observation } from "../../../shared/observation/observation.ts";
import type { Account, Checker, Conclusion } from "../watch.ts";
import { derive, listed, merkle, powerOf, thresholdsOf } from "./arithmetic.ts";

/** No external effect before a certificate that stands by itself (closing §9). */
export const certificate: Checker = (account) =>
  account.honest.flatMap(({ agent, conclusions }) =>
    conclusions.flatMap((conclusion) => {
      const reason = refute(account, conclusion);
      return reason === null ? [] : [{ invariant: "certificate", detail: `seat ${agent.seat}: ${reason}` }];
    }),
  );

function refute({ plan, call }: Account, { state, ending, stored }: Conclusion): string | null {
  const decision = state.rounds[0]?.closing.decision;
  if (decision === null || decision === undefined) return "concluded with no decision";
  const known = new Map(stored.map((observation) => [observation.id, observation]));
  const { total, tolerated, quorum } = thresholdsOf(plan);
  const { certificate: proof } = decision;
  const witnesses = proof.witnesses.map((id) => known.get(id));
  const foreign = witnesses.some((one) => one?.body.kind !== "witness" || one.ceremony !== call.id || one.round !== 0);
  if (foreign) return "a witness of the certificate is not one of this round";
  const need = proof.path === "unanimous" ? total : quorum;
  if (powerOf(plan.powers, witnesses) < need) return "its witnesses have too little power";
  const set = derive(plan.powers, proof.path === "unanimous" ? total - 1 : tolerated, witnesses as Observation[]);
  if (set.join() !== decision.set.join()) return "its witnesses give another set";
  if (proof.path === "unanimous" && witnesses.some((one) => listed(one as Observation).length !== set.length))
    return "its witnesses differ";
  if (merkle(set) !== decision.root || ending.record.roots[0] !== decision.root) return "its root is another set's";
  if (set.some((id) => known.get(id)?.body.kind !== "contribution")) return "it rests on a contribution not held";
  if (proof.path === "unanimous") return null;
  const votes = proof.precommits.map((id) => known.get(id));
  const astray = votes.some(
    (vote) =>
      vote?.body.kind !== "precommit" ||
      vote.body.root !== decision.root ||
      vote.slot.attempt !== proof.attempt ||
      vote.ceremony !== call.id ||
      vote.round !== 0,
  );
  if (astray) return "a precommit of the certificate is for something else";
  return powerOf(plan.powers, votes) < quorum ? "its precommits have too little power" : null;
}
