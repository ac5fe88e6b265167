// A ceremony whose policy asks where its parties are: whoever is elsewhere does not count, the quorum is over those present, every party
// computes the same, a stranger can verify it, and each is told why.
import { describe, expect, it } from "vitest";
import type { Party } from "../../../cli/stack/party.ts";
import { explainIn } from "../../../shared/evidence/explain.ts";
import { verifyBundle } from "../../../shared/evidence/verify.ts";
import { pinPolicy } from "../../../shared/policy/decode.ts";
import { QUORUM } from "../../../shared/policy/patterns/quorum.ts";
import type { Place } from "../../../shared/reference/place.ts";
import { run as runCommand } from "../../support/command.ts";
import { bundleOf, bytesOf, trustIn } from "../../support/evidence.ts";
import { type Agent, Network, SECOND, START } from "../../support/network.ts";
import { testParties } from "../../support/parties.ts";

const FENCED = {
  id: "yard",
  constraints: [{ kind: "fence", frame: "local:yard", fence: { centre: [0, 0, 0], radius: 50_000 } }],
};
const yard = (metres: number): Place => ({
  frame: "local:yard",
  position: [metres * 1_000, 0, 0],
  uncertainty: 0,
  ranges: [],
});
const placed = (places: readonly (Place | null)[]): readonly Party[] =>
  testParties(places.length).map((party, index) => ({
    ...party,
    identity: { ...party.identity, place: places[index] ?? null },
  }));

/** Parties vote on a release from where they are. */
function vote(places: readonly (Place | null)[], choices: readonly string[], more: object = {}, copies = 1): Network {
  const policy = pinPolicy({ ...QUORUM, proximity: FENCED, ...more });
  if (!policy.ok) throw new Error(JSON.stringify(policy.fault));
  const net = new Network(placed(places), policy.value, {
    role: "voter",
    closesAt: START + 10 * SECOND,
    expiresAt: START + 100 * SECOND,
  });
  net.copies = copies;
  net.open();
  net.deliverAll();
  for (const [index, { party }] of net.agents.entries()) net.attest(party.name, choices[index] as string);
  net.run(60, () => net.agents.every(({ state }) => state.ending !== null));
  net.run(1);
  return net;
}
const endingOf = (net: Network) => (net.agents[0] as Agent).state.ending?.record;
const held = (net: Network, seat: number) =>
  [...((net.agents[0] as Agent).state.rounds[0]?.held.values() ?? [])].find(({ slot }) => slot.seat === seat)
    ?.id as string;
const FIVE = [0, 10, 20, 30, 51].map(yard);

describe("a fence round a ceremony", () => {
  it("leaves out the fifth party, counts two thirds of the four that are left, and everyone agrees", async () => {
    const net = vote(FIVE, ["approve", "approve", "approve", "reject", "reject"]);
    expect(new Set(net.digests()).size).toBe(1);
    const record = endingOf(net);
    expect(record?.excluded).toMatchObject([{ id: held(net, 4), code: "OUTSIDE_PLACE" }]);
    // Three of five would not be two thirds; three of the four present are.
    expect(record?.status).toBe("decided");
    expect(record?.explanation.join()).toContain("3 of 4");
    const parties = placed(FIVE);
    const { verdict, outcome } = await verifyBundle(bytesOf(bundleOf(net.agents[2] as Agent)), {
      trust: trustIn(parties),
    });
    expect([verdict, outcome?.digest]).toEqual(["passed", net.digests()[0]]);
  });

  it("decides otherwise without it, and with the quorum of those named", () => {
    const choices = ["approve", "approve", "approve", "reject", "reject"];
    expect(endingOf(vote(FIVE, choices, { proximity: null }))?.status).toBe("abandoned");
    const named = { admission: { factors: [{ kind: "place" }], quorum: "named" } };
    expect(endingOf(vote(FIVE, choices, named))?.status).toBe("abandoned");
  });

  it("abandons where fewer than three organisations are left", () => {
    const record = endingOf(vote([0, 10, 60, 70].map(yard), ["approve", "approve", "approve", "approve"]));
    expect([record?.status, record?.cause]).toEqual(["abandoned", "TOO_FEW_PRESENT"]);
  });

  it("does not count a party that says nothing of where it is", () => {
    const net = vote([...FIVE.slice(0, 4), null], ["approve", "approve", "approve", "approve", "approve"]);
    expect(endingOf(net)?.excluded).toMatchObject([{ code: "ADMISSION_DEFERRED" }]);
  });

  it("closes early only once all have spoken, since one more may change what counts", () => {
    const policy = pinPolicy({ ...QUORUM, proximity: FENCED });
    if (!policy.ok) throw new Error(policy.fault.code);
    const net = new Network(placed([0, 1, 2].map(yard)), policy.value, {
      role: "voter",
      closesAt: START + 50 * SECOND,
      expiresAt: START + 100 * SECOND,
    });
    net.open();
    net.deliverAll();
    for (const name of ["acme", "bolt"]) net.attest(name, "approve");
    net.run(10);
    expect(net.digests()).toEqual([null, null, null]);
    net.attest("crux", "approve");
    net.run(10, () => net.agents.every(({ state }) => state.ending !== null));
    expect(new Set(net.digests()).size).toBe(1);
    expect(net.now).toBeLessThan(START + 30 * SECOND);
  });
});

describe("what is told of it", () => {
  const rules = {
    admission: {
      rule: "weighted-intersection",
      thresholds: { admit: 700_000, partial: 500_000, defer: 0 },
      factors: [
        { kind: "place", weight: 400_000 },
        { kind: "weight", weight: 600_000 },
      ],
      weight: { authority: {}, otherwise: 800_000, corroboration: { each: 100_000, most: 2 } },
    },
  };

  it("is provisional on arrival, and final over the closed set, by the same table", () => {
    const policy = pinPolicy({ ...QUORUM, proximity: FENCED, ...rules });
    if (!policy.ok) throw new Error(JSON.stringify(policy.fault));
    const net = new Network(placed(FIVE.slice(0, 4)), policy.value, {
      role: "voter",
      closesAt: START + 10 * SECOND,
      expiresAt: START + 100 * SECOND,
    });
    net.open();
    net.deliverAll();
    const [receipt] = net.attest("acme", "approve");
    expect(receipt).toMatchObject({ verdict: "admitted", detail: { provisional: "admit" } });
    const early = explainIn(net.agent("acme").state, [], receipt?.id as string);
    expect(early).toMatchObject({ verdict: "admitted", provisional: true, admission: { score: 880_000 } });
    for (const name of ["bolt", "crux", "dune"]) net.attest(name, name === "dune" ? "reject" : "approve");
    net.run(60, () => net.agents.every(({ state }) => state.ending !== null));
    const late = explainIn(net.agent("dune").state, [], receipt?.id as string);
    // Two others, who share nothing with it, said the same.
    expect(late).toMatchObject({
      verdict: "admitted",
      provisional: false,
      admission: { score: 1_000_000, share: 1_000_000 },
    });
    const lone = explainIn(net.agent("acme").state, [], held(net, 3));
    expect(lone?.admission?.factors[1]?.parts.map(({ delta }) => delta)).toEqual([800_000, 0, 0, 0, 0]);
  });

  it("is the same at every party and whatever arrived first, factor by factor", () => {
    const choices = ["approve", "approve", "approve", "reject", "approve"];
    const told = [1, 2, 3].flatMap((copies) => {
      const net = vote(FIVE, choices, rules, copies);
      const ids = [0, 1, 2, 3, 4].map((seat) => held(net, seat));
      return net.agents.map(({ state }) =>
        JSON.stringify(
          ids.map((id) => explainIn(state, [], id)).map((one) => [one?.verdict, one?.factors, one?.admission]),
        ),
      );
    });
    expect([told.length, new Set(told).size]).toEqual([15, 1]);
  });

  it("names the factor that refuses and the nearest change, in text and as a document", async () => {
    const net = vote([0, 10, 20, 80].map(yard), ["approve", "approve", "approve", "reject"], rules);
    const id = held(net, 3);
    const bundle = bundleOf(net.agents[0] as Agent);
    const answer = await runCommand("explain", bundle, id.slice(0, 12));
    expect([answer.exit, answer.data]).toMatchObject([
      5,
      {
        verdict: "not admitted",
        refusal: { code: "ADMISSION_BELOW_THRESHOLD" },
        admission: {
          verdict: "defer",
          nearest: [
            { by: "sender", factors: ["place"] },
            { by: "policy", factors: ["place"] },
          ],
        },
      },
    ]);
    expect(answer.text).toContain("nearest change");
    const never = await runCommand("explain", bundle, "f".repeat(64));
    expect([never.exit, never.refusal?.code]).toEqual([7, "NEVER_ARRIVED"]);
    expect((await runCommand("explain", bundle, held(net, 0))).exit).toBe(0);
  });
});

describe("standing in a ceremony", () => {
  const STANDING = {
    admission: { rule: "weighted-intersection", factors: [{ kind: "standing", weight: 1_000_000 }], standing: {} },
  };
  const ROUNDS = { rounds: { ...QUORUM.rounds, most: 3 } };
  const map = (choice: string, reason = "") => new Map(Object.entries(reason === "" ? { choice } : { choice, reason }));

  /** Two rounds without a decision: acme speaks in both, bolt in neither, crux says two things in each; then all say the same. */
  function threeHistories(more: object, how: { readonly copies: number } = { copies: 1 }) {
    const policy = pinPolicy({ ...QUORUM, ...ROUNDS, ...more });
    if (!policy.ok) throw new Error(JSON.stringify(policy.fault));
    const times = { closesAt: START + 10 * SECOND, expiresAt: START + 200 * SECOND };
    const net = new Network(testParties(4), policy.value, { role: "voter", ...times });
    net.copies = how.copies;
    net.open();
    net.deliverAll();
    for (const round of [1, 2]) {
      net.say("acme", map("approve"));
      for (const reason of ["one", "another"]) net.forge("crux", map("approve", reason));
      net.run(60, () => net.agents.every(({ state }) => state.rounds.length > round));
    }
    const said = ["acme", "bolt"].map((name) => net.say(name, map("approve"))[0]?.id as string);
    said.push(net.forge("crux", map("approve")).id);
    net.run(60, () => net.agents.every(({ state }) => state.ending !== null));
    return { net, told: said.map((id) => explainIn(net.agent("dune").state, [], id)) };
  }

  it("gives one contribution three multipliers for three histories, and lets one party only watch", () => {
    const { net, told } = threeHistories(STANDING);
    expect(new Set(net.digests()).size).toBe(1);
    const found = told.map((explanation) => explanation?.admission);
    expect(found.map((admission) => admission?.standing)).toMatchObject([
      { multiplier: 1_000_000, mode: "full", from: ["round 0, seat 0", "round 1, seat 0"] },
      { multiplier: 800_000, mode: "reduced", from: [] },
      { multiplier: 200_000, mode: "observer", from: ["round 0, seat 2", "round 1, seat 2"] },
    ]);
    expect(found.map((admission) => admission?.share)).toEqual([1_000_000, 800_000, 0]);
    expect(told.map((explanation) => explanation?.verdict)).toEqual(["admitted", "admitted", "not admitted"]);
    expect(told[2]?.refusal?.code).toBe("STANDING_TOO_LOW");
    expect(threeHistories(STANDING, { copies: 2 }).net.digests()[3]).toBe(net.digests()[3]);
  });

  it("makes no difference where the policy does not turn it on", () => {
    const { told } = threeHistories({});
    expect(told.map((explanation) => [explanation?.verdict, explanation?.admission])).toEqual(
      Array.from({ length: 3 }, () => ["admitted", null]),
    );
  });
});
