// The COSE working group's examples of signatures through our parser, Sig_structure and signature rule, each with its own context.
// Our profile has no tags, so that a frame has one spelling: tag 18 is taken off here, and only here, before the parser sees it.
import * as cborg from "cborg";
import { describe, expect, it } from "vitest";
import { toHex } from "../../shared/bytes.ts";
import { decodeCanonical } from "../../shared/cbor/decode.ts";
import { encodeCanonical } from "../../shared/cbor/encode.ts";
import type { CborValue, Encodable } from "../../shared/cbor/value.ts";
import { verifyEd25519 } from "../../shared/cose/ed25519.ts";
import { parseSign1, parseStatement, type Sign1, sigStructure } from "../../shared/cose/sign1.ts";
import type { Result } from "../../shared/result.ts";
import { needingVectors, readVectors, vectorsDir } from "../support/vectors.ts";
import { fromHex } from "../support/verdicts.ts";

type Key = { readonly crv: string; readonly x_hex?: string };
type Example = {
  readonly file: string;
  readonly fail?: boolean;
  readonly input: {
    readonly sign0?: { readonly key: Key; readonly external?: string };
    readonly sign?: { readonly signers: readonly { readonly key: Key }[] };
  };
  readonly intermediates: {
    readonly ToBeSign_hex?: string;
    readonly signers?: readonly { readonly ToBeSign_hex: string }[];
  };
  readonly output: { readonly cbor: string };
};

const absent = vectorsDir === null;
const examples = () => readVectors<{ vectors: Example[] }>("cose/cose_sign_examples.json").vectors;
const frameOf = ({ output }: Example) => fromHex(output.cbor);
/** Without its tag: 18 in one byte (COSE_Sign1), or a number in two or three bytes (COSE_Sign, and the wrong tag of a failing example). */
const untagged = (frame: Uint8Array) => frame.slice({ 210: 1, 216: 2, 217: 3 }[frame[0] ?? 0] ?? 0);

/**
 * Two examples have an unprotected header whose keys are out of order, which our parser refuses; the order is not signed, so it is
 * put right here. Everything that is signed is a byte string and stays as it is.
 */
const inOrder = (frame: Uint8Array) => encodeCanonical(cborg.decode(untagged(frame), { useMaps: true }) as Encodable);

/** Why an example is not one of ours; null for EdDSA over edwards25519 with one signer. */
function excludedBecause({ input }: Example): string | null {
  const key = input.sign0?.key ?? input.sign?.signers[0]?.key;
  if (key?.crv === "Ed448") return "another curve: Ed448";
  if (key?.crv !== "Ed25519") return "ECDSA";
  return input.sign0 === undefined ? "COSE_Sign, which has several signers" : null;
}

function open(frame: Uint8Array): Sign1 {
  const parsed = parseSign1(frame);
  if (!parsed.ok) throw new Error(`the parser refuses it: ${parsed.fault.code}`);
  return parsed.value;
}

const codeOf = (result: Result<unknown>) => (result.ok ? "ok" : result.fault.code);
const DISORDERED = ["countersign1/signed-01.json", "countersign1/signed1-01.json"];

async function verifies(sign1: Sign1, { input }: Example, external = input.sign0?.external ?? ""): Promise<boolean> {
  const signed = sigStructure(sign1.protectedHeader, fromHex(external), sign1.payload);
  const verdict = await verifyEd25519(fromHex(input.sign0?.key.x_hex ?? ""), signed, sign1.signature);
  return verdict.ok;
}

/** What the failing examples do to ES256 messages, done to a message of our own algorithm. */
function alterations(sign1: Sign1): readonly (readonly [string, Sign1])[] {
  const header = (entries: readonly (readonly [number, CborValue])[]) =>
    encodeCanonical(new Map(entries as [number, number][]));
  const flipped = (bytes: Uint8Array, at: number) => bytes.map((byte, index) => (index === at ? byte ^ 1 : byte));
  return [
    ["sign-fail-02: another content", { ...sign1, payload: flipped(sign1.payload, 19) }],
    ["another signature", { ...sign1, signature: flipped(sign1.signature, 40) }],
    ["sign-fail-03: another algorithm", { ...sign1, protectedHeader: header([[1, -999]]) }],
    ["sign-fail-04: an algorithm in words", { ...sign1, protectedHeader: header([[1, "unknown"]]) }],
    [
      "sign-fail-06: an attribute more",
      {
        ...sign1,
        protectedHeader: header([
          [1, -8],
          [3, 0],
          [4, 0],
        ]),
      },
    ],
    ["sign-fail-07: an attribute less", { ...sign1, protectedHeader: header([[1, -8]]) }],
    ["sign-pass-01: no protected header", { ...sign1, protectedHeader: new Uint8Array() }],
  ];
}

describe("published COSE", () => {
  it.skipIf(absent)(
    needingVectors("counts all 32 examples: two are ours, and every other is left out for a reason"),
    () => {
      const reasons: Record<string, number> = {};
      for (const example of examples()) {
        const reason = excludedBecause(example) ?? "ours";
        reasons[reason] = (reasons[reason] ?? 0) + 1;
      }
      expect(reasons).toEqual({
        ours: 2,
        ECDSA: 25,
        "another curve: Ed448": 2,
        "COSE_Sign, which has several signers": 3,
      });
    },
  );

  it.skipIf(absent)(needingVectors("verifies both EdDSA messages and none of their alterations"), async () => {
    const ours = examples().filter((example) => excludedBecause(example) === null);
    expect(ours.map(({ file }) => file)).toEqual(["countersign1/signed1-01.json", "eddsa-examples/eddsa-sig-01.json"]);
    for (const example of ours) {
      const sign1 = open(inOrder(frameOf(example)));
      expect(await verifies(sign1, example), example.file).toBe(true);
      expect(await verifies(sign1, example, "00"), "sign-pass-02: another context").toBe(false);
      for (const [name, altered] of alterations(sign1)) expect(await verifies(altered, example), name).toBe(false);
    }
  });

  it.skipIf(absent)(needingVectors("builds the published Sig_structure of every COSE_Sign1 example"), () => {
    const single = examples().filter(({ fail, input }) => input.sign0 !== undefined && fail !== true);
    const built = single.map((example) => {
      const { protectedHeader, payload } = open(inOrder(frameOf(example)));
      // RFC 9052 §3 signs an empty header as no bytes at all; our own header is never empty.
      const header = toHex(protectedHeader) === "a0" ? new Uint8Array() : protectedHeader;
      return toHex(sigStructure(header, fromHex(example.input.sign0?.external ?? ""), payload));
    });
    expect(built).toHaveLength(8);
    expect(built).toEqual(single.map(({ intermediates }) => intermediates.ToBeSign_hex?.toLowerCase()));
  });

  it.skipIf(absent)(needingVectors("verifies the Ed25519 signatures inside COSE_Sign by the same rule"), async () => {
    const several = examples().filter((example) => excludedBecause(example) === "COSE_Sign, which has several signers");
    for (const { file, input, intermediates, output } of several) {
      const decoded = decodeCanonical(inOrder(fromHex(output.cbor)));
      if (!decoded.ok) throw new Error(`${file}: ${decoded.fault.code}`);
      const [, , , signers] = decoded.value as readonly CborValue[];
      const [[, , signature]] = signers as unknown as readonly [readonly [Uint8Array, unknown, Uint8Array]];
      const key = fromHex(input.sign?.signers[0]?.key.x_hex ?? "");
      const signed = fromHex(intermediates.signers?.[0]?.ToBeSign_hex ?? "");
      expect(await verifyEd25519(key, signed, signature), file).toEqual({ ok: true, value: true });
    }
    expect(several).toHaveLength(3);
  });

  it.skipIf(absent)(
    needingVectors("refuses every tagged example as it stands, and keys out of order beneath the tag"),
    () => {
      const asItStands = examples().map((example) => codeOf(parseSign1(frameOf(example))));
      expect(asItStands.filter((code) => code === "CBOR_TAG")).toHaveLength(30);
      const bare = examples().filter((_, index) => asItStands[index] !== "CBOR_TAG");
      expect(bare.map(({ file }) => file)).toEqual(["sign-tests/sign-pass-03.json", "sign1-tests/sign-pass-03.json"]);
      const disordered = examples().filter(
        (example) => codeOf(parseSign1(untagged(frameOf(example)))) === "CBOR_KEY_ORDER",
      );
      expect(disordered.map(({ file }) => file)).toEqual(DISORDERED);
    },
  );

  it.skipIf(absent)(needingVectors("takes none of the 32 for a statement of our own"), () => {
    const codes = examples().map((example) =>
      codeOf(parseStatement(inOrder(frameOf(example)), "quorate/observation/1")),
    );
    expect(codes).toHaveLength(32);
    expect(new Set(codes)).toEqual(new Set(["COSE_SHAPE", "COSE_UNPROTECTED", "COSE_HEADER"]));
  });
});
