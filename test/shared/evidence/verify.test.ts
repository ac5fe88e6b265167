import { beforeAll, describe, expect, it } from "vitest";
import { issueStatement } from "../../../shared/authority/statement.ts";
import { parseBase64, toBase64 } from "../../../shared/bytes.ts";
import { verifyBundle } from "../../../shared/evidence/verify.ts";
import { parseObservation } from "../../../shared/observation/decode.ts";
import { type BundleDocument, bundleOf, bytesOf, finishedApproval, trustIn } from "../../support/evidence.ts";
import { type Agent, START } from "../../support/network.ts";
import { MESH, testParties } from "../../support/parties.ts";

const parties = testParties(4);
const trust = trustIn(parties);
let unanimous: BundleDocument;
let contested: BundleDocument;

beforeAll(() => {
  unanimous = bundleOf(finishedApproval(4).agents[0] as Agent);
  contested = bundleOf(finishedApproval(4, ["dune"]).agents[1] as Agent);
});

const check = (document: unknown, options = {}) => verifyBundle(bytesOf(document), { trust, ...options });
const copy = (document: BundleDocument): BundleDocument => structuredClone(document);

describe("the verifier", () => {
  it("passes a unanimous and a contested close, and makes no request", async () => {
    for (const bundle of [unanimous, contested]) {
      const verification = await check(bundle);
      expect(verification.verdict, JSON.stringify(verification.firstFailing)).toBe("passed");
      expect(verification.outcome?.digest).toBe(bundle.outcome.digest);
      expect(verification.network).toBe(0);
    }
  });

  it("fails for any flipped bit in a signed frame, and names the step and the entry", {
    timeout: 120_000,
  }, async () => {
    for (const bundle of [unanimous, contested]) {
      for (const [index, { id, frame }] of bundle.frames.entries()) {
        const bytes = parseBase64(frame) as Uint8Array;
        for (let at = index % 149; at < bytes.length; at += 149) {
          const tampered = copy(bundle);
          const flipped = Uint8Array.from(bytes);
          flipped[at] = (flipped[at] as number) ^ (1 << (at % 8));
          tampered.frames[index] = { id, frame: toBase64(flipped) };
          const { verdict, firstFailing } = await check(tampered);
          expect(verdict).toBe("failed");
          expect(firstFailing?.entry).toBe(id);
          expect(firstFailing?.step).toMatch(/^[a-z]+$/);
        }
      }
    }
  });

  it("cannot tell where a root is missing from the trust statement", async () => {
    for (const missing of trust.roots) {
      const { verdict, firstFailing } = await check(unanimous, {
        trust: { ...trust, roots: trust.roots.filter((root) => root !== missing) },
      });
      expect([verdict, firstFailing?.code]).toEqual(["indeterminate", "TRUST_MISSING"]);
    }
  });

  it("never passes once a frame, a field or a part of the certificate is gone", async () => {
    for (const field of Object.keys(unanimous)) {
      const { [field]: _, ...rest } = unanimous;
      expect((await check(rest)).verdict).toBe("failed");
    }
    const needed = contested.frames.filter(({ frame }) => ["call", "contribution"].includes(kindOf(frame)));
    for (const { id } of needed) {
      const { verdict } = await check({ ...contested, frames: contested.frames.filter((frame) => frame.id !== id) });
      expect(verdict).not.toBe("passed");
    }
  });

  it("names the lineage entry that was altered, deleted, inserted or moved", async () => {
    const [first, second] = unanimous.lineage as [BundleDocument["lineage"][number], BundleDocument["lineage"][number]];
    const rest = unanimous.lineage.slice(2);
    const cases = [
      { lineage: [{ ...first, at: first.at + 1 }, second, ...rest], entry: 0 },
      { lineage: [second, ...rest], entry: 0 },
      { lineage: [first, first, second, ...rest], entry: 1 },
      { lineage: [first, rest[0], second, ...rest.slice(1)], entry: 1 },
    ];
    for (const { lineage, entry } of cases) {
      const { verdict, firstFailing } = await check({ ...unanimous, lineage });
      expect([verdict, firstFailing?.entry, firstFailing?.code]).toEqual([
        "failed",
        `lineage ${entry}`,
        "LINEAGE_ALTERED",
      ]);
    }
  });

  it("fails where the recorded outcome is not the one that the evidence gives", async () => {
    const other = { ...unanimous.outcome, digest: "0".repeat(64) };
    expect((await check({ ...unanimous, outcome: other })).firstFailing?.code).toBe("OUTCOME_MISMATCH");
    const value = { ...unanimous.outcome, value: { choice: "reject", by: [] } };
    expect((await check({ ...unanimous, outcome: value })).firstFailing?.code).toBe("OUTCOME_MISMATCH");
  });

  it("fails where a credential was revoked before its use, and passes where it was revoked after", async () => {
    const [acme] = parties as [(typeof parties)[number]];
    const parsed = parseObservation(parseBase64(unanimous.frames[0]?.frame as string) as Uint8Array);
    if (!parsed.ok) throw new Error(parsed.fault.code);
    const credential = parsed.value.observation.chain[0].id;
    const revoke = (from: number) =>
      issueStatement(
        { kind: "revocation", version: 1, mesh: MESH, credential, from, at: from, cut: [], reason: "lost" },
        acme.root,
      );
    const before = await check(unanimous, { revocations: [revoke(START)] });
    expect([before.verdict, before.firstFailing?.step, before.firstFailing?.code]).toEqual([
      "failed",
      "revocation",
      "CREDENTIAL_REVOKED",
    ]);
    const after = await check(unanimous, { revocations: [revoke(START + 10 ** 12)] });
    expect(after.verdict).toBe("passed");
    // What nobody else had named by then is set aside, and the verdict does not rest on it.
    expect(new Set(after.setAside.map(({ code }) => code))).toEqual(new Set(["OBSERVATION_BACKDATED"]));
    const outcomes = unanimous.frames.filter(({ frame }) => kindOf(frame) === "outcome").map(({ id }) => id);
    expect(after.setAside.every(({ entry }) => outcomes.includes(entry))).toBe(true);
    expect(after.revocations).toMatchObject({ known: 1, age: null, states: [] });
  });

  it("ignores a revocation by somebody without standing, and says so", async () => {
    const parsed = parseObservation(parseBase64(unanimous.frames[0]?.frame as string) as Uint8Array);
    if (!parsed.ok) throw new Error(parsed.fault.code);
    const credential = parsed.value.observation.chain[0].id;
    const [, bolt] = parties as readonly (typeof parties)[number][];
    const frame = issueStatement(
      { kind: "revocation", version: 1, mesh: MESH, credential, from: START, at: START, cut: [], reason: "rivalry" },
      (bolt as (typeof parties)[number]).root,
    );
    const { verdict, setAside } = await check(unanimous, { revocations: [frame] });
    expect([verdict, setAside.map(({ code }) => code)]).toEqual(["passed", ["REVOCATION_STANDING"]]);
  });

  it("cannot tell at a time before the call", async () => {
    expect((await check(unanimous, { at: START - 1 })).firstFailing?.code).toBe("AFTER_TIME");
  });
});

function kindOf(frame: string): string {
  const parsed = parseObservation(parseBase64(frame) as Uint8Array);
  return parsed.ok ? parsed.value.observation.body.kind : "";
}
