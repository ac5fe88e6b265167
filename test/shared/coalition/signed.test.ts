// A coalition's pool from signed statements, by whatever road they came: what rolls back, withholds, mixes, jumps ahead or speaks for another.
import { describe, expect, it } from "vitest";
import { rootsOf } from "../../../cli/stack/party.ts";
import { issueStatement } from "../../../shared/authority/statement.ts";
import { effectivePolicy } from "../../../shared/coalition/effective.ts";
import { poolFrom } from "../../../shared/coalition/signed.ts";
import { openTrust, writeTrustStatement } from "../../../shared/evidence/trust-statement.ts";
import { openFrames } from "../../../shared/mesh/signed/open.ts";
import type { VerifiedObservation } from "../../../shared/observation/observation.ts";
import { Nation } from "../../support/coalition.ts";
import { START } from "../../support/network.ts";
import { MESH, testParties } from "../../support/parties.ts";

const DAY = 86_400_000_000;
const permit = (id: string, value: string) => ({ id, effect: "permit", value });
const parties = testParties(3);
const roots = rootsOf(parties);

/** Three nations; each admits the others' clauses over translators that those signed. */
function coalition() {
  const [acme, bolt, crux] = parties.map((party) => new Nation(party)) as [Nation, Nation, Nation];
  const said = [
    acme.policy([permit("A1", "escort")], ["bolt/ba", "crux/ca"]),
    bolt.policy([permit("B1", "refuel")], ["acme/ab", "crux/cb"]),
    crux.policy([permit("C1", "overfly")], ["acme/ac", "bolt/bc"]),
    acme.translator("ab", "acme", "bolt"),
    acme.translator("ac", "acme", "crux"),
    bolt.translator("ba", "bolt", "acme"),
    bolt.translator("bc", "bolt", "crux"),
    crux.translator("ca", "crux", "acme"),
    crux.translator("cb", "crux", "bolt"),
  ];
  return { acme, bolt, crux, said };
}

function seen(said: readonly VerifiedObservation[], home = "acme", at = START + DAY, operation: string | null = null) {
  const { pool, refused } = poolFrom(said, roots);
  const policy = effectivePolicy(pool, { home, at, operation });
  if (!policy.ok) throw new Error(policy.fault.code);
  const codes = [...refused.map(({ fault }) => fault.code), ...policy.value.refused.map(({ code }) => code)];
  return { clauses: policy.value.clauses.map(({ id }) => id), codes: [...new Set(codes)].sort() };
}

describe("a coalition's signed pool", () => {
  it("gives every nation its own policy, whatever the order and number of copies", () => {
    const { said } = coalition();
    expect(seen(said).clauses).toEqual(["A1", "B1", "C1"]);
    expect(seen([...said, ...said].reverse())).toEqual(seen(said));
    expect(poolFrom(said.slice().reverse(), roots)).toEqual(poolFrom(said, roots));
  });

  it("takes nothing that one authority signs in another's name", () => {
    const { acme, bolt, said } = coalition();
    const forged = [
      acme.sign("coalition-policy", { authority: "bolt", clauses: [], admits: [], version: 9 }),
      acme.sign("coalition-translator", { id: "crux/ca", from: "crux", to: "acme", signer: "crux", terms: {} }),
      acme.sign("coalition-revocation", { revokes: "crux/ca", by: "crux", after: 0 }),
      bolt.sign("coalition-translator", { id: "crux/ca", from: "crux", to: "acme", signer: "bolt", terms: {} }),
    ];
    const { refused } = poolFrom([...said, ...forged], roots);
    expect(refused.map(({ from, fault }) => [from, fault.code]).sort()).toEqual([
      ["acme", "POLICY_NOT_OWN"],
      ["acme", "POLICY_NOT_OWN"],
      ["acme", "POLICY_NOT_OWN"],
      ["bolt", "POLICY_NOT_OWN"],
    ]);
  });

  it("keeps the newest version when an older one is replayed", () => {
    const { bolt, said } = coalition();
    const newer = bolt.policy([permit("B2", "tow")], ["acme/ab"], { version: 2 });
    const both = [...said, newer, said[1] as VerifiedObservation];
    expect(seen(both)).toMatchObject({ clauses: ["A1", "B2", "C1"], codes: ["POLICY_SUPERSEDED"] });
  });

  it("goes by no authority of whom something is withheld, and by its revocations all the same", () => {
    const { crux, said } = coalition();
    const revocation = crux.revoke("crux/ca", START);
    const later = crux.policy([permit("C2", "land")], [], { version: 2 });
    const held = [...said, revocation, later];
    expect(seen(held).clauses).toEqual(["A1", "B1"]);
    const withheld = held.filter((one) => one !== revocation);
    expect(seen(withheld)).toMatchObject({ clauses: ["A1", "B1"], codes: ["POLICY_WITHHELD"] });
    const onlyRevoked = [...said.filter((one) => one !== said[2]), revocation];
    expect(seen(onlyRevoked).clauses).toEqual(["A1", "B1"]);
  });

  it("flags a policy past its refresh hint, one of tomorrow, one out of scope, and two of one number", () => {
    const { bolt, said } = coalition();
    const next = (more: object) => [...said, bolt.policy([permit("B2", "tow")], [], { version: 2, ...more })];
    const codes = (more: object, operation: string | null = null) =>
      seen(next(more), "acme", START + DAY, operation).codes;
    expect(codes({ refreshBy: START })).toContain("POLICY_STALE");
    bolt.number -= 1;
    expect(codes({ issued: START + 2 * DAY })).toContain("POLICY_FUTURE");
    bolt.number -= 1;
    expect(codes({ scope: { operation: "rescue" } }, "patrol")).toContain("POLICY_OUT_OF_SCOPE");
    bolt.number -= 1;
    expect(codes({ scope: { partner: "crux" } })).toContain("POLICY_OUT_OF_SCOPE");
    bolt.number -= 1;
    const twice = [...next({}), bolt.policy([permit("B3", "drop")], [], { version: 3 }, bolt.number)];
    expect(seen(twice)).toMatchObject({ clauses: ["A1", "B1", "C1"], codes: ["POLICY_NUMBER_TWICE"] });
  });

  it("stages what partners issue where home says so, and never its own", () => {
    const { acme, bolt, said } = coalition();
    const posture = acme.policy([permit("A1", "escort")], ["bolt/ba"], { version: 2, issued: START, staging: 2 * DAY });
    const issued = bolt.policy([permit("B2", "tow")], [], { version: 2, issued: START });
    const all = [...said, posture, issued];
    expect(seen(all, "acme", START + DAY)).toMatchObject({
      clauses: ["A1", "B1"],
      codes: expect.arrayContaining(["POLICY_STAGED"]),
    });
    expect(seen(all, "acme", START + 3 * DAY).clauses).toEqual(["A1", "B2"]);
    expect(seen(all, "crux", START + DAY).clauses).toContain("B2");
  });

  it("recovers from an absurd version once the key that signed it is revoked", async () => {
    const { bolt, said } = coalition();
    const absurd = bolt.policy([permit("B9", "anything")], [], { version: Number.MAX_SAFE_INTEGER }, 2 ** 52);
    const [chain] = [absurd.chain];
    const trust = writeTrustStatement(MESH, roots);
    const frames = [...said, absurd].map(({ frame }) => frame);
    const pooled = async (statements: readonly Uint8Array[]) => {
      const opened = await openTrust(trust, statements);
      if (!opened.ok) throw new Error(opened.fault.code);
      return (await openFrames(frames, new Map([[MESH, opened.value]]))).admitted;
    };
    expect(seen(await pooled([])).codes).toContain("POLICY_WITHHELD");
    const cut = said.filter(({ key }) => key === absurd.key).map(({ id }) => id);
    const revocation = issueStatement(
      {
        kind: "revocation",
        version: 1,
        mesh: MESH,
        credential: chain[0].id,
        from: START + 1,
        at: START + 1,
        cut: [...cut].sort(),
        reason: "stolen",
      },
      bolt.party.root,
    );
    expect(seen(await pooled([revocation]))).toMatchObject({ clauses: ["A1", "B1", "C1"], codes: [] });
  });

  it("loses a nation by one object: what it translated is gone everywhere, and nothing else is", () => {
    const { crux, said } = coalition();
    const left = [...said, crux.revoke("*", START)];
    expect(["acme", "bolt"].map((home) => seen(left, home).clauses)).toEqual([
      ["A1", "B1"],
      ["A1", "B1"],
    ]);
    expect(seen(left, "crux").clauses).toEqual(["C1"]);
    const again = [...left, crux.translator("ca-2", "crux", "acme")];
    expect(seen(again).clauses).toEqual(["A1", "B1"]);
  });
});
