// The signature rule on keys and signatures made here: every refusal by name, in its order, and agreement with what a signer makes.
import { ed25519 } from "@noble/curves/ed25519.js";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { concatBytes, toHex } from "../../../shared/bytes.ts";
import { refuseKeyEncoding, verifyEd25519 } from "../../../shared/cose/ed25519.ts";
import { admitKey, signerFrom } from "../../../shared/cose/key.ts";
import type { RefusalCode } from "../../../shared/refusals.ts";
import { flipBit, hex, signerNamed } from "../../support/recipes.ts";

const signer = signerNamed("acme");
const message = new TextEncoder().encode("approve release 2.4");
const good = signer.sign(message);
const [pointR, scalarS] = [good.slice(0, 32), good.slice(32)];

/** All points whose order divides eight, each in every encoding that decoders in the field accept for it. */
const SMALL_ORDER = [
  "0100000000000000000000000000000000000000000000000000000000000000",
  "0100000000000000000000000000000000000000000000000000000000000080",
  "ecffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff7f",
  "ecffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff",
  "0000000000000000000000000000000000000000000000000000000000000000",
  "0000000000000000000000000000000000000000000000000000000000000080",
  "26e8958fc2b227b045c3f489f2ef98f0d5dfac05d3c63339b13802886d53fc05",
  "26e8958fc2b227b045c3f489f2ef98f0d5dfac05d3c63339b13802886d53fc85",
  "c7176a703d4dd84fba3c0b760d10670f2a2053fa2c39ccc64ec7fd7792ac037a",
  "c7176a703d4dd84fba3c0b760d10670f2a2053fa2c39ccc64ec7fd7792ac03fa",
];
/** y = p and y = p + 1, with either sign: small order again, were they read modulo p; and y = 2^255 - 1. */
const NOT_CANONICAL = [
  "edffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff7f",
  "edffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff",
  "eeffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff7f",
  "eeffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff",
  "ffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff7f",
];
const ORDER = hex("edd3f55c1a631258d69cf7a2def9de1400000000000000000000000000000010");

const codeOf = (result: { ok: boolean; fault?: { code: RefusalCode } } | null) =>
  result === null || result.ok ? "ok" : result.fault?.code;
const verdict = async (key: Uint8Array, signature: Uint8Array) => codeOf(await verifyEd25519(key, message, signature));

describe("the signature rule", () => {
  it("accepts what a signer makes, and nothing with a bit changed", async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.uint8Array({ minLength: 32, maxLength: 32 }),
        fc.uint8Array({ maxLength: 200 }),
        fc.nat(511),
        async (secret, signed, bit) => {
          const own = signerFrom(secret);
          const signature = own.sign(signed);
          expect((await verifyEd25519(own.key, signed, signature)).ok).toBe(true);
          expect((await verifyEd25519(own.key, signed, flipBit(signature, bit >> 3, bit & 7))).ok).toBe(false);
          expect((await verifyEd25519(own.key, concatBytes(signed, Uint8Array.of(0)), signature)).ok).toBe(false);
        },
      ),
      { numRuns: 100 },
    );
  });

  it.each(SMALL_ORDER)("refuses %s as key and as R, and at enrolment", async (point) => {
    expect(codeOf(refuseKeyEncoding(hex(point)))).toBe("KEY_SMALL_ORDER");
    expect(codeOf(admitKey(hex(point)))).toBe("KEY_SMALL_ORDER");
    expect(await verdict(hex(point), good)).toBe("KEY_SMALL_ORDER");
    expect(await verdict(signer.key, concatBytes(hex(point), scalarS))).toBe("SIGNATURE_SMALL_ORDER");
  });

  it.each(NOT_CANONICAL)("refuses %s as key and as R, and at enrolment", async (point) => {
    expect(codeOf(admitKey(hex(point)))).toBe("KEY_NOT_CANONICAL");
    expect(await verdict(hex(point), good)).toBe("KEY_NOT_CANONICAL");
    expect(await verdict(signer.key, concatBytes(hex(point), scalarS))).toBe("SIGNATURE_NOT_CANONICAL");
  });

  it("knows all the points of small order: eight of them lie on the curve", () => {
    const points = SMALL_ORDER.flatMap((encoding) => {
      try {
        return [ed25519.Point.fromBytes(hex(encoding), true)];
      } catch {
        return []; // x = 0 has no other sign
      }
    });
    expect(points.every((point) => point.isSmallOrder())).toBe(true);
    expect(new Set(points.map((point) => toHex(point.toBytes()))).size).toBe(8);
  });

  it("refuses S from the group order upwards, and takes the one below", async () => {
    const below = Uint8Array.from(ORDER);
    below[0] = (below[0] as number) - 1;
    expect(await verdict(signer.key, concatBytes(pointR, ORDER))).toBe("SIGNATURE_SCALAR");
    expect(await verdict(signer.key, concatBytes(pointR, new Uint8Array(32).fill(0xff)))).toBe("SIGNATURE_SCALAR");
    expect(await verdict(signer.key, concatBytes(pointR, below))).toBe("SIGNATURE_INVALID");
  });

  it("refuses by the first that applies: key length, signature length, S, key, R, and then the curve", async () => {
    const small = hex(SMALL_ORDER[6] as string);
    const rows: readonly (readonly [Uint8Array, Uint8Array, string])[] = [
      [small.slice(1), new Uint8Array(63), "KEY_LENGTH"],
      [small, new Uint8Array(63), "SIGNATURE_LENGTH"],
      [small, concatBytes(small, ORDER), "SIGNATURE_SCALAR"],
      [small, concatBytes(small, scalarS), "KEY_SMALL_ORDER"],
      [signer.key, concatBytes(small, scalarS), "SIGNATURE_SMALL_ORDER"],
      [hex(`02${"00".repeat(31)}`), good, "SIGNATURE_INVALID"],
    ];
    for (const [key, signature, code] of rows) expect(await verdict(key, signature)).toBe(code);
  });

  it("never throws, whatever the lengths", async () => {
    const some = fc.uint8Array({ maxLength: 70 });
    await fc.assert(
      fc.asyncProperty(some, some, some, async (key, signed, signature) => {
        expect((await verifyEd25519(key, signed, signature)).ok).toBe(false);
      }),
    );
  });
});

describe("enrolling a key", () => {
  it("takes what a signer has, and refuses it with a point of small order added", () => {
    const torsion = ed25519.Point.fromBytes(hex(SMALL_ORDER[6] as string));
    const twisted = ed25519.Point.fromBytes(signer.key).add(torsion).toBytes();
    expect(codeOf(admitKey(signer.key))).toBe("ok");
    expect(codeOf(admitKey(twisted))).toBe("KEY_TORSION");
    expect(codeOf(admitKey(hex(`02${"00".repeat(31)}`)))).toBe("KEY_NOT_A_POINT");
    expect(codeOf(admitKey(signer.key.slice(1)))).toBe("KEY_LENGTH");
  });
});
