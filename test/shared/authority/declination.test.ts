// A lower scope declines a higher one's directive: that is recorded as the valid act it is, and the ceremony goes on to its outcome.
import { readFileSync } from "node:fs";
import { describe, expect, it } from "vitest";
import type { Party } from "../../../cli/stack/party.ts";
import { issueCredential } from "../../../shared/authority/credential.ts";
import { issueTaxonomy, type Taxonomy } from "../../../shared/authority/taxonomy.ts";
import { pinPolicy } from "../../../shared/policy/decode.ts";
import { APPROVAL } from "../../../shared/policy/patterns/approval.ts";
import { lineageOf } from "../../support/evidence.ts";
import { Network, SECOND, START } from "../../support/network.ts";
import { MESH, testParties } from "../../support/parties.ts";
import { grantTo, opened, signerNamed } from "../../support/recipes.ts";

const file = new URL("../../../shared/authority/vocabularies/nested-scopes.json", import.meta.url);
const frame = issueTaxonomy(JSON.parse(readFileSync(file, "utf8")), MESH, signerNamed("the mesh"));

/** A party whose root gives its agent a scope. */
function scoped(party: Party, scope: string): Party {
  const grant = grantTo(party.identity.signer.key, {
    roles: ["*"],
    classes: ["*"],
    not_before: 0,
    not_after: 2 * START,
    tier: { taxonomy: "nested-scopes", version: 1, names: [scope] },
  });
  return { ...party, identity: { ...party.identity, credentials: [issueCredential(grant, party.root)] } };
}

/** acme directs, bolt declines, crux and dune go along. */
async function ceremony(director: string, decliner: string) {
  const policy = pinPolicy(APPROVAL);
  if (!policy.ok || !frame.ok) throw new Error("the policy and the taxonomy are sound");
  const scopes = [director, decliner, "region", "region"];
  const parties = testParties(4).map((party, index) => scoped(party, scopes[index] as string));
  const net = new Network(parties, policy.value, { role: "approver", closesAt: START + 10 * SECOND });
  const taxonomies = (await opened([frame.value])) as readonly Taxonomy[];
  for (const agent of net.agents)
    agent.state = { ...agent.state, self: { ...agent.state.self, recognised: { taxonomies, taxonomyGrace: 0 } } };
  net.open();
  net.deliverAll();
  const say = (name: string, choice: string, governanceClass: string, sources: readonly string[]) =>
    net.turn(name, {
      on: "attest",
      now: net.now,
      content: new Map([["choice", choice]]),
      item: null,
      manner: { governanceClass, sources },
    })[0];
  const directive = say("acme", "approve", "directive", [])?.id as string;
  net.deliverAll();
  const declined = say("bolt", "reject", "declination", [directive]);
  for (const name of ["crux", "dune"]) net.attest(name, "approve");
  net.run(30, () => net.digests().every((digest) => digest !== null));
  return { net, directive, declined };
}

describe("a directive that a lower scope declines", () => {
  it("is in everyone's lineage as validly declined, and the ceremony reaches its outcome", async () => {
    const { net, directive, declined } = await ceremony("region", "unit");
    expect(declined).toMatchObject({ verdict: "admitted", code: null });
    expect(new Set(net.digests()).size).toBe(1);
    for (const agent of net.agents) {
      const [entry] = lineageOf(agent).filter(({ detail }) => "declines" in detail);
      expect(entry).toMatchObject({
        kind: "admission",
        by: "bolt",
        about: [declined?.id],
        detail: { declines: directive, standing: "valid", tier: "unit", taxonomy: "nested-scopes/1" },
      });
      expect(lineageOf(agent).filter(({ kind }) => kind === "refusal" || kind === "alert")).toEqual([]);
      expect(agent.state.ending?.record.status).toBe("decided");
    }
  });

  it("is recorded as declined without standing where the taxonomy gives none", async () => {
    const { net, directive } = await ceremony("region", "jurisdiction");
    for (const agent of net.agents) {
      const [entry] = lineageOf(agent).filter(({ detail }) => "declines" in detail);
      expect(entry?.detail).toMatchObject({ declines: directive, standing: "none", tier: "jurisdiction" });
      expect(agent.state.ending?.record.status).toBe("decided");
    }
  });
});
