// The order of the door's checks is fixed: of two defects the earlier one is the refusal, whichever two they are. Every
// party that judges a frame thus names the same reason.
import { describe, expect, it } from "vitest";
import { concatBytes, toHex } from "../../../shared/bytes.ts";
import { FRAME_BYTES_MAX, TTL_MICROS_MAX } from "../../../shared/limits.ts";
import { admit } from "../../../shared/observation/admit.ts";
import { DOOR_STEPS, stepOf } from "../../../shared/observation/door-steps.ts";
import type { RefusalCode } from "../../../shared/refusals.ts";
import {
  flipBit,
  frameOf,
  headerOf,
  hex,
  type Recipe,
  ROOT,
  signerNamed,
  soundRecipe,
  trustOf,
  withField,
  withGrant,
  withInner,
  withLink,
} from "../../support/recipes.ts";
import { START } from "../../support/statements.ts";

/** A defect, and the part of the recipe that it changes: two defects of one part cannot stand together. */
type Defect = {
  readonly code: RefusalCode;
  readonly part: string;
  readonly apply: (recipe: Recipe) => Recipe;
};

const stranger = signerNamed("stranger");
const SMALL_ORDER_KEY = hex("26e8958fc2b227b045c3f489f2ef98f0d5dfac05d3c63339b13802886d53fc05");
const LARGE = new Uint8Array(FRAME_BYTES_MAX);

function onFrame(recipe: Recipe, change: (frame: Uint8Array) => Uint8Array): Recipe {
  return { ...recipe, frame: (frame) => change(recipe.frame(frame)) };
}

/** In the order in which the door looks. */
const DEFECTS: readonly Defect[] = [
  { code: "FRAME_TOO_LARGE", part: "size", apply: (r) => onFrame(r, (frame) => concatBytes(frame, LARGE)) },
  { code: "CBOR_TAG", part: "frame", apply: (r) => onFrame(r, (frame) => concatBytes(hex("d2"), frame)) },
  { code: "COSE_UNPROTECTED", part: "unprotected", apply: (r) => ({ ...r, unprotected: new Map([[4, 0]]) }) },
  { code: "COSE_HEADER", part: "header", apply: (r) => ({ ...r, header: new Map([[1, -7]]) }) },
  { code: "CBOR_TRAILING", part: "payload", apply: (r) => ({ ...r, payload: (p) => concatBytes(p, hex("00")) }) },
  { code: "FIELD_UNKNOWN", part: "fields", apply: (r) => withField(r, "weather", "fine") },
  { code: "KIND_UNKNOWN", part: "kind", apply: (r) => withField(r, "kind", "decree") },
  { code: "FIELD_INVALID", part: "credential", apply: (r) => withGrant(r, 1, { version: 2 }) },
  { code: "TIME_INVERTED", part: "time", apply: (r) => withInner(r, "temporal_reference", "at", [START, START - 1]) },
  { code: "KEY_SMALL_ORDER", part: "header", apply: (r) => ({ ...r, header: headerOf(SMALL_ORDER_KEY) }) },
  { code: "SIGNATURE_LENGTH", part: "signature length", apply: (r) => ({ ...r, signature: (s) => s.slice(1) }) },
  { code: "SIGNATURE_SCALAR", part: "scalar", apply: (r) => withSignature(r, (s) => s.fill(0xff, 32)) },
  { code: "SIGNATURE_INVALID", part: "point", apply: (r) => withSignature(r, (s) => flipBit(s, 5)) },
  { code: "MESH_UNKNOWN", part: "mesh", apply: (r) => ({ ...r, mesh: "other-mesh" }) },
  { code: "CHAIN_BROKEN", part: "issuer", apply: (r) => withLink(r, 1, (link) => ({ ...link, issuer: stranger })) },
  { code: "CHAIN_MESH", part: "link mesh", apply: (r) => withGrant(r, 1, { mesh: "third-mesh" }) },
  { code: "CHAIN_LOOP", part: "link key", apply: (r) => withGrant(r, 1, { key: ROOT.key }) },
  {
    code: "ROOT_UNKNOWN",
    part: "roots",
    apply: (r) => ({ ...r, roots: new Map([[toHex(stranger.key), "stranger"]]) }),
  },
  { code: "CHAIN_DELEGATION", part: "delegations", apply: (r) => withGrant(r, 1, { delegations: 3 }) },
  { code: "CHAIN_NOT_NARROWER", part: "roles", apply: (r) => withGrant(r, 1, { roles: ["*"] }) },
  { code: "CHAIN_KEY", part: "link key", apply: (r) => withGrant(r, 1, { key: SMALL_ORDER_KEY }) },
  {
    code: "CHAIN_SIGNATURE",
    part: "link",
    apply: (r) => withLink(r, 1, (link) => ({ ...link, frame: (f) => flipBit(f, -40) })),
  },
  { code: "SIGNER_MISMATCH", part: "signer", apply: (r) => ({ ...r, signer: stranger }) },
  { code: "CREDENTIAL_EXPIRED", part: "validity", apply: (r) => withGrant(r, 1, { not_after: START }) },
  {
    code: "CREDENTIAL_REVOKED",
    part: "revocations",
    apply: (r) => ({ ...r, revocations: [{ link: 0, signer: ROOT, from: START }] }),
  },
  { code: "CLASS_NOT_GRANTED", part: "class", apply: (r) => withField(r, "governance_class", "emergency") },
  { code: "ROLE_NOT_GRANTED", part: "role", apply: (r) => withInner(r, "payload", "role", "auctioneer") },
  { code: "TTL_RANGE", part: "ttl", apply: (r) => withField(r, "time_to_live", TTL_MICROS_MAX + 1) },
];

/** Changes to one signature are made one after the other, on 64 bytes. */
function withSignature(recipe: Recipe, change: (signature: Uint8Array) => Uint8Array): Recipe {
  return { ...recipe, signature: (signature) => recipe.signature(change(Uint8Array.from(signature))) };
}

async function codeOf(recipe: Recipe): Promise<string> {
  const admitted = await admit(frameOf(recipe), await trustOf(recipe));
  return admitted.ok ? "ok" : admitted.fault.code;
}

describe("the order of the door", () => {
  it.each(DEFECTS.map((defect) => [defect.code, defect] as const))(
    "alone, %s is the refusal",
    async (code, { apply }) => {
      expect(await codeOf(apply(soundRecipe()))).toBe(code);
    },
  );

  it.each(DEFECTS.map((defect, place) => [defect.code, place, defect] as const))(
    "%s is said before every later defect, whichever was made first",
    async (code, place, earlier) => {
      const sound = soundRecipe();
      for (const later of DEFECTS.slice(place + 1).filter(({ part }) => part !== earlier.part)) {
        expect(await codeOf(later.apply(earlier.apply(sound))), `${code}, then ${later.code}`).toBe(code);
        expect(await codeOf(earlier.apply(later.apply(sound))), `${later.code}, then ${code}`).toBe(code);
      }
    },
  );

  it("says the first defect where all stand together", async () => {
    const all = DEFECTS.slice(1).reduceRight((recipe, { apply }) => apply(recipe), soundRecipe());
    expect(await codeOf(all)).toBe("CBOR_TAG");
  });
});

describe("the steps of the door by name", () => {
  it("stand in the order in which the defects of each are said", () => {
    const names = DOOR_STEPS.map(({ name }) => name);
    const places = DEFECTS.map(({ code }) => names.indexOf(stepOf(code) ?? "set"));
    expect(places.every((place) => place >= 0)).toBe(true);
    const first = places.filter((place, index) => places.indexOf(place) === index);
    expect(first).toEqual([...first].sort((a, b) => a - b));
  });
});
