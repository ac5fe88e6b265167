// Statements: what is signed is what is read, and their parts are what RFC 9052 says.
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { toHex } from "../../../shared/bytes.ts";
import { verifyEd25519 } from "../../../shared/cose/ed25519.ts";
import { signerFrom } from "../../../shared/cose/key.ts";
import { type Context, parseSign1, parseStatement, signStatement, sigStructure } from "../../../shared/cose/sign1.ts";
import { sha256Hex } from "../../../shared/hash.ts";
import { cborgDecode } from "../../support/oracles.ts";
import { signerNamed } from "../../support/recipes.ts";

const utf8 = new TextEncoder();
const CONTEXTS: readonly Context[] = ["quorate/observation/1", "quorate/credential/1", "quorate/revocation/1"];
const signer = signerNamed("acme");
const payloads = fc.uint8Array({ maxLength: 300 });

describe("a statement", () => {
  it("is read back as it was signed, in its own context only", async () => {
    await fc.assert(
      fc.asyncProperty(
        payloads,
        fc.constantFrom(...CONTEXTS),
        fc.constantFrom(...CONTEXTS),
        async (payload, made, read) => {
          const { frame, id } = signStatement(payload, made, signer);
          const statement = parseStatement(frame, read);
          if (!statement.ok) throw new Error(statement.fault.code);
          const { key, toBeSigned, sign1 } = statement.value;
          expect([toHex(key), toHex(sign1.payload)]).toEqual([toHex(signer.key), toHex(payload)]);
          expect(toHex(statement.value.id) === toHex(id)).toBe(made === read);
          expect((await verifyEd25519(key, toBeSigned, sign1.signature)).ok).toBe(made === read);
        },
      ),
      { numRuns: 60 },
    );
  });

  it("is an untagged COSE_Sign1 to another decoder, with the key id under the signature", () => {
    const { frame } = signStatement(utf8.encode("payload"), "quorate/observation/1", signer);
    const [header, unprotected, payload, signature] = cborgDecode(frame) as [
      Uint8Array,
      unknown,
      Uint8Array,
      Uint8Array,
    ];
    expect(cborgDecode(header)).toEqual(
      new Map<number, unknown>([
        [1, -8],
        [4, Uint8Array.from(signer.key)],
      ]),
    );
    expect(unprotected).toEqual(new Map());
    expect([new TextDecoder().decode(payload), signature.length]).toEqual(["payload", 64]);
  });

  it("has the id that SHA-256 gives its Sig_structure", () => {
    const { frame, id } = signStatement(utf8.encode("payload"), "quorate/observation/1", signer);
    const parsed = parseSign1(frame);
    if (!parsed.ok) throw new Error(parsed.fault.code);
    const signed = sigStructure(
      parsed.value.protectedHeader,
      utf8.encode("quorate/observation/1"),
      parsed.value.payload,
    );
    expect(cborgDecode(signed)).toEqual([
      "Signature1",
      parsed.value.protectedHeader,
      utf8.encode("quorate/observation/1"),
      utf8.encode("payload"),
    ]);
    expect(toHex(id)).toBe(sha256Hex(signed));
  });

  it("cannot be read as another by moving a boundary: lengths are part of what is signed", () => {
    fc.assert(
      fc.property(payloads, payloads, payloads, payloads, (header, aad, otherHeader, otherAad) => {
        fc.pre(toHex(header) !== toHex(otherHeader) || toHex(aad) !== toHex(otherAad));
        const payload = Uint8Array.of(0);
        expect(toHex(sigStructure(header, aad, payload))).not.toBe(toHex(sigStructure(otherHeader, otherAad, payload)));
      }),
    );
  });

  it("is the same bytes whenever it is signed", () => {
    const again = signerFrom(new Uint8Array(32).fill(7));
    const frames = [0, 1].map(() => toHex(signStatement(utf8.encode("x"), "quorate/credential/1", again).frame));
    expect(frames[0]).toBe(frames[1]);
  });
});
