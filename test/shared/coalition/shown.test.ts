// What an authority shows of its policy, and the digest by which an operation names it: the same for whoever holds the same statements.
import { describe, expect, it } from "vitest";
import { rootsOf } from "../../../cli/stack/party.ts";
import { issueStatement } from "../../../shared/authority/statement.ts";
import { fromJson, type Json } from "../../../shared/cbor/json.ts";
import type { CborMap } from "../../../shared/cbor/value.ts";
import { openPool } from "../../../shared/coalition/open.ts";
import { shownPolicy } from "../../../shared/coalition/shown.ts";
import { openTrust, writeTrustStatement } from "../../../shared/evidence/trust-statement.ts";
import { vetDeclaration } from "../../../shared/mesh/signed/vet.ts";
import type { VerifiedObservation } from "../../../shared/observation/observation.ts";
import { Nation } from "../../support/coalition.ts";
import { START } from "../../support/network.ts";
import { MESH, testParties } from "../../support/parties.ts";

const permit = (id: string, value: string, more: object = {}) => ({ id, effect: "permit", value, ...more });
const parties = testParties(3);
const roots = rootsOf(parties);
const [acme, bolt, crux] = parties.map((party) => new Nation(party)) as [Nation, Nation, Nation];
const said = [
  acme.policy([permit("A1", "escort")], ["bolt/ba", "crux/ca"]),
  bolt.policy([permit("B1", "refuel", { scope: { operation: "lantern" } })], []),
  crux.policy([permit("C1", "survol")], []),
  bolt.translator("ba", "bolt", "acme"),
  crux.translator("ca", "crux", "acme", { terms: { survol: "overfly" } }),
];

async function shown(
  statements: readonly VerifiedObservation[],
  { home = "acme", operation = null, revoked = [] }: Partial<Asked> = {},
) {
  const trust = await openTrust(writeTrustStatement(MESH, roots), revoked);
  if (!trust.ok) throw new Error(trust.fault.code);
  const frames = statements.map(({ frame }) => frame);
  const policy = shownPolicy(await openPool(frames, MESH, trust.value), { home, at: START + 1, operation });
  if (!policy.ok) throw new Error(policy.fault.code);
  return policy.value;
}
type Asked = { readonly home: string; readonly operation: string | null; readonly revoked: readonly Uint8Array[] };

describe("an effective policy as it is shown", () => {
  it("has one digest, whatever the order and number of copies, and another for each home and operation", async () => {
    const first = await shown(said);
    expect(first.clauses).toMatchObject([
      { id: "A1", value: "escort", from: "acme" },
      { id: "B1", value: "refuel", via: "bolt/ba", scope: { operation: "lantern" } },
      { id: "C1", value: "overfly", via: "crux/ca" },
    ]);
    expect(await shown([...said, ...said].reverse())).toEqual(first);
    const others = await Promise.all([
      shown(said, { home: "crux" }),
      shown(said, { operation: "lantern" }),
      shown(said, { operation: "other" }),
    ]);
    expect(new Set([first, ...others].map(({ digest }) => digest)).size).toBe(4);
  });

  it("changes with a revocation where that takes something, and nowhere else", async () => {
    const left = [...said, crux.revoke("*", START)];
    const before = await Promise.all([shown(said), shown(said, { home: "bolt" })]);
    const after = await Promise.all([shown(left), shown(left, { home: "bolt" })]);
    expect(after[0].clauses.map(({ id }) => id)).toEqual(["A1", "B1"]);
    expect(after[0].refused).toMatchObject([{ code: "TRANSLATION_REVOKED" }, { code: "TRANSLATION_REVOKED" }]);
    expect(after.map(({ digest }, at) => digest === before[at]?.digest)).toEqual([false, true]);
  });

  it("holds nothing of a key that its root has taken back since", async () => {
    const { chain } = said[1] as VerifiedObservation;
    const credential = chain[0].id;
    const body = { credential, from: START - 1, at: START, cut: [], reason: "stolen" };
    const revocation = issueStatement({ kind: "revocation", version: 1, mesh: MESH, ...body }, bolt.party.root);
    const { clauses, refused } = await shown(said, { revoked: [revocation] });
    expect(clauses.map(({ id }) => id)).toEqual(["A1", "C1"]);
    expect(refused.map(({ code }) => code)).toEqual(["CREDENTIAL_REVOKED", "CREDENTIAL_REVOKED"]);
  });
});

describe("what an agent signs of its policy", () => {
  const { chain } = said[0] as VerifiedObservation;
  const code = (type: string, content: Json) => {
    const read = fromJson(content);
    const vetted = read.ok ? vetDeclaration(type, read.value as CborMap, chain, roots) : read;
    return vetted.ok ? null : vetted.fault.code;
  };

  it("is in its own name, numbered and readable", () => {
    const document = { authority: "acme", clauses: [], admits: [] };
    expect(code("coalition-policy", { number: 1, document })).toBeNull();
    expect(code("coalition-policy", { number: 1, document: { ...document, authority: "bolt" } })).toBe(
      "POLICY_NOT_OWN",
    );
    expect(code("coalition-translator", { number: 1, document: { id: "bolt/x", from: "acme", to: "bolt" } })).toBe(
      "POLICY_NOT_OWN",
    );
    expect(code("coalition-policy", { document })).toBe("POOL_INVALID");
    expect(code("coalition-revocation", { number: 2, document })).toBe("POOL_INVALID");
    expect(code("coalition-wish", { number: 1, document })).toBe("BODY_INVALID");
  });
});
