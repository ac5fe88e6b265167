// A ceremony that comes to nothing: whoever holds the certificate of its closed set derives one and the same record, which names the
// cause and the absent and releases what was said; without a certificate nobody claims anything. Nothing stays pending.
import { describe, expect, it } from "vitest";
import { toJson } from "../../../shared/cbor/json.ts";
import { contributionsOf } from "../../../shared/ceremony/gathered.ts";
import { phaseOf } from "../../../shared/ceremony/state.ts";
import { verifyBundle } from "../../../shared/evidence/verify.ts";
import { CONSENSUS } from "../../../shared/policy/patterns/consensus.ts";
import { bundleOf, bytesOf, lineageOf, trustIn } from "../../support/evidence.ts";
import { Network, SECOND, START } from "../../support/network.ts";
import { testParties } from "../../support/parties.ts";
import { pinnedWith } from "../../support/performances.ts";
import type { Settings } from "../../support/trials.ts";

const parties = testParties(5);
const SURVIVORS = ["acme", "bolt"];
const LOST = ["crux", "dune", "echo"];

function network(set: Settings = {}): Network {
  const times = { closesAt: START + 5 * SECOND, expiresAt: START + 60 * SECOND };
  const net = new Network(parties, pinnedWith(CONSENSUS, set), { role: "decider", ...times });
  net.open();
  net.deliverAll();
  return net;
}

describe("three of five that are killed", () => {
  it("after they closed: the survivors derive one record, with cause, absentees and what is released", async () => {
    const net = network();
    for (const name of SURVIVORS) net.attest(name, "approve");
    const closed = () => LOST.every((name) => (net.agent(name).state.rounds[0]?.closing.witnesses.size ?? 0) > 0);
    net.run(20, closed);
    net.deliverAll();
    for (const name of LOST) net.down.add(name);
    net.run(60, () => SURVIVORS.every((name) => net.agent(name).state.ending !== null));
    const records = SURVIVORS.map((name) => net.agent(name).state.ending);
    expect(new Set(records.map((ending) => ending?.digest)).size).toBe(1);
    expect(records[0]?.record).toMatchObject({ status: "abandoned", cause: "THRESHOLD_NOT_REACHED" });
    const said = SURVIVORS.flatMap((name) => [...(net.agent(name).state.rounds[0]?.held.values() ?? [])]);
    const value = toJson(records[0]?.record.value ?? null) as { absent: string[]; released: { party: string }[] };
    expect([value.absent, value.released.map(({ party }) => party).sort()]).toEqual([LOST, SURVIVORS]);
    expect(said.length).toBeGreaterThan(0);
    for (const name of SURVIVORS) {
      const bundle = bytesOf(bundleOf(net.agent(name)));
      expect((await verifyBundle(bundle, { trust: trustIn(parties) })).verdict, name).toBe("passed");
      const ended = lineageOf(net.agent(name)).filter(({ kind }) => kind === "abandonment");
      expect(ended, name).toMatchObject([{ detail: { cause: "THRESHOLD_NOT_REACHED" } }]);
    }
  });

  it("before they closed: there is no certificate, and at the hard expiry the survivors claim nothing", () => {
    const net = network();
    for (const name of LOST) net.down.add(name);
    for (const name of SURVIVORS) net.attest(name, "approve");
    net.run(100);
    expect(SURVIVORS.map((name) => phaseOf(net.agent(name).state))).toEqual(["expired", "expired"]);
    expect(SURVIVORS.map((name) => net.agent(name).wakeAt)).toEqual([null, null]);
  });
});

describe("a seat that will not decide", () => {
  const acts = ["decline", "abstain", "recuse", "reject", "request-change"];

  it.each(acts)("may %s, which is its own act with its own reason", (act) => {
    const net = network();
    const content = new Map([
      ["choice", act],
      ["reason", `because we ${act}`],
    ]);
    expect(net.say("acme", content)[0]?.verdict).toBe("admitted");
    net.run(3);
    const held = contributionsOf([...(net.agent("echo").state.rounds[0]?.held.values() ?? [])]).map(({ body }) =>
      toJson(body.content),
    );
    expect(held).toEqual([{ choice: act, reason: `because we ${act}` }]);
  });

  it("ends the ceremony at once where nothing can be reached any more", () => {
    const net = network({ "outcome.refusal": null });
    for (const name of ["acme", "bolt"]) net.attest(name, "decline");
    net.run(3, () => net.digests().every((digest) => digest !== null));
    expect(net.now).toBeLessThan(START + 5 * SECOND);
    const records = net.agents.map(({ state }) => state.ending?.record);
    expect(records[0]).toMatchObject({ status: "abandoned", cause: "THRESHOLD_NOT_REACHED" });
    expect(new Set(net.digests()).size).toBe(1);
  });
});
