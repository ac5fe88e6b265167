// Taxonomies are data: vocabularies are loaded from files, and the same observation has the tier that each prescribes. What a tier may
// not attest, hold, credential or combine is refused by name; so are versions that nobody recognises any more and names claimed twice.
import { readFileSync } from "node:fs";
import { describe, expect, it } from "vitest";
import { checkTiers } from "../../../shared/authority/competence.ts";
import type { Tier } from "../../../shared/authority/credential.ts";
import { issueTaxonomy } from "../../../shared/authority/taxonomy.ts";
import type { TrustTerms } from "../../../shared/authority/trust.ts";
import { toHex } from "../../../shared/bytes.ts";
import { admit } from "../../../shared/observation/admit.ts";
import type { RefusalCode } from "../../../shared/refusals.ts";
import { MESH } from "../../support/parties.ts";
import {
  frameOf,
  hex,
  opened,
  type Recipe,
  signerNamed,
  soundRecipe,
  trustOf,
  withField,
  withGrant,
  withInner,
} from "../../support/recipes.ts";
import { HOUR, idOf, START } from "../../support/statements.ts";

const publisher = signerNamed("the mesh that publishes");
const rival = signerNamed("another that publishes");
type Vocabulary = { readonly version: number; readonly tiers: Readonly<Record<string, object>> };

function vocabulary(name: string): Vocabulary {
  const file = new URL(`../../../shared/authority/vocabularies/${name}.json`, import.meta.url);
  return JSON.parse(readFileSync(file, "utf8")) as Vocabulary;
}

function signed(document: unknown, by = publisher): Uint8Array {
  const frame = issueTaxonomy(document, MESH, by);
  if (!frame.ok) throw new Error(JSON.stringify(frame.fault));
  return frame.value;
}

/** The agent holds `names` under a board that holds `above`. */
function tiered(taxonomy: string, above: readonly string[], names: readonly string[], version = 1): Recipe {
  const tier = (held: readonly string[]): Tier => ({ taxonomy, version, names: held });
  const everything = { roles: ["*"], classes: ["*"] };
  const board = withGrant(soundRecipe(), 0, { ...everything, tier: tier(above) });
  return withGrant(board, 1, { ...everything, tier: tier(names) });
}

async function verdict(
  recipe: Recipe,
  frames: readonly Uint8Array[],
  terms: Partial<TrustTerms> = {},
): Promise<string> {
  const trust = await trustOf(recipe, undefined, { statements: await opened(frames), ...terms });
  const admitted = await admit(frameOf(recipe), trust);
  if (!admitted.ok) return admitted.fault.code;
  const standing = checkTiers(admitted.value.chain, admitted.value.at[1], trust);
  return standing.ok && standing.value !== null
    ? `${standing.value.names.join("+")} ${standing.value.rank}`
    : "no tier";
}

const ladder = vocabulary("class-ladder");
const roles = vocabulary("four-roles");
const scopes = vocabulary("nested-scopes");
const precedence = vocabulary("precedence");

describe("four vocabularies from files", () => {
  it.each([
    ["class-ladder", ladder, "regulatory", "commercial", "commercial 3"],
    ["four-roles", roles, "regulator", "regulator", "regulator 3"],
    ["nested-scopes", scopes, "jurisdiction", "region", "region 2"],
    ["precedence", precedence, "regulator", "operator", "operator 3"],
  ])("%s gives the same observation its own tier", async (name, document, above, held, tier) => {
    expect(await verdict(tiered(name, [above], [held]), [signed(document)])).toBe(tier);
  });

  it("may hold several at once: each credential is read under the one it names", async () => {
    const all = [ladder, roles, scopes, precedence].map((document) => signed(document));
    expect(await verdict(tiered("nested-scopes", ["coalition"], ["jurisdiction"]), all)).toBe("jurisdiction 3");
    expect(await verdict(tiered("class-ladder", ["peer"], ["peer"]), all)).toBe("peer 1");
  });
});

describe("a tier", () => {
  const cases: readonly (readonly [string, RefusalCode, Recipe])[] = [
    ["of a taxonomy that is not recognised", "TAXONOMY_UNKNOWN", tiered("ladder-of-nowhere", ["a"], ["b"])],
    ["of a version that is not recognised", "TAXONOMY_UNKNOWN", tiered("class-ladder", ["peer"], ["peer"], 7)],
    ["that was never defined", "TIER_UNKNOWN", tiered("class-ladder", ["regulatory"], ["emperor"])],
    ["above its issuer's", "TIER_NOT_CREDENTIALED", tiered("class-ladder", ["commercial"], ["regulatory"])],
    [
      "from an issuer who credentials nobody",
      "TIER_NOT_CREDENTIALED",
      tiered("class-ladder", ["adversarial"], ["peer"]),
    ],
    [
      "from an issuer without a tier",
      "TIER_NOT_CREDENTIALED",
      withGrant(tiered("class-ladder", ["peer"], ["peer"]), 0, { tier: null }),
    ],
    [
      "from an issuer of another taxonomy",
      "TIER_NOT_CREDENTIALED",
      withGrant(tiered("class-ladder", ["peer"], ["peer"]), 0, {
        tier: { taxonomy: "precedence", version: 1, names: ["regulator"] },
      }),
    ],
    [
      "that may not attest the class",
      "TIER_CLASS",
      withField(tiered("class-ladder", ["regulatory"], ["peer"]), "governance_class", "commerce"),
    ],
    ["that may not hold the role", "TIER_ROLE", withGrant(tiered("four-roles", ["regulator"], ["sensor"]), 0, {})],
    ["combined as nobody allowed", "TIER_COMBINATION", tiered("four-roles", ["regulator"], ["sensor", "publisher"])],
  ];

  it.each(cases)("%s is refused: %s", async (_name, code, recipe) => {
    expect(
      await verdict(
        recipe,
        [ladder, roles, precedence].map((document) => signed(document)),
      ),
    ).toBe(code);
  });

  it("may combine two where the taxonomy lists it, and then has the lower rank and owes what both owe", async () => {
    const both = withInner(tiered("four-roles", ["regulator"], ["aggregator", "sensor"]), "payload", "role", "witness");
    const frames = [signed(roles)];
    expect(await verdict(both, frames)).toBe("EVIDENCE_OWED");
    const cited = withInner(both, "lineage", "sources", [hex(idOf("a reading"))]);
    // A sensor owes a device whose continuity is shown.
    expect(await verdict(cited, frames)).toBe("DEVICE_UNPROVED");
    const relaxed = {
      ...roles,
      tiers: { ...roles.tiers, sensor: { ...roles.tiers.sensor, contract: relaxedContract } },
    };
    expect(await verdict(cited, [signed(relaxed)])).toBe("aggregator+sensor 1");
  });

  it("owes its evidence in a contribution, and not in a statement about closing", async () => {
    const aggregator = (kind: "contribution" | "witness") => {
      const { links } = tiered("four-roles", ["regulator"], ["aggregator"]);
      return { ...soundRecipe(kind), links };
    };
    const contribution = withInner(aggregator("contribution"), "payload", "role", "witness");
    const without = withInner(withInner(contribution, "lineage", "derivation", null), "lineage", "sources", [
      hex(idOf("x")),
    ]);
    expect(await verdict(contribution, [signed(roles)])).toBe("EVIDENCE_OWED");
    expect(await verdict(without, [signed(roles)])).toBe("EVIDENCE_OWED");
    expect(await verdict(aggregator("witness"), [signed(roles)])).toBe("aggregator 2");
  });

  it("may be conferred by a root only where its recognition says so", async () => {
    const recipe = tiered("class-ladder", ["commercial"], ["peer"]);
    const conferrable = (tiers: readonly string[]) => ({ conferrable: new Map([["acme", tiers]]) });
    expect(await verdict(recipe, [signed(ladder)], conferrable(["commercial"]))).toBe("peer 1");
    expect(await verdict(recipe, [signed(ladder)], conferrable(["peer"]))).toBe("TIER_NOT_CREDENTIALED");
  });
});

const relaxedContract = { sources: 0, derivation: false, place: false, device: "any" };

describe("versions of a taxonomy", () => {
  const second = (since: number, tiers: object = ladder.tiers) => signed({ ...ladder, version: 2, since, tiers });
  const old = tiered("class-ladder", ["regulatory"], ["peer"], 1);
  const grace = (micros: number) => ({ taxonomyGrace: micros });
  const { peer: _removed, ...withoutPeer } = ladder.tiers as Record<string, { credentials: readonly string[] }>;
  const removed = Object.fromEntries(
    Object.entries(withoutPeer).map(([name, rule]) => [
      name,
      { ...rule, credentials: rule.credentials.filter((tier) => tier !== "peer") },
    ]),
  );

  it("are read as declared: an old one holds through its grace, to the last microsecond", async () => {
    // The stated time of the observation ends at START + 5.
    expect(await verdict(old, [signed(ladder), second(START - HOUR)], grace(HOUR + 5))).toBe("peer 1");
    expect(await verdict(old, [signed(ladder), second(START - HOUR)], grace(HOUR + 4))).toBe("TAXONOMY_RETIRED");
    expect(await verdict(old, [signed(ladder), second(START + 6)], grace(0))).toBe("peer 1");
  });

  it("have a grace of 90 days where nothing else is said", async () => {
    const days = (count: number) => count * 24 * HOUR;
    expect(await verdict(old, [signed(ladder), second(START - days(90) + 5)])).toBe("peer 1");
    expect(await verdict(old, [signed(ladder), second(START - days(90) + 4)])).toBe("TAXONOMY_RETIRED");
  });

  it("may remove a class: it holds under the old one only", async () => {
    const frames = [signed(ladder), second(START - HOUR, removed)];
    expect(await verdict(old, frames)).toBe("peer 1");
    expect(await verdict(tiered("class-ladder", ["regulatory"], ["peer"], 2), frames)).toBe("TIER_UNKNOWN");
    expect(await verdict(tiered("class-ladder", ["regulatory"], ["advisory"], 2), frames)).toBe("advisory 2");
  });

  it("that two publishers claim, or that has two texts, is recognised by nobody", async () => {
    expect(await verdict(old, [signed(ladder), signed(ladder, rival)])).toBe("TAXONOMY_DISPUTED");
    expect(await verdict(old, [signed(ladder), signed({ ...ladder, title: "Another text" })])).toBe(
      "TAXONOMY_DISPUTED",
    );
    expect(await verdict(old, [signed(ladder), signed({ ...ladder, version: 3 }, rival)])).toBe("TAXONOMY_DISPUTED");
    expect(await verdict(old, [signed(ladder), signed(ladder)])).toBe("peer 1");
  });

  it("of one publisher are one name, though its root key was rotated between them", async () => {
    const pins = new Map([...old.roots, [toHex(publisher.key), "mesh"], [toHex(rival.key), "mesh"]]);
    const frames = [signed(ladder), signed({ ...ladder, version: 2, since: START + HOUR }, rival)];
    expect(await verdict(old, frames, { pins })).toBe("peer 1");
  });

  it("for another mesh are not recognised", async () => {
    const elsewhere = issueTaxonomy(ladder, "another-mesh", publisher);
    if (!elsewhere.ok) throw new Error(elsewhere.fault.code);
    expect(await verdict(old, [elsewhere.value])).toBe("TAXONOMY_UNKNOWN");
  });
});

describe("signing a vocabulary", () => {
  it.each([
    [
      "a tier that credentials an unknown one",
      { ...ladder, tiers: { ...ladder.tiers, peer: { ...ladder.tiers.peer, credentials: ["duke"] } } },
    ],
    ["a combination of an unknown one", { ...ladder, combinations: [["peer", "duke"]] }],
    ["a weight in fractions", { ...ladder, tiers: { peer: { ...ladder.tiers.peer, weight: 0.5 } } }],
    ["a field that is not known", { ...ladder, colour: "blue" }],
    ["no version", { ...ladder, version: undefined }],
    ["nothing", null],
  ])("refuses %s", (_name, document) => {
    expect(issueTaxonomy(document, MESH, publisher)).toMatchObject({ ok: false, fault: { code: "TAXONOMY_INVALID" } });
  });

  it("gives an id that a changed word changes", async () => {
    const [one, other] = await opened([signed(ladder), signed({ ...ladder, title: "x" })]);
    if (one === undefined || other === undefined) throw new Error("both are opened");
    expect(one.id).not.toBe(other.id);
    expect(one.signer).toBe(toHex(publisher.key));
  });
});

describe("a jurisdiction", () => {
  const placed = (key: string, granted: readonly string[], frame = "jurisdiction") => {
    const recipe = withField(
      soundRecipe(),
      "spatial_reference",
      new Map([
        ["frame", frame],
        ["key", key],
      ]),
    );
    return withGrant(withGrant(recipe, 0, { jurisdictions: ["eu", "ch"] }), 1, { jurisdictions: granted });
  };

  it.each([
    ["covers itself", placed("eu", ["eu"]), "no tier"],
    ["covers all below it", placed("eu/de/hamburg", ["eu"]), "no tier"],
    ["does not cover one whose name it begins", placed("europe", ["eu"]), "JURISDICTION_NOT_GRANTED"],
    ["does not cover its neighbour", placed("ch", ["eu"]), "JURISDICTION_NOT_GRANTED"],
    ["does not cover what is above it", placed("eu", ["eu/de"]), "JURISDICTION_NOT_GRANTED"],
    ["is not named by a place of another frame", placed("eu", ["eu"], "logical"), "JURISDICTION_NOT_GRANTED"],
    ["cannot be widened by a delegate", placed("uk", ["uk"]), "CHAIN_NOT_NARROWER"],
    ["cannot be lifted by a delegate", placed("eu", ["*"]), "CHAIN_NOT_NARROWER"],
  ])("%s: %s", async (_name, recipe, code) => {
    expect(await verdict(recipe, [])).toBe(code);
  });

  it("must be named by whoever is bound to one", async () => {
    expect(await verdict(withField(placed("eu", ["eu"]), "spatial_reference", null), [])).toBe(
      "JURISDICTION_NOT_GRANTED",
    );
  });
});
