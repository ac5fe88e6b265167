// What a deployment would change, from what the last one left; without a build.
import { describe, expect, it } from "vitest";
import { shown, stepsFor } from "../../cli/deploy/apply.ts";
import { changesBetween, type Described, digestOf, upgradeNotes } from "../../cli/deploy/plan.ts";

const here: Described = {
  worker: "agent",
  compatibilityDate: "2026-07-30",
  config: "d".repeat(64),
  script: "a".repeat(64),
  party: "b".repeat(64),
  objects: ["Ceremony", "Link"],
  migrations: [{ tag: "v1", classes: ["Ceremony", "Link"] }],
  queues: ["in", "dead"],
  crons: ["*/5 * * * *"],
  secrets: ["API_KEY"],
  marks: { API_KEY: "1f" },
  engine: 1,
  formats: ["quorate-bundle/1"],
};
const briefly = (applied: Described | null, wanted: Described) =>
  changesBetween(applied, wanted).map(({ sign, kind, name }) => `${sign} ${kind} ${name}`);

describe("a plan", () => {
  it("makes everything the first time, and nothing where nothing is new", () => {
    expect(briefly(null, here)).toEqual([
      "+ worker agent",
      "+ party PARTY",
      "+ migration v1: Ceremony, Link",
      "+ durable object Ceremony",
      "+ durable object Link",
      "+ queue in",
      "+ queue dead",
      "+ cron */5 * * * *",
      "+ secret API_KEY",
    ]);
    expect(briefly(here, structuredClone(here))).toEqual([]);
  });

  it("names what is new, what is other, and what is left behind", () => {
    const wider = {
      ...here,
      script: "c".repeat(64),
      objects: [...here.objects, "Mesh"],
      migrations: [...here.migrations, { tag: "v2", classes: ["Mesh"] }],
      queues: ["in", "buried"],
    };
    expect(briefly(here, wider)).toEqual([
      "~ worker agent",
      "+ migration v2: Mesh",
      "+ durable object Mesh",
      "+ queue buried",
      "- queue dead",
    ]);
    expect(changesBetween(here, { ...here, compatibilityDate: "2026-08-01" })).toHaveLength(1);
    expect(briefly(here, { ...here, config: "e".repeat(64) })).toEqual(["~ config wrangler.toml"]);
    expect(briefly(here, { ...here, marks: { API_KEY: "20" } })).toEqual(["~ secret API_KEY"]);
  });

  it("says whether agents that are not deployed anew read what this one writes", () => {
    expect(upgradeNotes(null, here).join()).toContain("no old agents");
    expect(upgradeNotes(here, { ...here, script: "d" })).toEqual([
      "old agents can read the new records: yes (engine 1, as before)",
    ]);
    const next = { ...here, engine: 2, formats: ["quorate-bundle/2"], migrations: [{ tag: "v1", classes: ["Other"] }] };
    expect(upgradeNotes(here, next).join("\n")).toMatch(/records: no.*quorate-bundle\/2.*has changed \(v1\)/s);
  });

  it("is known by a digest of everything that it is for", () => {
    const others = [
      { ...here, script: "e" },
      { ...here, config: "e" },
      { ...here, marks: { API_KEY: "20" } },
      { ...here, secrets: [] },
      { ...here, party: null },
      { ...here, engine: 2 },
    ];
    expect(new Set([here, ...others].map(digestOf)).size).toBe(7);
  });

  it("runs wrangler for queues that are new, then the worker, with long words cut where they are shown", () => {
    const steps = stepsFor(here, changesBetween(here, { ...here, queues: ["in", "dead", "new"] }), {
      party: null,
      login: null,
    });
    expect(steps.map(shown)).toEqual(["npx wrangler queues create new", "npx wrangler deploy"]);
    expect(shown({ what: "", words: ["x".repeat(99)] })).toBe(`npx wrangler '${"x".repeat(40)}…'`);
  });
});
