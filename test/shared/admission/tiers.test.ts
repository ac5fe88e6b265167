// Vocabularies from files, carried by a policy: the same signed observation has the rank and the weight that each prescribes, without a line of
// code; in a ceremony every party and a stranger weigh alike; and a unit that declines its region's directive is weighed like anybody.
import { readFileSync } from "node:fs";
import { describe, expect, it } from "vitest";
import { type Party, rootsOf } from "../../../cli/stack/party.ts";
import { factsOf } from "../../../shared/admission/facts.ts";
import { judgeAdmission } from "../../../shared/admission/judge.ts";
import { parseAdmissionPolicy } from "../../../shared/admission/plain.ts";
import { issueCredential } from "../../../shared/authority/credential.ts";
import { issueTaxonomy, type Taxonomy } from "../../../shared/authority/taxonomy.ts";
import { toBase64 } from "../../../shared/bytes.ts";
import { writeTrustStatement } from "../../../shared/evidence/trust-statement.ts";
import { verifyBundle } from "../../../shared/evidence/verify.ts";
import { isKind } from "../../../shared/observation/observation.ts";
import { reopen } from "../../../shared/observation/reopen.ts";
import { pinPolicy } from "../../../shared/policy/decode.ts";
import { QUORUM } from "../../../shared/policy/patterns/quorum.ts";
import { judge } from "../../support/admission.ts";
import { bundleOf, bytesOf, lineageOf } from "../../support/evidence.ts";
import { type Agent, Network, SECOND, START } from "../../support/network.ts";
import { MESH, testParties } from "../../support/parties.ts";
import { frameOf, grantTo, opened, signerNamed, soundRecipe, withGrant } from "../../support/recipes.ts";

type Vocabulary = { readonly name: string; readonly version: number; readonly tiers: Record<string, object> };

function vocabulary(name: string): Vocabulary {
  const file = new URL(`../../../shared/authority/vocabularies/${name}.json`, import.meta.url);
  return JSON.parse(readFileSync(file, "utf8")) as Vocabulary;
}
const [ladder, roles, scopes, precedence] = ["class-ladder", "four-roles", "nested-scopes", "precedence"].map(
  vocabulary,
) as [Vocabulary, Vocabulary, Vocabulary, Vocabulary];

const publisher = signerNamed("the mesh");
function signed(document: Vocabulary): Uint8Array {
  const frame = issueTaxonomy(document, MESH, publisher);
  if (!frame.ok) throw new Error(JSON.stringify(frame.fault));
  return frame.value;
}

const weighing = (...taxonomies: readonly Vocabulary[]) => ({ factors: [{ kind: "weight" }], weight: {}, taxonomies });

/** The weight of a contribution whose signer holds these tiers, under a policy that carries these vocabularies. */
function weightOf(taxonomy: string, names: readonly string[], policy: object, version = 1) {
  const tier = { taxonomy, version, names };
  const observation = reopen(frameOf(withGrant(soundRecipe(), 1, { tier })));
  const parsed = parseAdmissionPolicy(policy);
  if (!parsed.ok || parsed.value.admission === null) throw new Error(JSON.stringify(parsed));
  if (!isKind(observation, "contribution")) throw new Error("it is a contribution");
  const facts = factsOf(observation);
  const when = { frame: "utc", opensAt: 0, closesAt: START };
  const around = { when, sources: [], records: new Map() };
  const [factor] = judgeAdmission(parsed.value, parsed.value.admission, [facts], around).get(facts.id)?.factors ?? [];
  const part = factor?.parts[0];
  return [factor?.score, part?.got, part?.clause];
}

describe("a tier weighs what its vocabulary says", () => {
  it.each([
    [ladder, "commercial", 700_000, "rank 3"],
    [precedence, "operator", 800_000, "rank 3"],
    [precedence, "vendor", 300_000, "rank 1"],
    [scopes, "unit", 1_000_000, "rank 1"],
    [roles, "sensor", 1_000_000, "rank 1"],
    [ladder, "adversarial", 0, "rank 0"],
  ] as const)("in the file $name: %s", (document, tier, weight, rank) => {
    const all = weighing(ladder, roles, scopes, precedence);
    const clause = `taxonomies.${document.name}/1.${tier}`;
    const got = `${tier}, ${rank} of ${document.name}/1`;
    expect(weightOf(document.name, [tier], all)).toEqual([weight, got, clause]);
    expect(weightOf(document.name, [tier], weighing(document))[0]).toBe(weight);
  });

  it("under another vocabulary, another version or none of them is what all others weigh", () => {
    for (const given of [
      weightOf("precedence", ["regulator"], weighing(ladder)),
      weightOf("class-ladder", ["regulatory"], weighing(ladder), 2),
      weightOf("class-ladder", ["emperor"], weighing(ladder)),
    ])
      expect([given[0], given[2]]).toEqual([200_000, "weight.otherwise"]);
  });

  it("is overruled by what the policy itself says of it", () => {
    const own = { ...weighing(ladder), weight: { authority: { commercial: 100_000 } } };
    expect(weightOf("class-ladder", ["commercial"], own)).toEqual([
      100_000,
      "commercial",
      "weight.authority.commercial",
    ]);
  });

  it("gains nothing from a second name: the lower counts, in either order, and only combined as listed", () => {
    const low = { ...roles, tiers: { ...roles.tiers, sensor: { ...roles.tiers.sensor, weight: 400_000 } } };
    for (const names of [
      ["aggregator", "sensor"],
      ["sensor", "aggregator"],
    ])
      expect(weightOf("four-roles", names, weighing(low))[0]).toBe(400_000);
    expect(weightOf("four-roles", ["sensor", "publisher"], weighing(low))[0]).toBe(200_000);
    const asked = { factors: [{ kind: "tier", among: ["aggregator"] }], taxonomies: [low] };
    expect(weightOf("four-roles", ["aggregator", "sensor"], asked)[0]).toBe(0);
  });

  it("in a plain document is read under the one vocabulary that there is", () => {
    expect(judge(weighing(precedence), { tier: "operator" }).factors[0]?.score).toBe(800_000);
    expect(judge(weighing(precedence, ladder), { tier: "operator" }).factors[0]?.score).toBe(200_000);
  });

  it.each([
    [
      "lets a lower rank weigh more",
      [{ ...precedence, tiers: { ...precedence.tiers, vendor: { ...precedence.tiers.vendor, weight: 900_000 } } }],
    ],
    ["stands twice", [ladder, ladder]],
    ["has a tier that is not defined", [{ ...ladder, combinations: [["peer", "duke"]] }]],
  ])("unless it %s: then the policy is refused", (_name, taxonomies) => {
    expect(parseAdmissionPolicy({ ...weighing(), taxonomies })).toMatchObject({ fault: { code: "FILE_SHAPE" } });
  });
});

/** A party whose root gives its agent a scope. */
function holding(party: Party, taxonomy: string, tier: string): Party {
  const grant = grantTo(party.identity.signer.key, {
    roles: ["*"],
    classes: ["*"],
    not_before: 0,
    not_after: 2 * START,
    tier: { taxonomy, version: 1, names: [tier] },
  });
  return { ...party, identity: { ...party.identity, credentials: [issueCredential(grant, party.root)] } };
}

/** Four organisations of these tiers, in a ceremony that lets each speak with the part of its power that its tier weighs. */
async function ceremony(document: Vocabulary, tiers: readonly string[], recognised = document) {
  const policy = pinPolicy({
    ...QUORUM,
    admission: {
      rule: "weighted-intersection",
      thresholds: { admit: 1_000_000, partial: 1, defer: 0 },
      factors: [{ kind: "weight" }],
      weight: { corroboration: { each: 0 } },
      taxonomies: [document],
    },
  });
  if (!policy.ok) throw new Error(JSON.stringify(policy.fault));
  const parties = testParties(4).map((party, index) => holding(party, document.name, tiers[index] as string));
  const net = new Network(parties, policy.value, {
    role: "voter",
    closesAt: START + 10 * SECOND,
    expiresAt: START + 100 * SECOND,
  });
  const taxonomies = (await opened([signed(recognised)])) as readonly Taxonomy[];
  for (const agent of net.agents)
    agent.state = { ...agent.state, self: { ...agent.state.self, recognised: { taxonomies, taxonomyGrace: 0 } } };
  net.open();
  net.deliverAll();
  return { net, parties };
}

async function close(net: Network) {
  net.run(60, () => net.agents.every(({ state }) => state.ending !== null));
  net.run(1);
  return (net.agents[0] as Agent).state.ending?.record;
}

describe("a ceremony weighed by a vocabulary", () => {
  it("decides by what the tiers weigh, alike for every party and for a stranger", async () => {
    const { net, parties } = await ceremony(precedence, ["regulator", "operator", "vendor", "vendor"]);
    for (const [index, choice] of ["approve", "approve", "reject", "reject"].entries())
      net.attest((net.agents[index] as Agent).party.name, choice);
    const record = await close(net);
    expect(new Set(net.digests()).size).toBe(1);
    // 1.0 and 0.8 against 0.3 and 0.3: three quarters of what is spoken with; by heads it would be half.
    expect([record?.status, record?.explanation.join()]).toEqual(["decided", expect.stringContaining("1800 of 2400")]);
    const trust = { ...writeTrustStatement(MESH, rootsOf(parties)), statements: [toBase64(signed(precedence))] };
    const verified = await verifyBundle(bytesOf(bundleOf(net.agents[3] as Agent)), { trust });
    expect([verified.verdict, verified.outcome?.digest]).toEqual(["passed", net.digests()[0]]);
  });

  it("is not joined by a party that recognises another text under the same name and version", async () => {
    const other = { ...precedence, tiers: { ...precedence.tiers, vendor: { ...precedence.tiers.vendor, weight: 1 } } };
    const { net } = await ceremony(precedence, ["regulator", "operator", "vendor", "vendor"], other);
    expect(net.agent("acme").state.refusal).toMatchObject({
      code: "POLICY_TAXONOMY",
      detail: { taxonomy: "precedence" },
    });
  });

  it("goes on where a unit declines its region's directive: said in lineage, counted like any voice, and no error", async () => {
    const { net } = await ceremony(scopes, ["region", "unit", "region", "region"]);
    const say = (name: string, choice: string, governanceClass: string, sources: readonly string[]) => {
      const content = new Map([["choice", choice]]);
      const manner = { governanceClass, sources };
      return net.turn(name, { on: "attest", now: net.now, content, item: null, manner })[0]?.id as string;
    };
    const directive = say("acme", "approve", "directive", []);
    net.deliverAll();
    const declined = say("bolt", "reject", "declination", [directive]);
    for (const name of ["crux", "dune"]) net.attest(name, "approve");
    const record = await close(net);
    expect([record?.status, record?.excluded]).toEqual(["decided", []]);
    for (const agent of net.agents) {
      const entries = lineageOf(agent);
      expect(entries.filter(({ detail }) => "declines" in detail)).toMatchObject([
        { kind: "admission", about: [declined], detail: { declines: directive, standing: "valid", tier: "unit" } },
      ]);
      expect(entries.filter(({ kind }) => ["refusal", "alert", "byzantine-event"].includes(kind))).toEqual([]);
    }
  });
});
