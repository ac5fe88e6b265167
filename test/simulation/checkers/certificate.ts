// Certificates are checked here from the statements alone, by arithmetic and hashing that share nothing with the system under test.
import { createHash } from "node:crypto";
import type { Id, Observation } from "../../../shared/observation/observation.ts";
import type { Account, Checker, Conclusion } from "../watch.ts";

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
  const total = plan.powers.reduce((sum, power) => sum + power, 0);
  const tolerated = Math.floor((total * 33) / 100);
  const quorum = Math.floor((total + tolerated) / 2) + 1;
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

/** Power of distinct seats; zero where a seat stands twice, since one J names each elector once. */
function powerOf(powers: readonly number[], statements: readonly (Observation | undefined)[]): number {
  const seats = statements.map((statement) => statement?.slot.seat ?? -1);
  if (new Set(seats).size !== seats.length) return 0;
  return seats.reduce((sum, seat) => sum + (powers[seat] ?? 0), 0);
}

function listed({ body }: Observation): readonly Id[] {
  return body.kind === "witness" ? body.ids : [];
}

function derive(powers: readonly number[], tolerated: number, witnesses: readonly Observation[]): readonly Id[] {
  const all = [...new Set(witnesses.flatMap(listed))].sort();
  return all.filter((id) => {
    const listing = witnesses.filter((witness) => listed(witness).includes(id));
    return listing.reduce((sum, { slot }) => sum + (powers[slot.seat as number] ?? 0), 0) > tolerated;
  });
}

const roots = new Map<string, string>();

/** Remembered while one set is asked about: the parties of a schedule all ask about the same. */
function merkle(ids: readonly Id[]): string {
  const name = ids.join();
  const known = roots.get(name);
  if (known !== undefined) return known;
  roots.clear();
  const root = treeHash(ids);
  roots.set(name, root);
  return root;
}

function treeHash(ids: readonly Id[]): string {
  const hash = (...parts: readonly Buffer[]) => createHash("sha256").update(Buffer.concat(parts)).digest();
  const over = (leaves: readonly Buffer[]): Buffer => {
    const [only] = leaves;
    if (only === undefined) return hash();
    if (leaves.length === 1) return only;
    let split = 1;
    while (2 * split < leaves.length) split *= 2;
    return hash(Buffer.of(1), over(leaves.slice(0, split)), over(leaves.slice(split)));
  };
  return over(ids.map((id) => hash(Buffer.of(0), Buffer.from(id, "hex")))).toString("hex");
}
