// Credential chains: broken ones by name, narrowing at every hop, and lengths. Judged through the door, as every chain is.
import { describe, expect, it } from "vitest";
import {
  type ChainMemory,
  checkMesh,
  emptyMemory,
  grantsClass,
  grantsRole,
  leafOf,
  parseChain,
  remember,
  rootOf,
} from "../../../shared/authority/chain.ts";
import { ANY, type Grant } from "../../../shared/authority/credential.ts";
import { concatBytes, toHex } from "../../../shared/bytes.ts";
import { CHAIN_FRAMES_MAX, CHAIN_LENGTH_MAX, CHAINS_REMEMBERED_MAX } from "../../../shared/limits.ts";
import { admit } from "../../../shared/observation/admit.ts";
import type { RefusalCode } from "../../../shared/refusals.ts";
import { MESH } from "../../support/parties.ts";
import {
  AGENT,
  BOARD,
  flipBit,
  frameOf,
  grantTo,
  type Link,
  linkFrame,
  type Recipe,
  ROOT,
  signerNamed,
  soundRecipe,
  trustOf,
  unchanged,
  withField,
  withGrant,
  withLink,
} from "../../support/recipes.ts";
import { HOUR, START } from "../../support/statements.ts";

const stranger = signerNamed("stranger");

async function faultOf(recipe: Recipe, memory: ChainMemory = emptyMemory()) {
  const admitted = await admit(frameOf(recipe), await trustOf(recipe, memory));
  return admitted.ok ? null : admitted.fault;
}

/** A chain of keys, each empowering the next, with as many delegations left as links follow. */
function chainOf(names: readonly string[], changes: Partial<Grant> = {}): readonly Link[] {
  const signers = names.map(signerNamed);
  return signers.slice(1).map((signer, index) => ({
    grant: grantTo(signer.key, { delegations: Math.min(CHAIN_LENGTH_MAX, names.length - 2 - index), ...changes }),
    issuer: signers[index] as (typeof signers)[number],
    frame: unchanged,
  }));
}

function through(names: readonly string[], changes: Partial<Grant> = {}): Recipe {
  const [root, leaf] = [names[0] as string, names.at(-1) as string].map(signerNamed) as [typeof ROOT, typeof ROOT];
  return {
    ...soundRecipe(),
    links: chainOf(names, changes),
    signer: leaf,
    roots: new Map([[toHex(root.key), "acme"]]),
  };
}

const names = (links: number) => Array.from({ length: links + 1 }, (_, index) => `link ${index}`);
const sound = soundRecipe();

const BROKEN: readonly (readonly [string, RefusalCode, Readonly<Record<string, unknown>>, Recipe])[] = [
  [
    "without its middle",
    "CHAIN_BROKEN",
    { link: 1 },
    { ...through(names(3)), links: chainOf(names(3)).filter((_, at) => at !== 1) },
  ],
  ["without its root's grant", "ROOT_UNKNOWN", {}, { ...through(names(3)), links: chainOf(names(3)).slice(1) }],
  ["without its last link", "SIGNER_MISMATCH", {}, { ...through(names(3)), links: chainOf(names(3)).slice(0, 2) }],
  ["in the wrong order", "CHAIN_BROKEN", { link: 1 }, { ...sound, links: [...sound.links].reverse() }],
  [
    "with a link signed by a stranger",
    "CHAIN_BROKEN",
    { link: 1 },
    withLink(sound, 1, (link) => ({ ...link, issuer: stranger })),
  ],
  [
    "signed by the root in the board's place",
    "CHAIN_BROKEN",
    { link: 1 },
    withLink(sound, 1, (link) => ({ ...link, issuer: ROOT })),
  ],
  [
    "with a flipped bit in a signature",
    "CHAIN_SIGNATURE",
    { link: 0, code: "SIGNATURE_INVALID" },
    withLink(sound, 0, (link) => ({ ...link, frame: (frame) => flipBit(frame, -50) })),
  ],
  [
    "with a flipped bit in a grant",
    "CHAIN_SIGNATURE",
    { link: 1, code: "SIGNATURE_INVALID" },
    withLink(sound, 1, (link) => ({ ...link, frame: flipSubject })),
  ],
  ["for another mesh", "CHAIN_MESH", { link: 1, found: "other", need: MESH }, withGrant(sound, 1, { mesh: "other" })],
  ["with a root for another mesh", "CHAIN_MESH", { link: 0 }, withGrant(sound, 0, { mesh: "other" })],
  ["that returns to its root", "CHAIN_LOOP", { link: 1 }, withGrant(sound, 1, { key: ROOT.key })],
  ["that returns to a link in the middle", "CHAIN_LOOP", { link: 2 }, through(["a", "b", "c", "b"])],
  ["that empowers its own issuer", "CHAIN_LOOP", { link: 0 }, through(["a", "a"])],
  ["of a link that may not delegate", "CHAIN_DELEGATION", { link: 1 }, withGrant(sound, 0, { delegations: 0 })],
  [
    "whose child may delegate as far as it may",
    "CHAIN_DELEGATION",
    { link: 1 },
    withGrant(sound, 1, { delegations: 3 }),
  ],
  [
    "with a role more",
    "CHAIN_NOT_NARROWER",
    { link: 1, scope: "roles" },
    withGrant(sound, 1, { roles: ["approver", "treasurer"] }),
  ],
  [
    "with all roles where some were given",
    "CHAIN_NOT_NARROWER",
    { link: 1, scope: "roles" },
    withGrant(sound, 1, { roles: [ANY] }),
  ],
  [
    "with a class more",
    "CHAIN_NOT_NARROWER",
    { link: 1, scope: "classes" },
    withGrant(sound, 1, { classes: ["coordination", "custody"] }),
  ],
  [
    "that begins before its parent",
    "CHAIN_NOT_NARROWER",
    { link: 1, scope: "validity" },
    withGrant(sound, 1, { not_before: START - HOUR - 1 }),
  ],
  [
    "that outlives its parent",
    "CHAIN_NOT_NARROWER",
    { link: 1, scope: "validity" },
    withGrant(sound, 1, { not_after: START + 20 * HOUR + 1 }),
  ],
  [
    "with a key that is no key",
    "CHAIN_KEY",
    { link: 1, code: "KEY_NOT_CANONICAL" },
    withGrant(sound, 1, { key: new Uint8Array(32).fill(0xff) }),
  ],
  ["for somebody else's key", "SIGNER_MISMATCH", {}, withGrant(sound, 1, { key: stranger.key })],
  [
    "of an unknown root",
    "ROOT_UNKNOWN",
    { root: toHex(stranger.key) },
    withLink(sound, 0, (link) => ({ ...link, issuer: stranger })),
  ],
];

/** Changes one letter of the subject inside a signed credential. */
function flipSubject(frame: Uint8Array): Uint8Array {
  const place = Buffer.from(frame).indexOf("acme/agent");
  return flipBit(frame, place);
}

describe("a chain", () => {
  it.each(BROKEN)("%s is refused: %s", async (_name, code, detail, recipe) => {
    expect(await faultOf(recipe)).toMatchObject({ code, detail });
  });

  it("of eight links is followed to its root, and one of nine is refused before any signature is read", async () => {
    expect(await faultOf(through(names(CHAIN_LENGTH_MAX)))).toBeNull();
    const frames = chainOf(names(CHAIN_LENGTH_MAX + 1)).map(linkFrame);
    const detail = { found: CHAIN_LENGTH_MAX + 1, limit: CHAIN_LENGTH_MAX };
    expect(parseChain(frames)).toEqual({ ok: false, fault: { code: "CHAIN_TOO_LONG", detail } });
    expect(await faultOf(through(names(CHAIN_LENGTH_MAX + 1)))).toMatchObject({ code: "CHAIN_TOO_LONG" });
    // The door's reader bounds the field first, so that a long list costs nothing.
    expect(await faultOf(through(names(CHAIN_FRAMES_MAX + 1)))).toMatchObject({
      code: "FIELD_INVALID",
      detail: { path: "authority_credential" },
    });
    expect(parseChain([])).toMatchObject({ fault: { code: "CHAIN_EMPTY" } });
  });

  it("delegates as often as its root allowed, and not once more", async () => {
    for (const allowed of [0, 1, 2, 3]) {
      const links = chainOf(names(4)).map((link, at) => ({
        ...link,
        grant: { ...link.grant, delegations: Math.max(0, allowed - at) },
      }));
      const used = (count: number) => ({ ...through(names(count)), links: links.slice(0, count) });
      expect(await faultOf(used(allowed + 1)), `${allowed} delegations, all used`).toBeNull();
      if (allowed < 3)
        expect(await faultOf(used(allowed + 2)), `${allowed} delegations, one more`).toMatchObject({
          code: "CHAIN_DELEGATION",
          detail: { link: allowed + 1 },
        });
    }
  });

  it("narrows at every hop: a scope that a middle link gave up cannot come back", async () => {
    const widths = [["approver", "witness"], ["approver"], ["approver", "witness"]];
    const links = chainOf(names(3)).map((link, at) => ({ ...link, grant: { ...link.grant, roles: widths[at] ?? [] } }));
    expect(await faultOf({ ...through(names(3)), links })).toMatchObject({
      code: "CHAIN_NOT_NARROWER",
      detail: { link: 2, scope: "roles" },
    });
  });

  it("may give everything on, and then only what its last link names is granted", async () => {
    const links = chainOf(names(2)).map((link, at) => ({
      ...link,
      grant: { ...link.grant, roles: at === 0 ? [ANY] : ["approver"], classes: [ANY] },
    }));
    expect(await faultOf({ ...through(names(2)), links })).toBeNull();
    const chain = parseChain(links.map(linkFrame));
    if (!chain.ok) throw new Error(chain.fault.code);
    expect([grantsRole(chain.value, "approver"), grantsRole(chain.value, "treasurer")]).toEqual([true, false]);
    expect(grantsClass(chain.value, "anything")).toBe(true);
    expect([rootOf(chain.value), toHex(leafOf(chain.value).grant.key)]).toEqual(
      ["link 0", "link 2"].map((name) => toHex(signerNamed(name).key)),
    );
  });
});

describe("the memory of proved chains", () => {
  it("holds a chain once it was proved under a recognised root, whatever becomes of the frame", async () => {
    const memory = emptyMemory();
    expect(await faultOf({ ...sound, roots: new Map() }, memory)).toMatchObject({ code: "ROOT_UNKNOWN" });
    expect(await faultOf({ ...sound, signature: (bytes) => flipBit(bytes, 3) }, memory)).toMatchObject({
      code: "SIGNATURE_INVALID",
    });
    expect(memory.byName.size).toBe(0);
    expect(await faultOf(withField(sound, "time_to_live", 0), memory)).toMatchObject({ code: "TTL_RANGE" });
    expect(memory.byName.size).toBe(1);
    expect(await faultOf(sound, memory)).toBeNull();
    expect(memory.byName.size).toBe(1);
    expect(await faultOf({ ...sound, roots: new Map() }, memory)).toMatchObject({ code: "ROOT_UNKNOWN" });
  });

  it("never lets a broken chain through, though the sound one is remembered", async () => {
    const memory = emptyMemory();
    expect(await faultOf(sound, memory)).toBeNull();
    for (const [name, code, , recipe] of BROKEN) {
      expect((await faultOf(recipe, memory))?.code, name).toBe(code);
      expect((await faultOf(recipe, memory))?.code, `${name}, again`).toBe(code);
    }
    // A chain that is sound but another's may be remembered: it is still another's.
    const others = BROKEN.filter(([, code]) => code === "SIGNER_MISMATCH");
    expect(memory.byName.size).toBe(1 + others.length);
  });

  it("does not take a chain with other signature bytes for the one it knows", async () => {
    const memory = emptyMemory();
    expect(await faultOf(sound, memory)).toBeNull();
    const altered = withLink(sound, 1, (link) => ({ ...link, frame: (frame) => flipBit(frame, -1) }));
    expect(await faultOf(altered, memory)).toMatchObject({ code: "CHAIN_SIGNATURE" });
    expect(memory.byName.size).toBe(1);
  });

  it("does not take another division of the same bytes for the chain it knows", () => {
    const memory = emptyMemory();
    const chain = parseChain(sound.links.map(linkFrame));
    if (!chain.ok) throw new Error(chain.fault.code);
    remember(memory, chain.value);
    const [first, second] = sound.links.map(linkFrame) as [Uint8Array, Uint8Array];
    const moved = [concatBytes(first, second.slice(0, 1)), second.slice(1)];
    expect(parseChain([first, second], memory)).toMatchObject({ ok: true, value: chain.value });
    expect(parseChain(moved, memory)).toMatchObject({ ok: false });
    expect(parseChain([concatBytes(first, second)], memory)).toMatchObject({ ok: false });
  });

  it("does not grow without bound, and forgets without harm", async () => {
    const memory = emptyMemory();
    const chain = parseChain(sound.links.map(linkFrame));
    if (!chain.ok) throw new Error(chain.fault.code);
    for (let index = 0; index < CHAINS_REMEMBERED_MAX; index++) memory.byName.set(index, chain.value);
    expect(await faultOf(sound, memory)).toBeNull();
    expect(memory.byName.size).toBe(1);
    expect(await faultOf(sound, memory)).toBeNull();
  });

  it("asks for mesh, validity, revocation and competence anew each time", async () => {
    const memory = emptyMemory();
    expect(await faultOf(sound, memory)).toBeNull();
    const revoked = { ...sound, revocations: [{ link: 1, signer: BOARD, from: START }] };
    expect(await faultOf(revoked, memory)).toMatchObject({ code: "CREDENTIAL_REVOKED" });
    const elsewhere = { ...withField(sound, "mesh", "other-mesh"), mesh: "other-mesh" };
    expect(await faultOf(elsewhere, memory)).toMatchObject({ code: "CHAIN_MESH" });
    expect(await faultOf(withField(sound, "governance_class", "custody"), memory)).toMatchObject({
      code: "CLASS_NOT_GRANTED",
    });
    const chain = parseChain(sound.links.map(linkFrame), memory);
    if (!chain.ok) throw new Error(chain.fault.code);
    expect(memory.proved.has(chain.value)).toBe(true);
    expect(checkMesh(chain.value, "other-mesh")).toMatchObject({ fault: { code: "CHAIN_MESH" } });
    expect(toHex(leafOf(chain.value).grant.key)).toBe(toHex(AGENT.key));
  });
});
