// The door's refusals, one by one: each frame has a single defect, real keys and real signatures, and is refused by that defect's name.
import { ed25519 } from "@noble/curves/ed25519.js";
import { describe, expect, it } from "vitest";
import { concatBytes } from "../../../shared/bytes.ts";
import { encodeCanonical } from "../../../shared/cbor/encode.ts";
import type { CborValue } from "../../../shared/cbor/value.ts";
import { FRAME_BYTES_MAX, TTL_MICROS_MAX } from "../../../shared/limits.ts";
import { admit } from "../../../shared/observation/admit.ts";
import type { RefusalCode } from "../../../shared/refusals.ts";
import { MESH } from "../../support/parties.ts";
import {
  AGENT,
  flipBit,
  frameOf,
  headerOf,
  hex,
  type Recipe,
  seal,
  signerNamed,
  soundRecipe,
  trustOf,
  withField,
  withInner,
} from "../../support/recipes.ts";
import { idOf, START } from "../../support/statements.ts";

const sound = soundRecipe();
const soundPayload = () => encodeCanonical(new Map([...sound.fields]) as Map<string, never>);
const none = new Map<number, CborValue>();
const utf8 = new TextEncoder();

async function codeOf(recipe: Recipe): Promise<string> {
  const admitted = await admit(frameOf(recipe), await trustOf(recipe));
  return admitted.ok ? "ok" : admitted.fault.code;
}

const header = (entries: readonly (readonly [number, CborValue])[]) => ({ ...sound, header: new Map(entries) });
const framed = (frame: (whole: Uint8Array) => Uint8Array) => ({ ...sound, frame });
const parts = (items: readonly CborValue[]) => framed(() => encodeCanonical(items as readonly never[]));
const sealed = (headerBytes: Uint8Array, payload: Uint8Array) =>
  framed(() => seal(headerBytes, none, payload, AGENT, "quorate/observation/1"));
const payload = (change: (bytes: Uint8Array) => Uint8Array) => ({ ...sound, payload: change });
const keyed = (key: Uint8Array) => ({ ...sound, header: headerOf(key) });
const signature = (change: (bytes: Uint8Array) => Uint8Array) => ({ ...sound, signature: change });

const own = encodeCanonical(headerOf(AGENT.key) as Map<number, never>);
const NON_CANONICAL = hex(`eeffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff`);
const ORDER_EIGHT = hex("26e8958fc2b227b045c3f489f2ef98f0d5dfac05d3c63339b13802886d53fc05");
const NOT_A_POINT = hex(`02${"00".repeat(31)}`);
const TWISTED = ed25519.Point.fromBytes(AGENT.key).add(ed25519.Point.fromBytes(ORDER_EIGHT)).toBytes();

const BYTES: readonly (readonly [string, RefusalCode, Recipe])[] = [
  ["nothing", "FRAME_EMPTY", framed(() => new Uint8Array())],
  ["a byte too many to be read", "FRAME_TOO_LARGE", framed(() => new Uint8Array(FRAME_BYTES_MAX + 1))],
  ["an end in the middle", "CBOR_TRUNCATED", framed((frame) => frame.slice(0, -1))],
  ["a byte behind its end", "CBOR_TRAILING", framed((frame) => concatBytes(frame, Uint8Array.of(0)))],
  ["COSE's tag", "CBOR_TAG", framed((frame) => concatBytes(Uint8Array.of(0xd2), frame))],
  ["a length that is not shortest", "CBOR_NOT_SHORTEST", framed((frame) => concatBytes(hex("9804"), frame.slice(1)))],
  ["three parts", "COSE_SHAPE", parts([own, none, soundPayload()])],
  ["a header that is a map itself", "COSE_SHAPE", parts([none, none, soundPayload(), new Uint8Array(64)])],
  ["an unprotected header that is null", "COSE_SHAPE", parts([own, null, soundPayload(), new Uint8Array(64)])],
  ["a detached payload", "COSE_SHAPE", parts([own, none, null, new Uint8Array(64)])],
  ["a signature in words", "COSE_SHAPE", parts([own, none, soundPayload(), "signed"])],
  ["a note that is not signed", "COSE_UNPROTECTED", { ...sound, unprotected: new Map([[4, utf8.encode("acme")]]) }],
  ["a protected header of no bytes", "CBOR_TRUNCATED", sealed(new Uint8Array(), soundPayload())],
  ["a protected header that is a number", "COSE_HEADER", sealed(hex("01"), soundPayload())],
  [
    "header keys out of order",
    "CBOR_KEY_ORDER",
    sealed(concatBytes(hex("a2045820"), AGENT.key, hex("0127")), soundPayload()),
  ],
  [
    "another algorithm",
    "COSE_HEADER",
    header([
      [1, -7],
      [4, AGENT.key],
    ]),
  ],
  ["no algorithm", "COSE_HEADER", header([[4, AGENT.key]])],
  ["no key id", "COSE_HEADER", header([[1, -8]])],
  [
    "a critical header",
    "COSE_HEADER",
    header([
      [1, -8],
      [2, [7]],
      [4, AGENT.key],
    ]),
  ],
  [
    "a key id that is a name",
    "COSE_HEADER",
    header([
      [1, -8],
      [4, "acme"],
    ]),
  ],
  ["a key id of 31 bytes", "COSE_HEADER", keyed(AGENT.key.slice(1))],
  ["a signature of 63 bytes", "SIGNATURE_LENGTH", signature((bytes) => bytes.slice(1))],
  ["a signature with its key behind it", "SIGNATURE_LENGTH", signature((bytes) => concatBytes(bytes, AGENT.key))],
  [
    "a payload with a byte behind its end",
    "CBOR_TRAILING",
    payload((bytes) => concatBytes(bytes, Uint8Array.of(0xf6))),
  ],
  ["a payload of JSON", "CBOR_INDEFINITE", payload(() => utf8.encode('\u007f{"kind":"contribution"}'))],
];

const STRUCTURE: readonly (readonly [string, RefusalCode, Recipe])[] = [
  ["a payload that is a list", "FIELD_INVALID", payload(() => encodeCanonical([1, 2]))],
  ["a kind of its own", "KIND_UNKNOWN", withField(sound, "kind", "decree")],
  ["version 0", "FIELD_INVALID", withField(sound, "version", 0)],
  ["a version in words", "FIELD_INVALID", withField(sound, "version", "1")],
  ["a body of another kind", "FIELD_UNKNOWN", withField(sound, "kind", "prevote")],
  ["an id of 31 bytes", "FIELD_INVALID", withField(sound, "ceremony", new Uint8Array(31))],
  ["a ceremony in hexadecimal", "FIELD_INVALID", withField(sound, "ceremony", idOf("ceremony"))],
  ["no ceremony", "FIELD_INVALID", withField(sound, "ceremony", null)],
  ["no round", "FIELD_INVALID", withField(sound, "round", null)],
  ["a negative round", "FIELD_INVALID", withField(sound, "round", -1)],
  ["no seat", "FIELD_INVALID", withInner(sound, "slot", "seat", null)],
  ["an attempt outside the closing", "FIELD_INVALID", withInner(sound, "slot", "attempt", 0)],
  ["no attempt inside the closing", "FIELD_INVALID", withInner(soundRecipe("prevote"), "slot", "attempt", null)],
  ["no sequence number", "FIELD_INVALID", withInner(sound, "lineage", "sequence", null)],
  ["a time of one instant", "FIELD_INVALID", withInner(sound, "temporal_reference", "at", [START])],
  [
    "a time beyond the exact numbers",
    "FIELD_INVALID",
    withInner(sound, "temporal_reference", "at", [START, 2n ** 63n]),
  ],
  ["a time before it begins", "TIME_INVERTED", withInner(sound, "temporal_reference", "at", [START, START - 1])],
  ["no time to live", "TTL_RANGE", withField(sound, "time_to_live", 0)],
  ["a negative time to live", "FIELD_INVALID", withField(sound, "time_to_live", -1)],
  ["a time to live beyond the cap", "TTL_RANGE", withField(sound, "time_to_live", TTL_MICROS_MAX + 1)],
  ["an empty class", "FIELD_INVALID", withField(sound, "governance_class", "")],
  ["257 parents", "FIELD_INVALID", withInner(sound, "lineage", "parents", Array(257).fill(new Uint8Array(32)))],
  ["a call that names a ceremony", "FIELD_INVALID", withField(soundRecipe("call"), "ceremony", hex(idOf("other")))],
  ["a call with a seat of its own", "FIELD_INVALID", withInner(soundRecipe("call"), "slot", "seat", 0)],
  [
    "a witness with an id twice",
    "FIELD_INVALID",
    withInner(soundRecipe("witness"), "payload", "ids", [hex(idOf("a")), hex(idOf("a"))]),
  ],
  [
    "a status with half an id",
    "FIELD_INVALID",
    withInner(soundRecipe("status"), "payload", "messages", new Uint8Array(12)),
  ],
  ["a role that is not text", "FIELD_INVALID", withInner(sound, "payload", "role", 1)],
];

const AUTHORITY: readonly (readonly [string, RefusalCode, Recipe])[] = [
  ["a key of small order", "KEY_SMALL_ORDER", keyed(ORDER_EIGHT)],
  ["a key that is not canonical", "KEY_NOT_CANONICAL", keyed(NON_CANONICAL)],
  ["a key that is no point", "KEY_NOT_A_POINT", keyed(NOT_A_POINT)],
  ["a key with a torsion component", "KEY_TORSION", keyed(TWISTED)],
  ["another's key over its own signature", "SIGNATURE_INVALID", keyed(signerNamed("stranger").key)],
  ["a second form of its signature", "SIGNATURE_SCALAR", signature(plusOrder)],
  [
    "an R that is not canonical",
    "SIGNATURE_NOT_CANONICAL",
    signature((bytes) => concatBytes(NON_CANONICAL, bytes.slice(32))),
  ],
  ["an R of small order", "SIGNATURE_SMALL_ORDER", signature((bytes) => concatBytes(ORDER_EIGHT, bytes.slice(32)))],
  ["a flipped bit in R", "SIGNATURE_INVALID", signature((bytes) => flipBit(bytes, 3))],
  ["a signature made for a credential", "SIGNATURE_INVALID", { ...sound, context: "quorate/credential/1" }],
  ["a signature made for a revocation", "SIGNATURE_INVALID", { ...sound, context: "quorate/revocation/1" }],
  ["another mesh", "MESH_UNKNOWN", { ...sound, mesh: "other-mesh" }],
  ["a mesh that its chain is not for", "CHAIN_MESH", { ...withField(sound, "mesh", "other-mesh"), mesh: "other-mesh" }],
  ["no chain", "FIELD_INVALID", { ...sound, links: [] }],
  ["the chain of somebody else", "SIGNER_MISMATCH", { ...sound, signer: signerNamed("stranger") }],
  ["a root that nobody recognises", "ROOT_UNKNOWN", { ...sound, roots: new Map() }],
  ["a class that is not granted", "CLASS_NOT_GRANTED", withField(sound, "governance_class", "emergency")],
  ["a role that is not granted", "ROLE_NOT_GRANTED", withInner(sound, "payload", "role", "auctioneer")],
];

/** S + L: the same point of the curve, hence a second signature for one statement, where S is not held below L. */
function plusOrder(bytes: Uint8Array): Uint8Array {
  const order = 2n ** 252n + 27742317777372353535851937790883648493n;
  const scalar = bytes.slice(32).reduceRight((sum, byte) => (sum << 8n) | BigInt(byte), 0n) + order;
  return concatBytes(
    bytes.slice(0, 32),
    Uint8Array.from({ length: 32 }, (_, at) => Number((scalar >> BigInt(8 * at)) & 0xffn)),
  );
}

describe("the door", () => {
  it("admits the frame that the broken ones below are made from", async () => {
    expect(await codeOf(sound)).toBe("ok");
    expect(sound.mesh).toBe(MESH);
  });

  describe("refuses by its bytes a frame with", () => {
    it.each(BYTES)("%s: %s", async (_name, code, recipe) => {
      expect(await codeOf(recipe)).toBe(code);
    });
  });

  describe("refuses by its structure an observation with", () => {
    it.each(STRUCTURE)("%s: %s", async (_name, code, recipe) => {
      expect(await codeOf(recipe)).toBe(code);
    });
  });

  describe("refuses by who speaks an observation with", () => {
    it.each(AUTHORITY)("%s: %s", async (_name, code, recipe) => {
      expect(await codeOf(recipe)).toBe(code);
    });
  });

  it("keeps what it does not understand, so that its ceremony can be put on hold", async () => {
    const later = withField(withField(withField(sound, "version", 2), "payload", "new"), "weather", "fine");
    const extended = withField(withField(sound, "critical", ["weather"]), "payload", null);
    for (const [recipe, extension] of [
      [later, "version 2"],
      [extended, "weather"],
    ] as const) {
      const admitted = await admit(frameOf(recipe), await trustOf(recipe));
      expect(admitted).toMatchObject({ ok: true, value: { body: { kind: "unknown", extension } } });
    }
  });
});
