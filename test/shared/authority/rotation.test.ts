// Rotation inside a chain: the committed key speaks under its forerunner's grant; a key that nobody committed to, or that was retired, is
// refused by name.
import { describe, expect, it } from "vitest";
import { issueCredential } from "../../../shared/authority/credential.ts";
import { toHex } from "../../../shared/bytes.ts";
import type { Signer } from "../../../shared/cose/sign1.ts";
import { admit } from "../../../shared/observation/admit.ts";
import {
  AGENT,
  BOARD,
  flipBit,
  frameOf,
  grantTo,
  linkFrame,
  opened,
  type Recipe,
  ROOT,
  signerNamed,
  soundRecipe,
  statementId,
  trustOf,
  withGrant,
  withInner,
  withLink,
} from "../../support/recipes.ts";
import { commitment, type Generation, keysOf, rotationsFrom, rotationTo } from "../../support/rotations.ts";
import { HOUR, START } from "../../support/statements.ts";

const DAY = 24 * HOUR;

describe("a rotation in a chain", () => {
  const keys = keysOf("acme's agent", 6, AGENT);
  const within = Array.from(
    { length: 6 },
    (): Generation => ({ from: START - HOUR, until: START + 5 * HOUR, retires: START }),
  );
  const committed = withGrant(soundRecipe(), 1, { next: commitment(keys[1]) });
  const grantId = toHex(statementId(linkFrame(committed.links[1] as never)));
  const rotations = rotationsFrom(grantId, keys, within);

  /** The sound recipe with rotations behind its last link, signed by the key of `signer`. */
  const rotated = (frames: readonly Uint8Array[], signer: Signer): Recipe => {
    const links = frames.map((frame) => ({ grant: grantTo(signer.key), issuer: signer, frame: () => frame }));
    return { ...committed, links: [...committed.links, ...links], signer };
  };
  const codeOf = async (recipe: Recipe, known: readonly Uint8Array[] = []) => {
    const admitted = await admit(
      frameOf(recipe),
      await trustOf(recipe, undefined, { statements: await opened(known) }),
    );
    return admitted.ok
      ? "ok"
      : `${admitted.fault.code}${admitted.fault.detail.reason ? `: ${admitted.fault.detail.reason}` : ""}`;
  };

  it.each([0, 1, 2, 3, 4, 5])("lets key %i speak, and no other under the same chain", async (index) => {
    const frames = rotations.slice(0, index);
    expect(await codeOf(rotated(frames, keys[index] as Signer))).toBe("ok");
    for (const [other, key] of keys.entries())
      if (other !== index) expect(await codeOf(rotated(frames, key)), `key ${other}`).toBe("SIGNER_MISMATCH");
  });

  it.each([
    [
      "that skips one",
      rotated([rotations[1] as Uint8Array], keys[2] as Signer),
      "CHAIN_ROTATION: it follows another statement",
    ],
    [
      "of a link that committed to nothing",
      {
        ...rotated(rotations.slice(0, 1), keys[1] as Signer),
        links: [...soundRecipe().links, rotated(rotations.slice(0, 1), keys[1] as Signer).links[2] as never],
      },
      "CHAIN_ROTATION: it follows another statement",
    ],
    [
      "to a key that nobody committed to",
      rotated([rotationTo(signerNamed("thief"), undefined, grantId, within[1] as Generation)], signerNamed("thief")),
      "CHAIN_ROTATION: its key is not the one that was committed to",
    ],
    [
      "signed by the key before it",
      rotated([rotationTo(keys[1] as Signer, undefined, grantId, within[1] as Generation, AGENT)], keys[1] as Signer),
      "CHAIN_ROTATION: it is not signed by the key that it brings in",
    ],
    [
      "with a flipped bit in its signature",
      rotated([flipBit(rotations[0] as Uint8Array, -1)], keys[1] as Signer),
      "CHAIN_SIGNATURE",
    ],
    [
      "before it holds",
      withInner(
        rotated(
          [rotationTo(keys[1] as Signer, undefined, grantId, { from: START + 1, until: START + HOUR, retires: START })],
          keys[1] as Signer,
        ),
        "temporal_reference",
        "at",
        [START, START],
      ),
      "CREDENTIAL_EXPIRED",
    ],
    [
      "after its credential expired",
      withInner(
        rotated(
          [
            rotationTo(keys[1] as Signer, undefined, grantId, {
              from: START,
              until: START + 100 * DAY,
              retires: START,
            }),
          ],
          keys[1] as Signer,
        ),
        "temporal_reference",
        "at",
        [START + 11 * HOUR, START + 11 * HOUR],
      ),
      "CREDENTIAL_EXPIRED",
    ],
  ] as const)("%s is refused", async (_name, recipe, code) => {
    expect(await codeOf(recipe)).toBe(code);
  });

  it("keeps what was granted: roles, classes and delegations are the grant's", async () => {
    const wide = withInner(rotated(rotations.slice(0, 1), keys[1] as Signer), "payload", "role", "treasurer");
    expect(await codeOf(wide)).toBe("ROLE_NOT_GRANTED");
    const child = signerNamed("a child of the rotated key");
    const recipe = rotated(rotations.slice(0, 1), keys[1] as Signer);
    const link = {
      grant: grantTo(child.key, { not_after: START + HOUR }),
      issuer: keys[1] as Signer,
      frame: (frame: Uint8Array) => frame,
    };
    expect(await codeOf({ ...recipe, links: [...recipe.links, link], signer: child })).toBe("CHAIN_DELEGATION");
  });

  it("goes with the credential that it belongs to when that is revoked", async () => {
    const recipe = { ...rotated(rotations, keys[5] as Signer), revocations: [{ link: 1, signer: BOARD, from: START }] };
    expect(await codeOf(recipe)).toBe("CREDENTIAL_REVOKED");
  });

  it("that is known retires the key before it, from the stated instant on", async () => {
    const at = (recipe: Recipe, time: number) => withInner(recipe, "temporal_reference", "at", [time, time]);
    const old = rotated([], AGENT);
    expect(await codeOf(at(old, START - 1), rotations)).toBe("ok");
    expect(await codeOf(at(old, START), rotations)).toBe("KEY_RETIRED");
    expect(await codeOf(at(old, START))).toBe("ok");
    expect(await codeOf(at(rotated(rotations, keys[5] as Signer), START), rotations)).toBe("ok");
    expect(await codeOf(at(rotated(rotations.slice(0, 2), keys[2] as Signer), START), rotations)).toBe("KEY_RETIRED");
    // A rotation that does not truly follow retires nobody.
    const forged = rotationTo(signerNamed("thief"), undefined, grantId, within[1] as Generation);
    expect(await codeOf(at(old, START), [forged])).toBe("ok");
  });

  it("may stand in the middle: what the new key grants is a chain like any other", async () => {
    const boards = keysOf("acme's board", 2, BOARD);
    const recipe = withGrant(soundRecipe(), 0, { next: commitment(boards[1]) });
    const boardFrame = linkFrame(recipe.links[0] as never);
    const [rotation] = rotationsFrom(toHex(statementId(boardFrame)), boards, [
      within[0] as Generation,
      { ...(within[1] as Generation), until: START + 20 * HOUR },
    ]);
    const middle = { grant: grantTo(AGENT.key), issuer: ROOT, frame: () => rotation as Uint8Array };
    const under = (issuer: Signer) => ({
      grant: grantTo(AGENT.key, { not_before: START }),
      issuer,
      frame: (frame: Uint8Array) => frame,
    });
    const [board] = recipe.links as readonly [never];
    expect(await codeOf({ ...recipe, links: [board, middle, under(boards[1] as Signer)] })).toBe("ok");
    expect(await codeOf({ ...recipe, links: [board, middle, under(BOARD)] })).toBe("CHAIN_BROKEN");
  });

  it("does not pass for a credential, nor a credential for it", async () => {
    const grant = issueCredential(grantTo((keys[1] as Signer).key), keys[1] as Signer);
    expect(await codeOf(rotated([grant], keys[1] as Signer))).toBe("CHAIN_BROKEN");
    const first = withLink(committed, 0, (link) => ({ ...link, frame: () => rotations[0] as Uint8Array }));
    expect(await codeOf(first)).toBe("FIELD_UNKNOWN");
  });
});
