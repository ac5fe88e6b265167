import { beforeAll, describe, expect, it } from "vitest";
import { rootOfSet } from "../../../shared/closing/root.ts";
import { explainIn } from "../../../shared/evidence/explain.ts";
import { verifyBundle } from "../../../shared/evidence/verify.ts";
import type { Author } from "../../../shared/observation/author.ts";
import type { Id, VerifiedObservation } from "../../../shared/observation/observation.ts";
import { approvalNetwork, bundleOf, bytesOf, trustIn } from "../../support/evidence.ts";
import { type Network, SECOND } from "../../support/network.ts";
import { testParties } from "../../support/parties.ts";

const parties = testParties(4);
const honest = ["acme", "bolt", "crux"];
let net: Network;
let halves: readonly [VerifiedObservation, VerifiedObservation];

function witness(author: Author, ids: readonly Id[]): VerifiedObservation {
  return author({
    ceremony: net.call.id,
    round: 0,
    slot: { seat: 3, attempt: null, item: null },
    at: [net.now, net.now],
    timeToLive: 3_600 * SECOND,
    lineage: { sequence: 1, prev: null, parents: [], sources: [], derivation: null },
    body: { kind: "witness", ids, root: rootOfSet(ids) },
  });
}

/** Shown to nobody but `to`. */
function show(half: VerifiedObservation, to: string): void {
  net.queue.push({ from: "dune", to, observation: half });
}

beforeAll(() => {
  net = approvalNetwork(parties, 10);
  net.open();
  net.deliverAll();
  net.attest("dune", "approve");
  // From here on the key of dune is in other hands than its agent's.
  net.down.add("dune");
  for (const name of honest) net.attest(name, "approve");
  net.deliverAll();
  net.run(9);
  const { author } = net.agent("dune");
  const held = [...(net.agent("acme").state.rounds[0]?.held.keys() ?? [])].sort();
  halves = [witness(author, held.slice(0, 1)), witness(author, held.slice(1))];
});

describe("an elector that shows one witness to some and another to others", () => {
  it("is proved faulty by every honest party, although none was shown both", async () => {
    net.run(1);
    show(halves[0], "acme");
    show(halves[1], "bolt");
    show(halves[1], "crux");
    net.run(30, () => honest.every((name) => net.agent(name).state.ending !== null));
    for (const name of honest) {
      const agent = net.agent(name);
      expect([...(agent.state.rounds[0]?.closing.faulty.keys() ?? [])], name).toEqual([3]);
      for (const [index, half] of halves.entries())
        expect(explainIn(agent.state, [], half.id)).toMatchObject({
          verdict: "admitted",
          authority: "dune",
          contradicts: halves[1 - index]?.id,
        });
      const { verdict, faults } = await verifyBundle(bytesOf(bundleOf(agent)), { trust: trustIn(parties) });
      expect([verdict, faults.length]).toEqual(["passed", 1]);
      expect(faults[0]).toMatchObject({ authority: "dune", seat: 3, round: 0, kinds: ["witness"] });
      expect(new Set(faults[0]?.statements)).toEqual(new Set(halves.map(({ id }) => id)));
    }
    expect(new Set(honest.map((name) => net.agent(name).state.ending?.digest)).size).toBe(1);
  });

  it("is written down once by each", () => {
    for (const name of honest) {
      const { effects } = net.agent(name);
      const entries = effects.filter((effect) => effect.do === "record" && effect.entry.kind === "byzantine-event");
      expect(entries, name).toHaveLength(1);
    }
  });
});
