// Three nations, pairwise translators and a neutral office: from one pool each computes its own policy, and nobody's word stands for another's.
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { rootsOf } from "../../../cli/stack/party.ts";
import type { Json } from "../../../shared/cbor/json.ts";
import { type ShownPolicy, shownPolicy } from "../../../shared/coalition/shown.ts";
import { poolFrom, speakerOf } from "../../../shared/coalition/signed.ts";
import type { VerifiedObservation } from "../../../shared/observation/observation.ts";
import { Nation } from "../../support/coalition.ts";
import { START } from "../../support/network.ts";
import { testParties } from "../../support/parties.ts";

const parties = testParties(4);
const roots = rootsOf(parties);
const NATIONS = ["acme", "bolt", "crux"] as const;
type Name = (typeof NATIONS)[number];

const permit = (id: string, value: string, label: string | null = null): Json => ({
  id,
  effect: "permit",
  value,
  label,
});
const prohibit = (id: string, value: string): Json => ({ id, effect: "prohibit", value });

/** Acme and bolt translate for each other; crux is heard by bolt over the neutral office alone, and by acme not at all. */
function statements(): readonly VerifiedObservation[] {
  const [acme, bolt, crux, office] = parties.map((party) => new Nation(party)) as [Nation, Nation, Nation, Nation];
  return [
    acme.policy([permit("A1", "escort", "ACME EYES"), prohibit("A2", "loiter")], ["bolt/to-acme"]),
    acme.translator("to-bolt", "acme", "bolt", { terms: { "ACME EYES": "BOLT CLOSED" } }),
    acme.translator("to-crux", "acme", "crux", { terms: { escort: "escorter" } }),
    bolt.policy(
      [permit("B1", "loiter", "BOLT CLOSED"), permit("B2", "refuel")],
      ["acme/to-bolt", "dune/out-of-crux", "dune/into-bolt"],
    ),
    bolt.translator("to-acme", "bolt", "acme", { terms: { "BOLT CLOSED": "ACME EYES" } }),
    bolt.translator("to-crux", "bolt", "crux", { terms: { refuel: "ravitailler" } }),
    crux.policy([prohibit("C1", "ravitailler"), permit("C2", "survol")], ["acme/to-crux", "bolt/to-crux"]),
    office.translator("out-of-crux", "crux", "neutral", { terms: { ravitailler: "n-17", survol: "n-4" } }),
    office.translator("into-bolt", "neutral", "bolt", { terms: { "n-17": "refuel", "n-4": "overfly" } }),
  ];
}
const ALL = statements();

function policyOf(said: readonly VerifiedObservation[], home: string): ShownPolicy | null {
  const policy = shownPolicy(poolFrom(said, roots), { home, at: START, operation: null });
  return policy.ok ? policy.value : null;
}
const inWords = (policy: ShownPolicy | null) =>
  policy?.clauses.map(({ id, effect, value, label, via }) =>
    [id, effect, value, ...(label === undefined ? [] : [`(${label})`]), ...[via ?? []].flat()].join(" "),
  ) ?? null;
const own = (policy: ShownPolicy | null, home: string) => policy?.clauses.filter(({ from }) => from === home) ?? null;
const withoutHost = (name: string) => ALL.filter((statement) => speakerOf(statement, roots) !== name);

const EXPECTED: { readonly [N in Name]: readonly string[] } = {
  acme: ["A1 permit escort (ACME EYES)", "A2 prohibit loiter", "B2 permit refuel bolt/to-acme"],
  bolt: [
    "A1 permit escort (BOLT CLOSED) acme/to-bolt",
    "B1 permit loiter (BOLT CLOSED)",
    "B2 permit refuel",
    "C2 permit overfly dune/out-of-crux dune/into-bolt",
  ],
  crux: ["A2 prohibit loiter acme/to-crux", "C1 prohibit ravitailler", "C2 permit survol"],
};

describe("three nations with one pool", () => {
  it.each(NATIONS)("give %s the policy that its own choices make of it", (home) => {
    expect(inWords(policyOf(ALL, home))).toEqual(EXPECTED[home]);
  });

  it("have three policies, of which no two are the same", () => {
    expect(new Set(NATIONS.map((home) => policyOf(ALL, home)?.digest)).size).toBe(3);
  });

  it("recognise nothing without a road, nothing whose label has no image, and list what lost and why", () => {
    const told = (home: Name) => policyOf(ALL, home)?.refused.map(({ id, code }) => `${id} ${code}`);
    expect(told("acme")).toEqual(["C1 TRANSLATION_MISSING", "C2 TRANSLATION_MISSING"]);
    expect(told("crux")).toEqual(["A1 LABEL_WITHOUT_IMAGE", "B1 LABEL_WITHOUT_IMAGE"]);
    const lost = (home: Name) => policyOf(ALL, home)?.conflicts.map(({ losers, rule }) => `${losers[0]?.id} ${rule}`);
    expect(NATIONS.map(lost)).toEqual([["B1 home"], ["A2 home", "C1 home"], ["B2 home"]]);
  });

  it("are the same bytes in whatever order and however often the statements come", () => {
    const bytes = NATIONS.map((home) => JSON.stringify(policyOf(ALL, home)));
    const some = fc.shuffledSubarray([...ALL, ...ALL], { minLength: 2 * ALL.length });
    const law = fc.property(some, (said) => {
      expect(NATIONS.map((home) => JSON.stringify(policyOf(said, home)))).toEqual(bytes);
    });
    fc.assert(law, { numRuns: 100 });
  });

  it.each([...NATIONS, "dune"])("keep their own when all that %s ever said is gone", (gone) => {
    for (const home of NATIONS.filter((name) => name !== gone)) {
      const [before, after] = [policyOf(ALL, home), policyOf(withoutHost(gone), home)];
      expect(own(after, home)).toEqual(own(before, home));
      // Of partners nothing is lost but what was the absent one's, or came over its translators.
      const rests = ({ from, via }: ShownPolicy["clauses"][number]) =>
        from === gone || [via ?? []].flat().some((id) => id.startsWith(`${gone}/`));
      const kept = before?.clauses.filter((clause) => !rests(clause));
      expect(after?.clauses).toEqual(expect.arrayContaining(kept ?? []));
    }
    expect(policyOf(withoutHost(gone), gone)).toBeNull();
  });

  it("take no key's word for another: whoever signs it, only its own name counts", () => {
    const documents: readonly (readonly [
      "coalition-policy" | "coalition-translator" | "coalition-revocation",
      string,
      Json,
    ])[] = [
      ["coalition-policy", "acme", { authority: "acme", clauses: [permit("X", "anything")], admits: [], version: 9 }],
      [
        "coalition-translator",
        "bolt",
        { id: "bolt/to-acme", from: "bolt", to: "acme", signer: "bolt", terms: { refuel: "scuttle" } },
      ],
      ["coalition-revocation", "crux", { revokes: "*", by: "crux", after: 0 }],
      ["coalition-revocation", "acme", { revokes: "acme/to-bolt", by: "acme", after: 0 }],
    ];
    const before = NATIONS.map((home) => inWords(policyOf(ALL, home)));
    for (const [type, name, document] of documents)
      for (const party of parties.filter((other) => other.name !== name)) {
        const forger = new Nation(party);
        forger.number = 20;
        const said = [...ALL, forger.sign(type, document)];
        expect(poolFrom(said, roots).refused.map(({ from, fault }) => [from, fault.code])).toEqual([
          [party.name, "POLICY_NOT_OWN"],
        ]);
        expect(NATIONS.map((home) => inWords(policyOf(said, home)))).toEqual(before);
      }
  });

  it("lose a leaver by one statement, and hear it again over a new translator", () => {
    const bolt = new Nation(parties[1] as (typeof parties)[number]);
    bolt.number = 3;
    const left = [...ALL, bolt.revoke("*", START)];
    expect(inWords(policyOf(left, "acme"))).toEqual(["A1 permit escort (ACME EYES)", "A2 prohibit loiter"]);
    expect(inWords(policyOf(left, "crux"))).toEqual(EXPECTED.crux);
    expect(own(policyOf(left, "bolt"), "bolt")).toEqual(own(policyOf(ALL, "bolt"), "bolt"));
    // What crosses from others to bolt is bolt's side too: it hears nobody any more.
    expect(inWords(policyOf(left, "bolt"))).toEqual(["B1 permit loiter (BOLT CLOSED)", "B2 permit refuel"]);
  });
});
