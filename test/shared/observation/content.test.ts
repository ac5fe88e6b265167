// The bytes that are kept of a content are those of its encoding, whichever way its payload was read.
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { decodeCanonical } from "../../../shared/cbor/decode.ts";
import { encodeCanonical } from "../../../shared/cbor/encode.ts";
import { readAs, readDirect, spelt } from "../../../shared/cbor/read.ts";
import type { CborMap } from "../../../shared/cbor/value.ts";
import { CONTENT_BYTES_MAX, NAME_LENGTH_MAX } from "../../../shared/limits.ts";
import { contentBytes, contentLength, contributionIn } from "../../../shared/observation/content.ts";

const payloadOf = (role: string, content: CborMap) =>
  new Map<string, string | CborMap>([
    ["role", role],
    ["content", content],
  ]);

describe("a content", () => {
  const role = fc.string({ minLength: 1, maxLength: NAME_LENGTH_MAX, unit: "grapheme" }).filter((text) => {
    return text.length <= NAME_LENGTH_MAX && !text.startsWith("\ufeff") && text.isWellFormed();
  });
  const value = fc.oneof(fc.integer(), fc.string(), fc.boolean(), fc.constant(null), fc.uint8Array({ maxLength: 40 }));
  const content = fc.dictionary(fc.string({ minLength: 1, maxLength: 30 }), value, { maxKeys: 12 });

  it("has the bytes of its encoding, read from its payload in place or not", () => {
    fc.assert(
      fc.property(role, content, (name, fields) => {
        const said = new Map(Object.entries(fields));
        const bytes = encodeCanonical(payloadOf(name, said));
        const decoded = decodeCanonical(bytes);
        if (!decoded.ok) throw new Error(decoded.fault.code);
        for (const payload of [readDirect(bytes, spelt), spelt(decoded.value, "payload")]) {
          const read = readAs(payload?.value ?? null, contributionIn(payload?.bytes ?? bytes), "payload");
          if (!read.ok) throw new Error(read.fault.code);
          expect(contentBytes(read.value)).toEqual(encodeCanonical(said));
          expect(contentLength(read.value)).toBe(encodeCanonical(said).length);
          expect({ ...read.value }).toEqual({ kind: "contribution", role: name, content: said });
        }
      }),
      { numRuns: 500 },
    );
  });

  it("is refused from the first byte on that is too many", () => {
    const filled = (size: number) => new Map([["x", new Uint8Array(size)]]);
    const beside = encodeCanonical(filled(1_000)).length - 1_000;
    const read = (bytes: number) => {
      const payload = payloadOf("bidder", filled(bytes - beside));
      return readAs(payload, contributionIn(encodeCanonical(payload)), "payload");
    };
    expect(read(CONTENT_BYTES_MAX)).toMatchObject({ ok: true });
    expect(read(CONTENT_BYTES_MAX + 1)).toMatchObject({
      fault: { code: "FIELD_INVALID", detail: { path: "payload.content", need: `at most ${CONTENT_BYTES_MAX} bytes` } },
    });
  });
});
