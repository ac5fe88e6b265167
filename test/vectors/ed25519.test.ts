// Published signatures through the one rule. The rule accepts what every library accepts, and of the disputed cases only the one
// that strict libraries accept, so that no signer can make one honest party admit what another refuses.
import { describe, expect, it } from "vitest";
import { toHex } from "../../shared/bytes.ts";
import { admitKey, signerFrom } from "../../shared/cose/key.ts";
import { everySignatureVector, rfc8032, type SignatureVector, speccheck, wycheproof } from "../support/published.ts";
import { needingVectors, readVectors, vectorsDir } from "../support/vectors.ts";
import { fromHex, signatureVerdict } from "../support/verdicts.ts";

const absent = vectorsDir === null;

async function tally(vectors: readonly SignatureVector[]): Promise<Readonly<Record<string, number>>> {
  const counts: Record<string, number> = {};
  for (const vector of vectors) {
    const name = `${vector.expected}: ${await signatureVerdict(vector)}`;
    counts[name] = (counts[name] ?? 0) + 1;
  }
  return counts;
}

describe("published Ed25519", () => {
  it.skipIf(absent)(
    needingVectors("accepts the 88 valid and none of the 63 invalid signatures of Wycheproof"),
    async () => {
      expect(wycheproof()).toHaveLength(151);
      expect(await tally(wycheproof())).toEqual({
        "valid: ok": 88,
        "invalid: SIGNATURE_INVALID": 22,
        "invalid: SIGNATURE_SCALAR": 17,
        "invalid: SIGNATURE_LENGTH": 12,
        "invalid: SIGNATURE_SMALL_ORDER": 8,
        "invalid: SIGNATURE_NOT_CANONICAL": 4,
      });
    },
  );

  it.skipIf(absent)(needingVectors("accepts row 3 only of the twelve disputed cases"), async () => {
    expect(await Promise.all(speccheck().map(signatureVerdict))).toEqual([
      "KEY_SMALL_ORDER",
      "KEY_SMALL_ORDER",
      "SIGNATURE_SMALL_ORDER",
      "ok",
      "SIGNATURE_INVALID",
      "SIGNATURE_INVALID",
      "SIGNATURE_SCALAR",
      "SIGNATURE_SCALAR",
      "SIGNATURE_SMALL_ORDER",
      "SIGNATURE_SMALL_ORDER",
      "KEY_SMALL_ORDER",
      "KEY_SMALL_ORDER",
    ]);
  });

  it.skipIf(absent)(
    needingVectors("enrols no disputed key, not even that of row 3; rows 6 and 7 dispute S alone"),
    () => {
      const codes = speccheck().map(({ key }) => {
        const admitted = admitKey(fromHex(key));
        return admitted.ok ? "ok" : admitted.fault.code;
      });
      const [small, torsion] = ["KEY_SMALL_ORDER", "KEY_TORSION"];
      expect(codes.slice(0, 6)).toEqual([small, small, torsion, torsion, torsion, torsion]);
      expect(codes.slice(6)).toEqual(["ok", "ok", torsion, torsion, small, small]);
    },
  );

  it.skipIf(absent)(needingVectors("enrols every key of Wycheproof's valid signatures"), () => {
    const keys = new Set(wycheproof().flatMap(({ expected, key }) => (expected === "valid" ? [key] : [])));
    expect([...keys].filter((key) => !admitKey(fromHex(key)).ok)).toEqual([]);
    expect(keys.size).toBeGreaterThan(20);
  });

  it.skipIf(absent)(needingVectors("verifies RFC 8032's examples and signs them to the same bytes"), async () => {
    expect(rfc8032()).toHaveLength(4);
    for (const vector of rfc8032()) {
      const signer = signerFrom(fromHex(vector.secret));
      expect(toHex(signer.key), vector.name).toBe(vector.key);
      expect(toHex(signer.sign(fromHex(vector.message))), vector.name).toBe(vector.signature);
      expect(await signatureVerdict(vector), vector.name).toBe("ok");
    }
  });

  it.skipIf(absent)(needingVectors("derives the public key of RFC 9421's example and signs with it"), async () => {
    const published = readVectors<{ d: string; x: string }>("webhooks/rfc9421_ed25519_key.json");
    const signer = signerFrom(Buffer.from(published.d, "base64url"));
    expect(Buffer.from(signer.key).toString("base64url")).toBe(published.x);
    expect(admitKey(signer.key).ok).toBe(true);
    const message = "72";
    const signature = toHex(signer.sign(fromHex(message)));
    expect(await signatureVerdict({ key: toHex(signer.key), message, signature })).toBe("ok");
  });

  it.skipIf(absent)(
    needingVectors("leaves DSSE's one example out, since its signature is ECDSA over P-256"),
    async () => {
      const { vectors, excerpt } = readVectors<{ vectors: unknown[]; excerpt: string }>(
        "ed25519-and-signatures/dsse_pae.json",
      );
      expect(vectors).toHaveLength(1);
      expect(excerpt).toContain("Algorithm: ECDSA over NIST P-256");
      // What the encoding is for, separating contexts, is COSE's Sig_structure here; see test/shared/observation.
      const [, signature = ""] = /"sig": "([^"]+)"/.exec(excerpt) ?? [];
      expect(Buffer.from(signature, "base64")).toHaveLength(64);
      expect(everySignatureVector().some(({ file }) => file.includes("dsse"))).toBe(false);
    },
  );
});

describe("RFC 8032 §7.1, restated", () => {
  const TEST_2 = {
    secret: "4ccd089b28ff96da9db6c346ec114e0f5b8a319f35aba624da8cf6ed4fb8a6fb",
    key: "3d4017c3e843895a92b70aa74d1b7ebc9c982ccf2ec4968cc0cd55f12af4660c",
    message: "72",
    signature:
      "92a009a9f0d4cab8720e820b5f642540a2b27b5416503f8fb3762223ebdb69da" +
      "085ac1e43e15996e458f3613d0f11d8c387b2eaeb4302aeeb00d291612bb0c00",
  };

  it("signs and verifies test 2", async () => {
    const signer = signerFrom(fromHex(TEST_2.secret));
    expect(toHex(signer.key)).toBe(TEST_2.key);
    expect(toHex(signer.sign(fromHex(TEST_2.message)))).toBe(TEST_2.signature);
    expect(await signatureVerdict(TEST_2)).toBe("ok");
  });
});
