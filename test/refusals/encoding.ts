// Examples of refused bytes, keys and signatures.
import { ed25519 } from "@noble/curves/ed25519.js";
import { concatBytes } from "../../shared/bytes.ts";
import { decodeCanonical } from "../../shared/cbor/decode.ts";
import { encodeCanonical } from "../../shared/cbor/encode.ts";
import { verifyEd25519 } from "../../shared/cose/ed25519.ts";
import { admitKey } from "../../shared/cose/key.ts";
import { CBOR_DEPTH_MAX, CBOR_ITEMS_MAX, FRAME_BYTES_MAX } from "../../shared/limits.ts";
import { admit } from "../../shared/observation/admit.ts";
import { parseObservation } from "../../shared/observation/decode.ts";
import type { ENCODING_REFUSALS } from "../../shared/refusals/encoding.ts";
import {
  AGENT,
  frameOf,
  headerOf,
  hex,
  type Recipe,
  soundRecipe,
  trustOf,
  withField,
  withInner,
} from "../support/recipes.ts";
import type { Example, Examples } from "./example.ts";

const SMALL = hex("26e8958fc2b227b045c3f489f2ef98f0d5dfac05d3c63339b13802886d53fc05");
const NOT_CANONICAL = hex(`ee${"ff".repeat(31)}`);
const message = new TextEncoder().encode("a message");
const signature = AGENT.sign(message);

const decode = (bytes: string) => () => decodeCanonical(hex(bytes));
const verify = (key: Uint8Array, signed: Uint8Array) => () => verifyEd25519(key, message, signed);
const door = (recipe: Recipe) => async () => admit(frameOf(recipe), await trustOf(recipe));
const sound = soundRecipe();
const without = (name: string): Example =>
  door({ ...sound, fields: new Map([...sound.fields].filter(([field]) => field !== name)) });

export const ENCODING: Examples<typeof ENCODING_REFUSALS> = {
  FRAME_TOO_LARGE: () => parseObservation(new Uint8Array(FRAME_BYTES_MAX + 1)),
  FRAME_EMPTY: () => parseObservation(new Uint8Array()),
  CBOR_TRUNCATED: decode("6261"),
  CBOR_TRAILING: decode("0000"),
  CBOR_NOT_SHORTEST: decode("1817"),
  CBOR_INDEFINITE: decode("9fff"),
  CBOR_RESERVED: decode("1c"),
  CBOR_TAG: decode("c11a514b67b0"),
  CBOR_FLOAT: decode("f90000"),
  CBOR_SIMPLE: decode("f7"),
  CBOR_KEY_TYPE: decode("a12000"),
  CBOR_KEY_ORDER: decode("a2616200616100"),
  CBOR_DUPLICATE_KEY: decode("a2616100616101"),
  CBOR_UTF8: decode("6180"),
  CBOR_BYTE_ORDER_MARK: decode("66efbbbf424f4d"),
  CBOR_INTEGER_RANGE: decode("3b8000000000000000"),
  CBOR_TOO_DEEP: decode(`${"81".repeat(CBOR_DEPTH_MAX + 1)}00`),
  CBOR_TOO_MANY_ITEMS: () => decodeCanonical(encodeCanonical(Array.from({ length: CBOR_ITEMS_MAX }, () => 0))),
  COSE_SHAPE: () => parseObservation(hex("80")),
  COSE_UNPROTECTED: door({ ...sound, unprotected: new Map([[4, message]]) }),
  COSE_HEADER: door({ ...sound, header: new Map([[1, -8]]) }),
  KEY_LENGTH: () => admitKey(AGENT.key.slice(1)),
  KEY_NOT_CANONICAL: () => admitKey(NOT_CANONICAL),
  KEY_SMALL_ORDER: () => admitKey(SMALL),
  KEY_TORSION: () => admitKey(ed25519.Point.fromBytes(AGENT.key).add(ed25519.Point.fromBytes(SMALL)).toBytes()),
  KEY_NOT_A_POINT: () => admitKey(hex(`02${"00".repeat(31)}`)),
  SIGNATURE_LENGTH: verify(AGENT.key, signature.slice(1)),
  SIGNATURE_SCALAR: verify(AGENT.key, concatBytes(signature.slice(0, 32), hex("ff".repeat(32)))),
  SIGNATURE_NOT_CANONICAL: verify(AGENT.key, concatBytes(NOT_CANONICAL, signature.slice(32))),
  SIGNATURE_SMALL_ORDER: verify(AGENT.key, concatBytes(SMALL, signature.slice(32))),
  SIGNATURE_INVALID: door({ ...sound, header: headerOf(AGENT.key), context: "quorate/credential/1" }),
  FIELD_MISSING: without("time_to_live"),
  FIELD_UNKNOWN: door(withField(sound, "weather", "fine")),
  FIELD_INVALID: door(withInner(sound, "slot", "seat", "one")),
  KIND_UNKNOWN: door(withField(sound, "kind", "decree")),
};
