// Histories of root keys that were committed to in advance: old evidence outlives five rotations under any pin of the history, each key
// within its own range; a key that nobody committed to is never followed, and two rotations of one statement stop both.
import { describe, expect, it } from "vitest";
import { rootKeys } from "../../../shared/authority/roots.ts";
import { assembleTrust } from "../../../shared/authority/trust.ts";
import { toBase64, toHex } from "../../../shared/bytes.ts";
import type { Signer } from "../../../shared/cose/sign1.ts";
import type { TrustStatement } from "../../../shared/evidence/trust-statement.ts";
import { verifyBundle } from "../../../shared/evidence/verify.ts";
import { bundleOf, bytesOf, finishedApproval, trustIn } from "../../support/evidence.ts";
import type { Agent } from "../../support/network.ts";
import { MESH, testParties } from "../../support/parties.ts";
import { flipBit, opened, ROOT, signerNamed } from "../../support/recipes.ts";
import { type Generation, idOfStatement, keysOf, rootHistory, rotationTo } from "../../support/rotations.ts";
import { HOUR, START } from "../../support/statements.ts";

/** Generation n holds from n days after the start less an hour, and retires its forerunner an hour after that: they overlap. */
const DAY = 24 * HOUR;
const generations: readonly Generation[] = Array.from({ length: 6 }, (_, n) => ({
  from: n === 0 ? 0 : START + n * DAY - HOUR,
  until: START + 100 * DAY,
  retires: START + n * DAY,
}));

describe("a root's history", () => {
  const parties = testParties(4);
  const acme = parties[0] as (typeof parties)[number];
  const keys = keysOf("acme's root", 6, acme.root);
  const history = rootHistory(keys, generations);
  const bundle = bundleOf(finishedApproval(4).agents[0] as Agent);
  const base = trustIn(parties);
  const pinned = (key: Signer, statements: readonly Uint8Array[] = []): TrustStatement => ({
    ...base,
    roots: base.roots.map((root) => (root.authority === "acme" ? { authority: "acme", key: toHex(key.key) } : root)),
    statements: statements.map(toBase64),
  });
  const verdict = async (trust: TrustStatement, statements: readonly Uint8Array[] = []) => {
    const document = { ...bundle, statements: statements.map(toBase64) };
    const { verdict, firstFailing } = await verifyBundle(bytesOf(document), { trust });
    return firstFailing === undefined ? verdict : `${verdict} ${firstFailing.code}`;
  };

  it.each([0, 1, 2, 3, 4, 5])("verifies evidence of the first key under a pin on key %i", async (index) => {
    const key = keys[index] as Signer;
    expect(await verdict(pinned(key), history), "the history travels in the evidence").toBe("passed");
    expect(await verdict(pinned(key, history)), "or stands in the trust statement").toBe("passed");
    expect(await verdict(pinned(key), [...history].reverse()), "in any order").toBe("passed");
  });

  it("is needed as far as the pin is away, and no further", async () => {
    expect(await verdict(pinned(keys[5] as Signer))).toBe("indeterminate TRUST_MISSING");
    expect(await verdict(pinned(keys[3] as Signer), history.slice(0, 4))).toBe("passed");
    expect(await verdict(pinned(keys[3] as Signer), history.slice(0, 3))).toBe("indeterminate TRUST_MISSING");
    expect(
      await verdict(
        pinned(keys[3] as Signer),
        history.filter((_, at) => at !== 2),
      ),
    ).toBe("indeterminate TRUST_MISSING");
  });

  it("fails evidence that falls into a range from which its key was retired", async () => {
    const early = generations.map((generation, n) => (n === 1 ? { ...generation, retires: START } : generation));
    expect(await verdict(pinned(keys[0]), rootHistory(keys, early))).toBe("failed ROOT_KEY_RETIRED");
    const late = generations.map((generation, n) => (n === 0 ? { ...generation, from: START + DAY } : generation));
    expect(await verdict(pinned(keys[0]), rootHistory(keys, late))).toBe("failed ROOT_KEY_RETIRED");
  });

  it("is refused with any flipped bit", async () => {
    const frame = history[1] as Uint8Array;
    for (let at = 0; at < frame.length; at += 17) {
      const altered = history.map((each, index) => (index === 1 ? flipBit(each, at, at % 8) : each));
      expect(await verdict(pinned(keys[5] as Signer), altered)).toMatch(
        /^(failed STATEMENT_INVALID|indeterminate TRUST_MISSING)$/,
      );
    }
  });

  it("ends where it forks: neither of two rotations of one statement is followed, whichever came first", async () => {
    const root = idOfStatement(history[0] as Uint8Array);
    const rival = rotationTo(keys[1] as Signer, signerNamed("a thief's next"), root, generations[1] as Generation);
    const statements = await opened([...history, rival]);
    for (const order of [statements, [...statements].reverse()]) {
      const trust = assembleTrust({ mesh: MESH, pins: new Map([[toHex(keys[0].key), "acme"]]), statements: order });
      expect([...trust.roots.keys()]).toEqual([toHex(keys[0].key)]);
      const forked = [history[1] as Uint8Array, rival].map(idOfStatement).sort();
      expect(trust.notes).toEqual([{ code: "ROTATION_FORKED", about: forked }]);
    }
    expect(await verdict(pinned(keys[0]), [...history, rival])).toBe("passed");
    expect(await verdict(pinned(keys[5] as Signer), [...history, rival])).toBe("indeterminate TRUST_MISSING");
  });

  it("does not grow by a key that nobody committed to, or by a rotation that the key itself did not sign", async () => {
    const root = idOfStatement(history[0] as Uint8Array);
    const thief = signerNamed("a thief");
    const generation = generations[1] as Generation;
    for (const forged of [
      rotationTo(thief, undefined, root, generation),
      rotationTo(keys[1] as Signer, undefined, root, generation, keys[0]),
    ]) {
      const statements = await opened([history[0] as Uint8Array, forged]);
      const trust = assembleTrust({ mesh: MESH, pins: new Map([[toHex(keys[0].key), "acme"]]), statements });
      expect([...trust.roots.keys()]).toEqual([toHex(keys[0].key)]);
    }
  });

  it("that nobody pinned recognises nobody, and one that is pinned under two names is disputed", async () => {
    const statements = await opened(history);
    const pins = (entries: readonly (readonly [Signer, string])[]) =>
      new Map(entries.map(([key, name]) => [toHex(key.key), name]));
    const unpinned = assembleTrust({ mesh: MESH, pins: pins([[ROOT, "other"]]), statements });
    expect([...unpinned.roots.values()]).toEqual(["other"]);
    const disputed = assembleTrust({
      mesh: MESH,
      pins: pins([
        [keys[0], "acme"],
        [keys[2] as Signer, "bolt"],
      ]),
      statements,
    });
    expect(disputed.roots.size).toBe(2);
    expect(disputed.notes.map(({ code }) => code)).toEqual(["ROOT_DISPUTED"]);
  });

  it("begun twice by one key is followed nowhere", async () => {
    const twice = [...history, ...rootHistory([keys[0], signerNamed("another next")], generations)];
    const statements = await opened(twice);
    const trust = assembleTrust({ mesh: MESH, pins: new Map([[toHex(keys[0].key), "acme"]]), statements });
    expect(trust.roots.size).toBe(1);
    expect(trust.notes.map(({ code }) => code)).toEqual(["ROTATION_FORKED"]);
    expect(rootKeys(new Map(), [], new Map())).toEqual({ keys: new Map(), notes: [] });
  });
});
