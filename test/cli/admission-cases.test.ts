// Cases that anybody would try: one item under three rules, echoes and corroborators, what is missing, and vetoes that nothing makes good.
import { describe, expect, it } from "vitest";
import { run } from "../support/command.ts";

type Told = {
  readonly verdict: string;
  readonly score: number;
  readonly code?: string;
  readonly factors: readonly { readonly parts: readonly { readonly delta: number }[]; readonly got: string }[];
};

async function admit(policy: object, observation: object, context: object = {}) {
  const { exit, data, refusal } = await run(
    "admit",
    "--policy",
    policy,
    "--observation",
    observation,
    "--context",
    context,
  );
  return { exit, refusal, ...(data as Told) };
}

const named = ["safety", "license", "operating", "authority"];
const high = named.map((name) => ({ kind: "attested", name }));
const low = { kind: "attested", name: "insurance", weight: "10 %" };
const four = Object.fromEntries(named.map((name) => [name, "admit"]));
const item = { id: "o", authority: "acme", profiles: { ...four, insurance: "refuse" } };

describe("four high admits with one low refusal", () => {
  it.each([
    ["intersection", [...high, low], "refuse", 5],
    ["weighted-intersection", [...high, low], "partial", 0],
    ["Weighted Intersection", [...high, low], "partial", 0],
    ["hierarchical", [...high, low], "admit", 0],
    ["hierarchical", [low, ...high], "refuse", 5],
  ])("%s", async (rule, factors, verdict, exit) => {
    expect(await admit({ rule, factors }, item)).toMatchObject({ verdict, exit });
  });

  it.each([
    [{ signature: "invalid" }, {}, "SIGNATURE_INVALID"],
    [{ chain: "revoked" }, {}, "CREDENTIAL_REVOKED"],
    [{ chain: "expired" }, {}, "CREDENTIAL_EXPIRED"],
    [{ chain: "unknown" }, {}, "ROOT_UNKNOWN"],
    [{ at: "2027-01-15T08:00:00Z", ttl: "1 h" }, { at: "2027-01-15T09:00:01Z" }, "TTL_EXPIRED"],
    [{ ceremony: "one" }, { ceremony: "another" }, "CEREMONY_MISMATCH"],
  ])("a perfect score does not make good %j", async (fields, context, code) => {
    for (const rule of ["intersection", "weighted-intersection", "hierarchical"]) {
      const told = await admit({ rule, factors: high }, { ...item, ...fields }, context);
      expect(told).toMatchObject({ verdict: "refuse", exit: 5, score: 1_000_000, code });
      expect(JSON.stringify(told)).not.toContain("unknown to");
    }
  });
});

describe("what is missing", () => {
  it.each(["intersection", "weighted-intersection", "hierarchical"])("waits under %s", async (rule) => {
    const deferring = { ...item, profiles: Object.fromEntries(named.map((name) => [name, "defer"])) };
    for (const observation of [deferring, { id: "o", authority: "acme" }])
      expect(await admit({ rule, factors: high }, observation)).toMatchObject({ verdict: "defer", exit: 8 });
  });

  it("admits nobody in full, and does once it is there", async () => {
    const policy = { rule: "weighted-intersection", factors: high };
    const { license: _, ...rest } = four;
    expect(await admit(policy, { ...item, profiles: rest })).toMatchObject({ verdict: "partial", score: 750_000 });
    const context = { profiles: [{ profile: "license", state: "admit" }] };
    expect(await admit(policy, { ...item, profiles: rest }, context)).toMatchObject({ verdict: "admit" });
  });

  it("takes a refusal with its reason", async () => {
    const profiles = [{ profile: "license", state: "refuse-with-reason", reason: "it has lapsed" }];
    const told = await admit({ factors: high.slice(1, 2) }, { ...item, profiles });
    expect(told).toMatchObject({ verdict: "refuse", code: "PROFILE_REFUSED", why: "it has lapsed" });
  });
});

describe("evidential weight", () => {
  const weight = { authority: { operator: "70 %" }, continuity: { perLink: 50_000 } };
  const policy = { factors: [{ kind: "weight" }], weight };
  const said = (id: string, authority: string, sources: readonly string[] = []) => ({
    id,
    authority,
    sources,
    tier: "operator",
    claim: "the door is open",
    credential: { depth: 2 },
  });
  const scored = async (others: readonly object[]) => await admit(policy, said("o", "acme"), { others });

  it("counts nine echoes for nothing, and one disjoint corroborator for something", async () => {
    const alone = (await scored([])).score;
    const echoes = Array.from({ length: 9 }, (_, index) => said(`e${index}`, `party ${index}`, ["o"]));
    expect((await scored(echoes)).score).toBe(alone);
    expect((await scored(Array.from({ length: 9 }, (_, index) => said(`c${index}`, "acme")))).score).toBe(alone);
    const corroborated = (await scored([said("p", "bolt")])).score;
    expect(corroborated).toBe(alone + 100_000);
    const tenEchoes = Array.from({ length: 10 }, (_, index) => said(`e${index}`, `party ${index}`, ["p"]));
    expect((await scored([said("p", "bolt"), ...tenEchoes])).score).toBe(corroborated);
  });

  it("is the sum of its parts", async () => {
    for (const others of [[], [said("p", "bolt")], [said("p", "bolt"), said("q", "crux"), said("r", "dune")]]) {
      const { score, factors } = await scored(others);
      expect(factors[0]?.parts.reduce((sum, { delta }) => sum + delta, 0)).toBe(score);
    }
  });

  it("is not read from a policy whose floor is above its ceiling", async () => {
    const classes = { coordination: { floor: "60 %", ceiling: "50 %" } };
    const { exit, refusal } = await admit({ ...policy, weight: { ...weight, classes } }, said("o", "acme"));
    expect([exit, refusal?.code]).toEqual([64, "FILE_SHAPE"]);
    expect(refusal?.why).toBe("weight.classes.coordination.floor must be at most the ceiling, 500000");
  });
});

describe("a wrong form", () => {
  it.each([
    [{ thresholds: { admit: 0.6 }, factors: high }, item, {}, "thresholds.admit must be an exact integer"],
    [{ rule: "majority", factors: high }, item, {}, "rule must be one of"],
    [{ factors: [{ kind: "place" }, { kind: "weight" }] }, item, {}, "weight must be there for factor weight"],
    [{ factors: high }, { ...item, profiles: { license: "perhaps" } }, {}, "profiles[0].state must be one of"],
    [{ factors: high }, [], {}, "the document must be a map"],
    [{ factors: high }, { ...item, colour: "red" }, {}, "colour must be left out: there is no such field"],
    [{ factors: high }, { id: "o" }, {}, "authority must be there"],
    [{ factors: high }, item, { others: [{ id: "p" }] }, "others[0].authority must be there"],
    [{ factors: high }, item, [], "context must be left out"],
  ])("is refused by its path", async (policy, observation, context, why) => {
    const { exit, refusal } = await admit(policy, observation, context);
    expect([exit, refusal?.code]).toEqual([64, "FILE_SHAPE"]);
    expect(refusal?.why).toContain(why);
  });
});
