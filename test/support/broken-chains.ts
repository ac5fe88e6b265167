// A chain four grants deep, and every single defect that it may have, with the refusal of each.
import { ed25519 } from "@noble/curves/ed25519.js";
import { toHex } from "../../shared/bytes.ts";
import { parseSign1, type Signer, signStatement } from "../../shared/cose/sign1.ts";
import { CHAIN_LENGTH_MAX } from "../../shared/limits.ts";
import type { RefusalCode } from "../../shared/refusals.ts";
import {
  flipBit,
  grantTo,
  hex,
  type Link,
  linkFrame,
  type Recipe,
  signerNamed,
  soundRecipe,
  statementId,
  unchanged,
  withField,
  withGrant,
  withInner,
  withLink,
} from "./recipes.ts";
import { commitment, rotationTo } from "./rotations.ts";
import { HOUR, START } from "./statements.ts";

export const keyAt = (depth: number) => signerNamed(`link ${depth} of acme`);
const stranger = signerNamed("stranger");
const thief = signerNamed("thief");

/** A chain of so many grants, each narrower in time than the one before it, at a jurisdiction. */
export function deep(grants: number): Recipe {
  const links = Array.from({ length: grants }, (_, depth): Link => {
    const grant = grantTo(keyAt(depth + 1).key, {
      subject: `acme/${depth}`,
      delegations: Math.min(CHAIN_LENGTH_MAX, grants - 1 - depth),
      jurisdictions: ["eu"],
      next: commitment(signerNamed(`successor of link ${depth}`)),
      not_before: START - HOUR + depth,
      not_after: START + (20 - depth) * HOUR,
    });
    return { grant, issuer: keyAt(depth), frame: unchanged };
  });
  const place = new Map([
    ["frame", "jurisdiction"],
    ["key", "eu/de"],
  ]);
  const recipe = {
    ...withField(soundRecipe(), "spatial_reference", place),
    links,
    signer: keyAt(grants),
    roots: new Map([[toHex(keyAt(0).key), "acme"]]),
  };
  return withInner(recipe, "temporal_reference", "at", [START, START]);
}

export const DEPTH = 4;
export const DEEP = deep(DEPTH);
const SMALL_ORDER = hex("26e8958fc2b227b045c3f489f2ef98f0d5dfac05d3c63339b13802886d53fc05");
const NOT_CANONICAL = hex(`ee${"ff".repeat(30)}7f`);
const MIXED = ed25519.Point.fromBytes(keyAt(2).key).add(ed25519.Point.fromBytes(SMALL_ORDER)).toBytes();

/** A defect, what of the recipe it changes, and the refusal: `detail` is a part of it. */
export type Defect = {
  readonly name: string;
  readonly part: string;
  readonly code: RefusalCode;
  readonly detail?: Readonly<Record<string, unknown>>;
  readonly apply: (recipe: Recipe) => Recipe;
};

const grant = (link: number, changes: Readonly<Record<string, unknown>>) => (recipe: Recipe) =>
  withGrant(recipe, link, changes);

/** The grant of link 2 for this key, and all that it signs under that key's name; no signature needs to be good. */
const keyed = (key: Uint8Array) => (recipe: Recipe) => {
  const claiming: Signer = { key, sign: keyAt(3).sign };
  return withLink(withGrant(recipe, 2, { key }), 3, (link) => ({ ...link, issuer: claiming }));
};

function rotatedBy(key: Signer): (recipe: Recipe) => Recipe {
  return (recipe) => {
    const last = linkFrame(recipe.links.at(-1) as Link);
    const range = { from: START - HOUR, until: START + HOUR, retires: START };
    const frame = rotationTo(key, undefined, toHex(statementId(last)), range);
    const links = [...recipe.links, { grant: grantTo(key.key), issuer: key, frame: () => frame }];
    return { ...recipe, links, signer: key };
  };
}

/** A link signed under another context. */
const inContext = (link: number) => (recipe: Recipe) =>
  withLink(recipe, link, (each) => ({ ...each, frame: (frame) => signedAs(frame, each.issuer) }));

function signedAs(frame: Uint8Array, issuer: Signer): Uint8Array {
  const parsed = parseSign1(frame);
  if (!parsed.ok) throw new Error(parsed.fault.code);
  return signStatement(parsed.value.payload, "quorate/revocation/1", issuer).frame;
}

/** In the order in which the door looks. */
export const DEFECTS: readonly Defect[] = [
  {
    name: "nine grants deep",
    part: "length",
    code: "CHAIN_TOO_LONG",
    detail: { found: 9, limit: 8 },
    apply: () => deep(CHAIN_LENGTH_MAX + 1),
  },
  {
    name: "a link left out",
    part: "links",
    code: "CHAIN_BROKEN",
    detail: { link: 2 },
    apply: (r) => ({ ...r, links: r.links.toSpliced(2, 1) }),
  },
  {
    name: "a link issued by a stranger",
    part: "issuer 1",
    code: "CHAIN_BROKEN",
    detail: { link: 1 },
    apply: (r) => withLink(r, 1, (link) => ({ ...link, issuer: stranger })),
  },
  {
    name: "a rotation to a key that nobody committed to",
    part: "signer",
    code: "CHAIN_ROTATION",
    detail: { link: 4, reason: "its key is not the one that was committed to" },
    apply: rotatedBy(thief),
  },
  {
    name: "a link for another mesh",
    part: "mesh 1",
    code: "CHAIN_MESH",
    detail: { link: 1 },
    apply: grant(1, { mesh: "elsewhere" }),
  },
  {
    name: "a circle",
    part: "key 2",
    code: "CHAIN_LOOP",
    detail: { link: 2 },
    apply: (r) => withLink(withGrant(r, 2, { key: keyAt(1).key }), 3, (link) => ({ ...link, issuer: keyAt(1) })),
  },
  {
    name: "an unknown root",
    part: "roots",
    code: "ROOT_UNKNOWN",
    apply: (r) => ({ ...r, roots: new Map([[toHex(stranger.key), "stranger"]]) }),
  },
  {
    name: "more delegations than were left",
    part: "delegations",
    code: "CHAIN_DELEGATION",
    detail: { link: 1 },
    apply: grant(1, { delegations: 3 }),
  },
  {
    name: "a role more",
    part: "roles 1",
    code: "CHAIN_NOT_NARROWER",
    detail: { link: 1, scope: "roles" },
    apply: grant(1, { roles: ["approver", "witness", "treasurer"] }),
  },
  {
    name: "a class more",
    part: "classes 2",
    code: "CHAIN_NOT_NARROWER",
    detail: { link: 2, scope: "classes" },
    apply: grant(2, { classes: ["coordination", "custody"] }),
  },
  {
    name: "a wider jurisdiction",
    part: "jurisdictions 2",
    code: "CHAIN_NOT_NARROWER",
    detail: { link: 2, scope: "jurisdictions" },
    apply: grant(2, { jurisdictions: ["eu", "ch"] }),
  },
  {
    name: "a beginning before its parent's",
    part: "from",
    code: "CHAIN_NOT_NARROWER",
    detail: { link: 3, scope: "validity" },
    apply: grant(3, { not_before: START - HOUR }),
  },
  {
    name: "an end after its parent's",
    part: "until",
    code: "CHAIN_NOT_NARROWER",
    detail: { link: 3, scope: "validity" },
    apply: grant(3, { not_after: START + 20 * HOUR }),
  },
  {
    name: "a key of small order",
    part: "key 2",
    code: "CHAIN_KEY",
    detail: { link: 2, code: "KEY_SMALL_ORDER" },
    apply: keyed(SMALL_ORDER),
  },
  {
    name: "a key of mixed order",
    part: "key 2",
    code: "CHAIN_KEY",
    detail: { link: 2, code: "KEY_TORSION" },
    apply: keyed(MIXED),
  },
  {
    name: "a key that is not canonical",
    part: "key 2",
    code: "CHAIN_KEY",
    detail: { link: 2, code: "KEY_NOT_CANONICAL" },
    apply: keyed(NOT_CANONICAL),
  },
  {
    name: "a bad signature",
    part: "frame 1",
    code: "CHAIN_SIGNATURE",
    detail: { link: 1, code: "SIGNATURE_INVALID" },
    apply: (r) => withLink(r, 1, (link) => ({ ...link, frame: (frame) => flipBit(frame, -40) })),
  },
  {
    name: "a link signed in another context",
    part: "frame 2",
    code: "CHAIN_SIGNATURE",
    detail: { link: 2, code: "SIGNATURE_INVALID" },
    apply: inContext(2),
  },
  { name: "somebody else's end", part: "signer", code: "SIGNER_MISMATCH", apply: (r) => ({ ...r, signer: stranger }) },
  {
    name: "a link that does not hold yet",
    part: "from",
    code: "CREDENTIAL_EXPIRED",
    detail: { link: 2 },
    apply: (r) => withGrant(withGrant(r, 2, { not_before: START + 1 }), 3, { not_before: START + 1 }),
  },
  {
    name: "a link that has expired",
    part: "until",
    code: "CREDENTIAL_EXPIRED",
    detail: { link: 3 },
    apply: grant(3, { not_after: START - 1 }),
  },
  {
    name: "a revoked link",
    part: "revocations",
    code: "CREDENTIAL_REVOKED",
    apply: (r) => ({ ...r, revocations: [{ link: 1, signer: keyAt(0), from: START }] }),
  },
  {
    name: "a class that it does not grant",
    part: "class",
    code: "CLASS_NOT_GRANTED",
    apply: (r) => withField(r, "governance_class", "custody"),
  },
  {
    name: "a role that it does not grant",
    part: "role",
    code: "ROLE_NOT_GRANTED",
    apply: (r) => withInner(r, "payload", "role", "auctioneer"),
  },
  {
    name: "a place that it does not grant",
    part: "place",
    code: "JURISDICTION_NOT_GRANTED",
    apply: (r) => withInner(r, "spatial_reference", "key", "ch"),
  },
];
