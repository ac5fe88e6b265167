// Published CBOR through our own functions. Our profile is narrower than any of the drafts, so that each vector is either refused
// with the code that its bytes call for, or decodes and encodes again to the same bytes. Every file is counted: none is passed over.
import { describe, expect, it } from "vitest";
import { decodeCanonical } from "../../shared/cbor/decode.ts";
import { encodeCanonical } from "../../shared/cbor/encode.ts";
import type { RefusalCode } from "../../shared/refusals.ts";
import { cbor2Decode, cborgDecode, comparable, encodable } from "../support/oracles.ts";
import {
  appendixA,
  appendixF,
  type CborVector,
  cdeTable,
  dcbor,
  duplicateKeys,
  everyCborVector,
  keyOrder,
} from "../support/published.ts";
import { needingVectors, vectorsDir } from "../support/vectors.ts";
import { cborVerdict, fromHex } from "../support/verdicts.ts";

const absent = vectorsDir === null;

/** The code that well-formed bytes outside the profile call for, told from their heads; "ok" for the rest. */
function expectedOf({ hex }: CborVector): RefusalCode | "ok" {
  if (/^[cd]/.test(hex)) return "CBOR_TAG";
  if (/^3b[89a-f]/.test(hex)) return "CBOR_INTEGER_RANGE";
  if (/^f[9ab]/.test(hex)) return "CBOR_FLOAT";
  if (/^f[078]/.test(hex)) return "CBOR_SIMPLE";
  // Strings, arrays and maps: one of indefinite length, at the top or inside, and its break.
  return /^[4-9ab].*ff/.test(hex) && /[579b]f/.test(hex) ? "CBOR_INDEFINITE" : "ok";
}

/** The codes that each category of malformed bytes may be refused with. Floats and simple values are refused at their first byte. */
const MALFORMED: readonly (readonly [RegExp, RegExp, readonly RefusalCode[]])[] = [
  [/^End of input in a head/, /^f8/, ["CBOR_SIMPLE"]],
  [/^End of input in a head/, /^f[9ab]/, ["CBOR_FLOAT"]],
  [/^End of input in a head/, /./, ["CBOR_TRUNCATED"]],
  [/^Definite-length/, /./, ["CBOR_TRUNCATED"]],
  [/^Tag number/, /./, ["CBOR_TAG"]],
  [/^Indefinite-length/, /./, ["CBOR_INDEFINITE"]],
  [/^subkind 1/, /./, ["CBOR_RESERVED"]],
  [/^subkind 2/, /./, ["CBOR_SIMPLE"]],
  [/^subkind 3/, /./, ["CBOR_INDEFINITE"]],
  // A map that announces more pairs than bytes follow is refused before its break is reached.
  [/^subkind 4/, /^a1ff$|^a20000ff$/, ["CBOR_TRUNCATED"]],
  [/^subkind 4/, /./, ["CBOR_INDEFINITE"]],
];

/** The ten rows that the CDE draft calls bad, and what ours says of each. */
const CDE_BAD: Readonly<Record<string, RefusalCode>> = {
  a2616200616101: "CBOR_KEY_ORDER",
  "98020405": "CBOR_NOT_SHORTEST",
  "1900ff": "CBOR_NOT_SHORTEST",
  c34a00010000000000000000: "CBOR_TAG",
  fa41280000: "CBOR_FLOAT",
  fa7fc00000: "CBOR_FLOAT",
  c243010000: "CBOR_TAG",
  "5f4101420203ff": "CBOR_INDEFINITE",
  f818: "CBOR_SIMPLE",
  fc: "CBOR_RESERVED",
};

function tally(vectors: readonly CborVector[]): Readonly<Record<string, number>> {
  const counts: Record<string, number> = {};
  for (const { hex } of vectors) counts[cborVerdict(hex)] = (counts[cborVerdict(hex)] ?? 0) + 1;
  return counts;
}

/** Every vector whose verdict is not the expected one, as text. */
function surprises(vectors: readonly CborVector[], expected = expectedOf): readonly string[] {
  return vectors
    .map((vector) => ({ ...vector, found: cborVerdict(vector.hex), wanted: expected(vector) }))
    .filter(({ found, wanted }) => found !== wanted)
    .map(({ name, hex, found, wanted }) => `${name} ${hex}: ${found}, not ${wanted}`);
}

describe("published CBOR", () => {
  it.skipIf(absent)(needingVectors("gives each of RFC 8949 appendix A its one verdict"), () => {
    expect(surprises(appendixA())).toEqual([]);
    expect(tally(appendixA())).toEqual({
      ok: 36,
      CBOR_TAG: 8,
      CBOR_INTEGER_RANGE: 1,
      CBOR_FLOAT: 22,
      CBOR_SIMPLE: 4,
      CBOR_INDEFINITE: 11,
    });
  });

  it.skipIf(absent)(
    needingVectors("refuses all 91 malformed items of RFC 8949 appendix F, each by what is wrong"),
    () => {
      const wrong = appendixF().filter(({ name, hex }) => {
        const row = MALFORMED.find(([category, bytes]) => category.test(name) && bytes.test(hex));
        return !row?.[2].includes(cborVerdict(hex) as RefusalCode);
      });
      expect(wrong).toEqual([]);
      const counts = tally(appendixF());
      expect(counts).toEqual({
        CBOR_TRUNCATED: 29,
        CBOR_SIMPLE: 5,
        CBOR_FLOAT: 3,
        CBOR_TAG: 1,
        CBOR_INDEFINITE: 29,
        CBOR_RESERVED: 24,
      });
      expect(Object.values(counts).reduce((sum, count) => sum + count)).toBe(91);
    },
  );

  it.skipIf(absent)(needingVectors("agrees with dCBOR on integers and refuses all that dCBOR refuses"), () => {
    expect(surprises(dcbor("encode"))).toEqual([]);
    expect(tally(dcbor("encode"))).toEqual({ ok: 25, CBOR_FLOAT: 16 });
    expect(surprises(dcbor("must_reject"))).toEqual([]);
    expect(tally(dcbor("must_reject"))).toEqual({ CBOR_FLOAT: 9, CBOR_INTEGER_RANGE: 2 });
  });

  it.skipIf(absent)(needingVectors("gives each row of the CDE table its one verdict, the bad rows by name"), () => {
    const rows = cdeTable();
    const sound = rows.filter(({ kind }) => kind === "int" || kind === "flt");
    const bad = rows.filter(({ kind }) => kind === "bad");
    expect([rows.length, sound.length, bad.length]).toEqual([76, 66, 10]);
    expect(surprises(sound)).toEqual([]);
    expect(tally(sound)).toEqual({ ok: 19, CBOR_INTEGER_RANGE: 1, CBOR_TAG: 2, CBOR_FLOAT: 44 });
    expect(Object.fromEntries(bad.map(({ hex }) => [hex, cborVerdict(hex)]))).toEqual(CDE_BAD);
  });

  it.skipIf(absent)(needingVectors("refuses the published duplicate keys"), () => {
    expect(duplicateKeys().map(({ hex }) => cborVerdict(hex))).toEqual(["CBOR_DUPLICATE_KEY"]);
  });

  it.skipIf(absent)(needingVectors("refuses keys of other types and floats in the published orders of keys"), () => {
    expect(keyOrder().map(({ name, hex }) => [name, cborVerdict(hex)])).toEqual([
      ["bytewise order", "CBOR_KEY_TYPE"],
      ["length-first order", "CBOR_KEY_TYPE"],
      ["1.5", "CBOR_FLOAT"],
      ["1000000.5", "CBOR_FLOAT"],
    ]);
  });

  it.skipIf(absent)(needingVectors("decodes what it passes to the value that two other strict decoders give"), () => {
    const passed = everyCborVector().filter(({ hex }) => cborVerdict(hex) === "ok");
    for (const { hex } of passed) {
      const bytes = fromHex(hex);
      const decoded = decodeCanonical(bytes);
      if (!decoded.ok) throw new Error(`${hex} was passed and then refused`);
      expect(comparable(decoded.value), hex).toEqual(comparable(cborgDecode(bytes)));
      expect(comparable(decoded.value), hex).toEqual(comparable(cbor2Decode(bytes)));
      expect(encodeCanonical(encodable(decoded.value)), hex).toEqual(bytes);
    }
    expect([everyCborVector().length, passed.length]).toEqual([306, 80]);
  });
});

describe("RFC 8949 §4.2.1, restated", () => {
  const KEYS = ["0a", "1864", "617a", "626161"];

  function orders(keys: readonly string[]): readonly (readonly string[])[] {
    if (keys.length === 0) return [[]];
    return keys.flatMap((key) => orders(keys.filter((other) => other !== key)).map((rest) => [key, ...rest]));
  }

  it("passes the four published keys of our profile in one of their 24 orders only", () => {
    const verdicts = orders(KEYS).map((keys) => cborVerdict(`a4${keys.map((key) => `${key}00`).join("")}`));
    expect(verdicts).toHaveLength(24);
    expect(verdicts.indexOf("ok")).toBe(0);
    expect(verdicts.slice(1).every((verdict) => verdict === "CBOR_KEY_ORDER")).toBe(true);
  });
});
