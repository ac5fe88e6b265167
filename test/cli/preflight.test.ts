// `preflight` over a folder of policies, one a party.
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { CONSENSUS } from "../../shared/policy/patterns/consensus.ts";
import { QUORUM } from "../../shared/policy/patterns/quorum.ts";
import { run } from "../support/command.ts";

const parties = ["acme", "bolt", "crux"].map((id) => ({ id, role: "decider" }));

async function preflight(policies: Readonly<Record<string, object>>, people: readonly object[] = parties) {
  const folder = mkdtempSync(join(tmpdir(), "quorate-preflight-"));
  for (const [name, policy] of Object.entries(policies))
    writeFileSync(join(folder, `${name}.json`), JSON.stringify(policy));
  const answer = await run("preflight", "--policies", folder, "--parties", { parties: people });
  rmSync(folder, { recursive: true });
  return answer;
}

describe("preflight", () => {
  it("finds an outcome within reach where all sign the same policy", async () => {
    expect(
      await preflight({ acme: CONSENSUS, bolt: CONSENSUS, crux: { party: "crux", policy: CONSENSUS } }),
    ).toMatchObject({
      exit: 0,
      data: { feasible: true, blocking: [] },
    });
  });

  it("names the one party whose clause stands apart, not those it stands apart from", async () => {
    const sealed = { ...CONSENSUS, sealed: true };
    expect(await preflight({ acme: CONSENSUS, bolt: sealed, crux: CONSENSUS })).toMatchObject({
      exit: 5,
      data: { feasible: false, blocking: [{ party: "bolt", clause: "sealed" }] },
    });
  });

  it("names a choice that one party does not let carry", async () => {
    const other = { ...CONSENSUS, outcome: { ...CONSENSUS.outcome, carries: ["reject"], refusal: null } };
    const { data } = await preflight({ acme: CONSENSUS, bolt: CONSENSUS, crux: other });
    expect(data).toMatchObject({ feasible: false, blocking: [{ party: "crux", clause: "outcome.carries" }] });
  });

  it("names thresholds, tolerances and roles that these parties cannot meet", async () => {
    const high = { ...CONSENSUS, outcome: { ...CONSENSUS.outcome, threshold: 4 } };
    const faulty = { ...CONSENSUS, faults: { num: 1, den: 3 } };
    const { data } = await preflight({ acme: high, bolt: faulty, crux: CONSENSUS });
    expect(data).toMatchObject({
      blocking: [
        { party: "acme", clause: "outcome.threshold" },
        { party: "bolt", clause: "faults" },
      ],
    });
    const roles = await preflight({ acme: QUORUM }, parties);
    expect(roles.data).toMatchObject({ feasible: true });
    const mixed = await preflight({ acme: CONSENSUS, bolt: QUORUM, crux: CONSENSUS });
    expect(JSON.stringify(mixed.data)).toContain("roles.decider");
  });

  it("names a clause that cannot work whoever takes part, rather than refusing the file", async () => {
    const liars = { ...CONSENSUS, faults: { num: 1, den: 2 } };
    const { exit, data } = await preflight({ acme: CONSENSUS, bolt: liars, crux: CONSENSUS });
    expect([exit, data]).toMatchObject([5, { feasible: false, blocking: [{ party: "bolt", clause: "faults" }] }]);
  });

  it("refuses folders and files that it cannot read", async () => {
    expect(await run("preflight", "--policies", "none", "--parties", { parties })).toMatchObject({ exit: 7 });
    expect(await preflight({ acme: { id: "x" } })).toMatchObject({ exit: 5, refusal: { code: "POLICY_INVALID" } });
    expect(await preflight({})).toMatchObject({ exit: 64 });
  });
});
