// Every field is mandatory and no other is known: whatever is dropped or added, at any depth and in any kind, is named. And whatever
// single bit of a frame is changed, the door refuses it without throwing.
import { describe, expect, it } from "vitest";
import { parseCredential } from "../../../shared/authority/credential.ts";
import { compareBytes } from "../../../shared/bytes.ts";
import { decodeCanonical } from "../../../shared/cbor/decode.ts";
import { encodeCanonical } from "../../../shared/cbor/encode.ts";
import type { CborMap, CborValue } from "../../../shared/cbor/value.ts";
import { parseSign1, signStatement } from "../../../shared/cose/sign1.ts";
import { admit } from "../../../shared/observation/admit.ts";
import { KINDS } from "../../../shared/observation/body.ts";
import { stepOf } from "../../../shared/observation/door-steps.ts";
import type { Kind } from "../../../shared/observation/observation.ts";
import { REFUSALS } from "../../../shared/refusals.ts";
import type { Fault } from "../../../shared/result.ts";
import { encodable } from "../../support/oracles.ts";
import { AGENT, flipBit, frameOf, grantTo, type Recipe, ROOT, soundRecipe, trustOf } from "../../support/recipes.ts";

const FIELDS = [
  "kind",
  "version",
  "mesh",
  "ceremony",
  "round",
  "slot",
  "authority_credential",
  "device_hash",
  "spatial_reference",
  "temporal_reference",
  "time_to_live",
  "governance_class",
  "payload",
  "lineage",
  "critical",
];
/** Fields that are records themselves; `payload` is one for every kind. */
const RECORDS = ["slot", "spatial_reference", "temporal_reference", "lineage", "lineage.derivation", "payload"];

type Path = readonly string[];

function at(value: CborValue | undefined, path: Path): CborMap {
  const [name, ...rest] = path;
  return name === undefined ? (value as CborMap) : at((value as CborMap).get(name), rest);
}

/** A copy of a document in which the record at `path` is changed. */
function changed(value: CborMap, path: Path, change: (record: Map<string | number, CborValue>) => void): CborMap {
  const copy = new Map(value);
  const [name, ...rest] = path;
  if (name === undefined) change(copy);
  else copy.set(name, changed(value.get(name) as CborMap, rest, change));
  return copy;
}

async function faultOf(recipe: Recipe) {
  const admitted = await admit(frameOf(recipe), await trustOf(recipe));
  return admitted.ok ? null : { code: admitted.fault.code, path: admitted.fault.detail.path };
}

/** Every record of a kind's observation: the document itself, and those within. */
function recordsOf(kind: Kind): readonly Path[] {
  const { fields } = soundRecipe(kind);
  const inner = RECORDS.map((path) => path.split(".")).filter((path) => at(fields as CborMap, path) instanceof Map);
  return [[], ...inner];
}

describe("the fields of an observation", () => {
  it("are the fifteen that the design names", () => {
    for (const kind of KINDS) expect([...soundRecipe(kind).fields.keys()].sort()).toEqual([...FIELDS].sort());
  });

  it.each(KINDS)("are all mandatory in a %s: the one that is dropped is named", async (kind) => {
    const sound = soundRecipe(kind);
    let dropped = 0;
    for (const path of recordsOf(kind)) {
      for (const name of at(sound.fields as CborMap, path).keys()) {
        const fields = changed(sound.fields as CborMap, path, (record) => record.delete(name));
        const wanted = { code: "FIELD_MISSING", path: [...path, name].join(".") };
        expect(await faultOf({ ...sound, fields: fields as Recipe["fields"] })).toEqual(wanted);
        dropped += 1;
      }
    }
    expect(dropped).toBeGreaterThan(FIELDS.length + 12);
  });

  it.each(KINDS)("have no unknown companion in a %s: the one that is added is named", async (kind) => {
    const sound = soundRecipe(kind);
    for (const path of recordsOf(kind)) {
      const fields = changed(sound.fields as CborMap, path, (record) => record.set("weather", "fine"));
      const wanted = { code: "FIELD_UNKNOWN", path: [...path, "weather"].join(".") };
      expect(await faultOf({ ...sound, fields: fields as Recipe["fields"] })).toEqual(wanted);
    }
    expect(recordsOf(kind).length).toBeGreaterThan(5);
  });

  it.each(FIELDS)("are typed: %s that is a list of a map is refused by its path", async (name) => {
    const sound = soundRecipe();
    const fields = new Map(sound.fields).set(name, [new Map([["a", 1]])]);
    const fault = await faultOf({ ...sound, payload: () => encodeCanonical(encodable(fields)) });
    expect(fault?.code).toBe("FIELD_INVALID");
    expect(String(fault?.path).startsWith(name)).toBe(true);
  });

  it("may be null only where the design says so", async () => {
    const refused: string[] = [];
    for (const name of FIELDS) {
      const sound = soundRecipe();
      const fields = new Map(sound.fields).set(name, null);
      const fault = await faultOf({ ...sound, payload: () => encodeCanonical(encodable(fields)) });
      if (fault !== null) refused.push(name);
    }
    expect(FIELDS.filter((name) => !refused.includes(name))).toEqual(["spatial_reference"]);
  });
});

describe("the fields of a credential", () => {
  const grant = grantTo(AGENT.key);
  const signed = (fields: Readonly<Record<string, unknown>>) =>
    signStatement(encodeCanonical(encodable(new Map(Object.entries(fields)) as CborMap)), "quorate/credential/1", ROOT)
      .frame;

  it.each(Object.keys(grant))("are all mandatory: %s is named where it is dropped", (name) => {
    const rest = Object.fromEntries(Object.entries(grant).filter(([other]) => other !== name));
    expect(parseCredential(signed(rest))).toMatchObject({
      fault: { code: "FIELD_MISSING", detail: { path: `credential.${name}` } },
    });
  });

  it("have no unknown companion", () => {
    expect(parseCredential(signed({ ...grant, weather: "fine" }))).toMatchObject({
      fault: { code: "FIELD_UNKNOWN", detail: { path: "credential.weather" } },
    });
  });
});

describe("one flipped bit", () => {
  it.each([0, 3, 7])("is refused wherever it is: bit %i of every byte of a frame", async (bit) => {
    const recipe = soundRecipe("precommit");
    const frame = frameOf(recipe);
    const trust = await trustOf(recipe);
    expect((await admit(frame, trust)).ok).toBe(true);
    const codes = new Map<string, number>();
    for (let place = 0; place < frame.length; place++) {
      const admitted = await admit(flipBit(frame, place, bit), trust);
      const code = admitted.ok ? `admitted at ${place}` : admitted.fault.code;
      codes.set(code, (codes.get(code) ?? 0) + 1);
    }
    expect([...codes.keys()].filter((code) => !Object.hasOwn(REFUSALS, code))).toEqual([]);
    expect([...codes.values()].reduce((sum, count) => sum + count)).toBe(frame.length);
    expect(codes.get("SIGNATURE_INVALID")).toBeGreaterThan(100);
  });
});

describe("one flipped bit in a field", () => {
  /** Where the value of each field lies in the payload of a frame: fields follow each other in canonical order. */
  function placesOf(
    payload: Uint8Array,
    fields: ReadonlyMap<string, CborValue>,
  ): ReadonlyMap<string, readonly [number, number]> {
    const places = new Map<string, readonly [number, number]>();
    let at = 1;
    const encoded = [...fields].map(([name, value]) => ({
      name,
      key: encodeCanonical(name),
      value: encodeCanonical(encodable(value)),
    }));
    encoded.sort((a, b) => compareBytes(a.key, b.key));
    for (const { name, key, value } of encoded) {
      places.set(name, [at + key.length, at + key.length + value.length]);
      at += key.length + value.length;
    }
    expect(at).toBe(payload.length);
    return places;
  }

  it.each(KINDS)(
    "of a %s fails at its form, at its structure by the field's name, or at the signature",
    async (kind) => {
      const recipe = soundRecipe(kind);
      const frame = frameOf(recipe);
      const trust = await trustOf(recipe);
      const parsed = parseSign1(frame);
      if (!parsed.ok) throw new Error(parsed.fault.code);
      const { payload } = parsed.value;
      const decoded = decodeCanonical(payload);
      if (!decoded.ok) throw new Error(decoded.fault.code);
      const start = Buffer.from(frame).indexOf(Buffer.from(payload));
      const places = placesOf(payload, decoded.value as ReadonlyMap<string, CborValue>);
      for (const [name, [from, until]] of places) {
        const stride = Math.max(1, Math.floor((until - from) / 8));
        for (let at = from; at < until; at += stride) {
          const admitted = await admit(flipBit(frame, start + at, at % 8), trust);
          if (admitted.ok) throw new Error(`${name} may be altered`);
          expectNamed(name, admitted.fault);
        }
      }
    },
  );

  /** A structural refusal names the altered field, or one that must agree with it; what no structure shows, the signature does. */
  function expectNamed(name: string, { code, detail }: Fault) {
    expect(["form", "structure", "key", "signature"], `${name}: ${code}`).toContain(stepOf(code));
    if (!code.startsWith("FIELD_")) return;
    const group = String(detail.path).split(/[.[]/)[0] ?? "";
    const agreeing = name === "kind" || name === "version" ? FIELDS : [name, "credential", "continuity", "payload"];
    expect(agreeing, `${name}: ${code} at ${detail.path}`).toContain(group);
  }
});
