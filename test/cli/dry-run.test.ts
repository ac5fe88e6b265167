// `policy pivot` and `policy simulate`: what an outcome hangs on, what it withstands, and what another policy would have made of the past.
import { describe, expect, it } from "vitest";
import { readJsonFile } from "../../cli/files.ts";
import type { Json } from "../../shared/cbor/json.ts";
import { FOLDER } from "../fixtures/folder.ts";
import { run } from "../support/command.ts";

const parties = (role: string) => ["ann", "ben", "cat", "dan"].map((id) => ({ id, role }));
function say(role: string, ...words: readonly string[]) {
  const said = words.map((word) => word.split(":"));
  return {
    parties: parties(role),
    rounds: [said.map(([party, choice]) => ({ party, payload: { choice: choice as Json } }))],
  };
}

describe("policy pivot", () => {
  const pivot = (document: object, ...more: string[]) =>
    run("policy", "pivot", "--pattern", "approval", ...more, "--contributions", document);

  it("names each contribution without which it would have ended otherwise", async () => {
    const { exit, data } = await pivot(say("approver", "ann:approve", "ben:approve", "cat:approve", "dan:reject"));
    expect(exit).toBe(0);
    expect(data).toMatchObject({
      status: "decided",
      pivotal: ["ann", "ben", "cat"].map((party, index) => ({
        party,
        round: 0,
        index,
        without: { status: "abandoned", cause: "THRESHOLD_NOT_REACHED" },
      })),
      swing: [],
    });
  });

  it("says what the silent could still change", async () => {
    const { data, text } = await pivot(say("approver", "ann:approve", "ben:approve", "dan:reject"));
    expect(data).toMatchObject({ status: "abandoned", pivotal: [] });
    const { swing } = data as { swing: { party: string; choice: string; gives: { status: string } }[] };
    expect(swing.map(({ party, choice, gives }) => [party, choice, gives.status])).toEqual([
      ["cat", "approve", "decided"],
      ["cat", "reject", "decided"],
    ]);
    expect(text).toContain("with approve of cat: DECIDED");
  });

  it("says so where nothing hangs on one", async () => {
    const all = say("approver", "ann:approve", "ben:approve", "cat:approve", "dan:approve");
    expect((await pivot(all, "--set", "outcome.threshold=2")).text).toContain("no single contribution");
    const bid = (amount: number) => ({ bid: { amount } });
    const bids = {
      parties: parties("bidder"),
      rounds: [[70, 90, 80].map((amount, index) => ({ party: ["ann", "ben", "cat"][index], payload: bid(amount) }))],
    };
    const answer = await run(
      "policy",
      "pivot",
      "--pattern",
      "auction",
      "--set",
      "sealed=false",
      "--set",
      'outcome.rule="second-price"',
      "--contributions",
      bids,
    );
    const { pivotal } = answer.data as { pivotal: { party: string; without: { value: Json } }[] };
    expect(pivotal.map(({ party, without }) => [party, without.value])).toEqual([
      ["ben", { winners: [{ party: "cat", quantity: 1, price: 70 }] }],
      ["cat", { winners: [{ party: "ben", quantity: 1, price: 70 }] }],
    ]);
  });

  it("refuses what would take too long", async () => {
    const ids = Array.from({ length: 2_001 }, (_, index) => `v${index}`);
    const crowd = {
      parties: ids.map((id) => ({ id, role: "voter" })),
      rounds: [ids.map((party) => ({ party, payload: { choice: "x" } }))],
    };
    const refused = await run("policy", "pivot", "--pattern", "vote", "--contributions", crowd);
    expect(refused).toMatchObject({ exit: 5, refusal: { code: "DRY_RUNS_TOO_MANY" } });
  });
});

describe("policy simulate", () => {
  const document = say("approver", "ann:approve", "ben:approve", "cat:approve", "dan:approve");
  type Faults = {
    readonly fault: string;
    readonly parties: readonly string[];
    readonly same: boolean;
    readonly status: string;
  }[];
  const faultsOf = (data: unknown) => (data as { scenarios: { faults: Faults }[] }).scenarios[0]?.faults ?? [];

  it("tries every set of silent and of equivocating parties", async () => {
    const words = [
      "policy",
      "simulate",
      "--pattern",
      "approval",
      "--scenario",
      document,
      "--silent",
      "2",
      "--equivocating",
      "1",
    ];
    const { exit, data, text } = await run(...words);
    const faults = faultsOf(data);
    expect([exit, faults.length]).toEqual([0, 6 + 4]);
    expect(faults.filter(({ fault }) => fault === "silent").every(({ status }) => status === "abandoned")).toBe(true);
    expect(faults.filter(({ fault }) => fault === "equivocating").every(({ same }) => same)).toBe(true);
    expect(text).toContain("ann, ben silent → ABANDONED  THRESHOLD_NOT_REACHED");
    expect(text).toContain("4 of 10 faults change nothing");
  });

  it("tries a policy on recorded ceremonies, and says which would have ended otherwise", async () => {
    const recorded = (name: string) => readJsonFile(`${FOLDER}${name}.json`) as object;
    const same = await run("policy", "simulate", "--pattern", "approval", "--scenario", recorded("approval.decided"));
    expect(same).toMatchObject({ exit: 0, data: { scenarios: [{ status: "decided", changed: false }] } });
    const stricter = ["--pattern", "approval", "--set", 'outcome.threshold={"num":1,"den":1}'];
    const changed = await run("policy", "simulate", ...stricter, "--scenario", recorded("approval.decided"));
    expect(changed).toMatchObject({
      exit: 5,
      data: { scenarios: [{ status: "abandoned", changed: true, recorded: { status: "decided" } }] },
    });
    const bids = await run("policy", "simulate", "--scenario", recorded("auction.decided"), "--silent", "1");
    expect(bids).toMatchObject({ exit: 0, data: { scenarios: [{ changed: false }] } });
  });

  it("refuses what it cannot try", async () => {
    expect(await run("policy", "simulate", "--pattern", "approval")).toMatchObject({ exit: 64 });
    expect(
      await run("policy", "simulate", "--pattern", "approval", "--scenario", document, "--silent", "x"),
    ).toMatchObject({ exit: 64 });
  });
});
