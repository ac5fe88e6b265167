// The linter: each malformed policy is refused by its own code, at its own path, in words that say what is wrong.
import { type Schema, Validator } from "@cfworker/json-schema";
import { describe, expect, it } from "vitest";
import { AUCTION_SETTINGS } from "../../../cli/demo/bids.ts";
import type { Json } from "../../../shared/cbor/json.ts";
import { decidePlain } from "../../../shared/outcome/plain.ts";
import { PATTERNS } from "../../../shared/policy/catalogue.ts";
import { examinePolicy, pinPolicy, policySchema } from "../../../shared/policy/decode.ts";
import { POLICY_REFUSALS } from "../../../shared/refusals/policy.ts";
import { describeRefusal } from "../../../shared/refusals.ts";
import { run } from "../../support/command.ts";
import { change } from "../../support/documents.ts";
import { FREIGHT } from "./freight.ts";
import type { Malformed } from "./malformed.ts";
import { SENSES } from "./malformed-senses.ts";
import { INNER, SHAPES } from "./malformed-shapes.ts";

function documentOf({ pattern, set }: Pick<Malformed, "pattern" | "set">): Json {
  const found = PATTERNS.find(({ id }) => id === pattern) as unknown as Json;
  return Object.entries(set).reduce((document, [path, value]) => change(document, path.split("."), value), found);
}

function findingsIn(malformed: Malformed) {
  return examinePolicy(documentOf(malformed)).findings.map((found) => ({
    ...describeRefusal(found),
    path: found.detail.path,
  }));
}

const ALL = [...SHAPES, ...INNER, ...SENSES];

describe("the linter", () => {
  it("finds nothing in the seventeen patterns", () => {
    for (const pattern of PATTERNS) expect(examinePolicy(pattern).findings, pattern.id).toEqual([]);
  });

  it.each(ALL.map((malformed) => [malformed.name, malformed] as const))("refuses: %s", (_name, malformed) => {
    const { code, path, says } = malformed;
    const findings = findingsIn(malformed);
    const found = findings.find((one) => one.code === code && one.path === path);
    expect(found, JSON.stringify(findings)).toBeDefined();
    expect(`${found?.what}: ${found?.why}`).toContain(says);
    expect(pinPolicy(documentOf(malformed)).ok).toBe(false);
  });

  it("says each of its codes about one of these policies", () => {
    const said = new Set(ALL.map(({ code }) => code as string));
    expect(Object.keys(POLICY_REFUSALS).filter((code) => !said.has(code))).toEqual([]);
  });

  it("tells all that is wrong at once, and each once", () => {
    const set = {
      "roles.approver.closes": "maybe",
      "timing.window": -1,
      title: undefined,
      extra: 1,
      "outcome.rule": "x",
    };
    const findings = findingsIn({ pattern: "approval", set } as unknown as Malformed);
    const paths = ["extra", "outcome.rule", "roles.approver.closes", "timing.window", "title"];
    expect(findings.map(({ path }) => path).sort()).toEqual(paths);
    const deep = {
      admission: { factors: [{ kind: "window", tolerance: -1, mode: "x" }], thresholds: { admit: -1, defer: "x" } },
      proximity: { constraints: [{ kind: "fence", frame: 1, fence: { centre: [1, "x", 3], radius: -1 } }] },
    };
    const within = findingsIn({ pattern: "approval", set: deep } as unknown as Malformed).map(({ path }) => path);
    expect(within.sort()).toEqual([
      "admission.factors[0].mode",
      "admission.factors[0].tolerance",
      "admission.thresholds.admit",
      "admission.thresholds.defer",
      "proximity.constraints[0].fence.centre[1]",
      "proximity.constraints[0].fence.radius",
      "proximity.constraints[0].frame",
    ]);
    const senses = { "outcome.carries": ["assent"], "outcome.veto": ["bishop"], "roles.applicant.most": 0 };
    const sense = findingsIn({ pattern: "approval", set: senses } as unknown as Malformed);
    expect(sense.map(({ code }) => code).sort()).toEqual([
      "POLICY_CHOICE_UNKNOWN",
      "POLICY_ROLE_UNHOLDABLE",
      "POLICY_ROLE_UNKNOWN",
    ]);
  });
});

describe("the schema", () => {
  const schema = new Validator(policySchema() as Schema, "2020-12", false);

  it("accepts the seventeen patterns, and what they may say more", () => {
    for (const pattern of [...PATTERNS, FREIGHT]) expect(schema.validate(pattern).errors, pattern.id).toEqual([]);
  });

  it.each(SHAPES.map((malformed) => [malformed.name, malformed] as const))(
    "refuses, as the decoder does: %s",
    (_, shape) => {
      expect(schema.validate(documentOf(shape)).valid).toBe(false);
    },
  );

  it("accepts documents of the right shape that only the linter sees through", () => {
    for (const sense of SENSES) expect(schema.validate(documentOf(sense)).errors, sense.name).toEqual([]);
  });

  it("is what `policy schema` prints", async () => {
    expect((await run("policy", "schema")).data).toEqual(policySchema());
  });
});

describe("a short document", () => {
  const SMALL = {
    format: 1,
    id: "small",
    title: "Small",
    engine: 1,
    parties: { least: 3 },
    roles: { voter: { least: 2, most: 9, closes: true, contributes: true, gives: ["choice"], choices: ["yes", "no"] } },
    faults: { num: 33, den: 100 },
    equivocation: "each",
    timing: { window: 60_000_000, expiry: 60_000_000 },
    outcome: { function: "threshold", threshold: { num: 1, den: 2 }, carries: ["yes"] },
  };

  it("leaves out what asks for nothing, and works", () => {
    const pinned = pinPolicy(SMALL);
    expect(pinned).toMatchObject({ ok: true, value: { policy: { standalone: true, outcome: { veto: [] } } } });
    expect(new Validator(policySchema() as Schema, "2020-12").validate(SMALL).errors).toEqual([]);
    const parties = ["ann", "ben", "cat"].map((id) => ({ id, role: "voter" }));
    const said = ["ann", "ben"].map((party) => ({ party, payload: { choice: "yes" } }));
    const decision = pinned.ok ? decidePlain(pinned.value.policy, { parties, rounds: [said] }) : pinned;
    expect(decision).toMatchObject({ ok: true, value: { status: "decided", value: { choice: "yes" } } });
  });

  it("must say what parties have to agree on: there is no usual threshold, tolerance or rule for liars", () => {
    for (const [path, left] of [
      ["faults", { ...SMALL, faults: undefined }],
      ["equivocation", { ...SMALL, equivocation: undefined }],
      ["outcome.threshold", { ...SMALL, outcome: { ...SMALL.outcome, threshold: undefined } }],
    ] as const)
      expect(examinePolicy(JSON.parse(JSON.stringify(left))).findings).toMatchObject([
        { code: "FIELD_MISSING", detail: { path } },
      ]);
  });
});

describe("policy lint", () => {
  const approval = documentOf({ pattern: "approval", set: {} });

  it("answers with every finding, its code, path and message", async () => {
    const broken = documentOf({ pattern: "approval", set: { title: undefined, "outcome.threshold": 1_000_001 } });
    expect(await run("policy", "lint", broken as object)).toMatchObject({
      exit: 5,
      data: {
        ok: false,
        findings: [
          { code: "FIELD_MISSING", path: "title" },
          { code: "FIELD_INVALID", path: "outcome.threshold", message: expect.stringContaining("1 to 1000000") },
        ],
      },
    });
    expect(await run("policy", "lint", approval as object)).toMatchObject({
      exit: 0,
      data: { ok: true, findings: [] },
    });
  });

  it("warns of what has no effect, and refuses nothing for it", async () => {
    const warned = async (pattern: string, set: Malformed["set"]) => {
      const { exit, data, text } = await run("policy", "lint", documentOf({ pattern, set }) as object);
      const { ok, warnings = [] } = data as { ok: boolean; warnings?: readonly { code: string; path: string }[] };
      expect([exit, ok, text.includes("warning")]).toEqual([0, true, warnings.length > 0]);
      return warnings.map(({ code, path }) => `${code} ${path}`);
    };
    expect(await warned("approval", { "roles.approver.shards": 4 })).toEqual(["SHARDS_IDLE roles.approver.shards"]);
    const bidder = Object.fromEntries(AUCTION_SETTINGS.map(({ path, value }) => [path, value])) as Malformed["set"];
    expect(await warned("auction", { ...bidder, "roles.bidder.shards": 16 })).toEqual([]);
    expect(await warned("auction", { ...bidder, "roles.bidder.most": 8, "roles.bidder.shards": 16 })).toEqual([
      "SHARDS_IDLE roles.bidder.shards",
    ]);
    const both = { ...bidder, "roles.bidder.shards": 16, "roles.seller.shards": 2 };
    expect(await warned("auction", both)).toEqual(["SHARDS_IDLE roles.seller.shards"]);
  });

  it("sees a role that the file has twice", async () => {
    const text = JSON.stringify(approval).replace('"approver":{', '"approver":{"least":9},"approver":{');
    const answer = await run("policy", "lint", new TextEncoder().encode(text));
    expect(answer.data).toMatchObject({ ok: false, findings: [{ code: "POLICY_DUPLICATE", path: "roles.approver" }] });
  });

  it("judges it for the parties named", async () => {
    const two = {
      parties: [
        { id: "ann", role: "approver" },
        { id: "ben", role: "approver" },
      ],
    };
    expect(await run("policy", "lint", approval as object, "--parties", two)).toMatchObject({
      exit: 5,
      data: { findings: [{ code: "POLICY_PARTIES", path: "parties.least" }] },
    });
  });
});
