// An agent's configuration: kept while its variables stay the same, and refused by path where nothing could be sent under it.
import { describe, expect, it } from "vitest";
import { type AgentSecrets, configOf } from "../../durable/config.ts";
import { agentVariables } from "../support/agent-env.ts";
import { testParties, testParty } from "../support/parties.ts";

const parties = testParties(3);
const acme = testParty("acme");

function refusal(changes: object, variables: Partial<AgentSecrets> = {}): unknown {
  const config = configOf({ ...agentVariables(acme, parties, changes), ...variables });
  return config.ok ? "read" : [config.fault.code, config.fault.detail.path];
}

describe("a configuration", () => {
  it("is read once for the same variables, whatever object brings them", () => {
    const variables = agentVariables(acme, parties);
    const first = configOf({ ...variables });
    expect(first.ok).toBe(true);
    expect(configOf({ ...variables })).toBe(first);
    expect(configOf({ ...variables, API_KEY: "another key, quite long" })).not.toBe(first);
  });

  it("opens its trust once", async () => {
    const config = configOf(agentVariables(acme, parties));
    if (!config.ok) throw new Error(config.fault.code);
    const [one, two] = await Promise.all([config.value.trust(), config.value.trust()]);
    expect(one).toBe(two);
    expect(await config.value.trust()).toBe(one);
  });

  it("names nobody whose name cannot stand in a subject", () => {
    expect(refusal({})).toBe("read");
    for (const name of ["acme.example", "ac me", "acme>", "*", "", "x".repeat(65)]) {
      expect(refusal({ name })).toEqual(["CONFIG_INVALID", "PARTY.name"]);
      expect(refusal({ mesh: name })).toEqual(["CONFIG_INVALID", "PARTY.mesh"]);
      expect(refusal({ partners: [{ name, account: "BOLT" }] })).toEqual(["CONFIG_INVALID", "PARTY.partners[0].name"]);
      expect(refusal({ partners: [{ name: "bolt", account: name }] })).toEqual([
        "CONFIG_INVALID",
        "PARTY.partners[0].account",
      ]);
    }
    const dotted = testParty("bolt.example");
    const config = configOf(agentVariables(acme, [acme, dotted], { partners: [] }));
    expect(config).toMatchObject({
      ok: false,
      fault: { code: "CONFIG_INVALID", detail: { path: "PARTY.trust.roots" } },
    });
  });

  it("needs its key and its secrets in their forms", () => {
    expect(refusal({}, { SIGNING_KEY: "ab" })).toEqual(["KEY_MISSING", undefined]);
    expect(refusal({}, { API_KEY: "short" })).toEqual(["CONFIG_INVALID", "API_KEY"]);
    expect(refusal({}, { HOOK_SECRETS: "{" })).toEqual(["CONFIG_INVALID", "HOOK_SECRETS"]);
    expect(refusal({}, { PARTY: "[]" })).toEqual(["CONFIG_INVALID", "PARTY"]);
  });
});
