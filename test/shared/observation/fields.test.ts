// Every field is mandatory and no other is known: whatever is dropped or added, at any depth and in any kind, is named. And whatever
// single bit of a frame is changed, the door refuses it without throwing.
import { describe, expect, it } from "vitest";
import { parseCredential } from "../../../shared/authority/credential.ts";
import { readableKeys } from "../../../shared/cbor/decode.ts";
import { encodeCanonical } from "../../../shared/cbor/encode.ts";
import type { CborMap, CborValue } from "../../../shared/cbor/value.ts";
import { parseSign1, signStatement } from "../../../shared/cose/sign1.ts";
import { admit } from "../../../shared/observation/admit.ts";
import { KINDS } from "../../../shared/observation/body.ts";
import { parseObservation } from "../../../shared/observation/decode.ts";
import { FIELDS } from "../../../shared/observation/field-of.ts";
import type { Kind } from "../../../shared/observation/observation.ts";
import { suspectFields } from "../../../shared/observation/suspects.ts";
import { REFUSALS } from "../../../shared/refusals.ts";
import { encodable } from "../../support/oracles.ts";
import { AGENT, flipBit, frameOf, grantTo, type Recipe, ROOT, soundRecipe, trustOf } from "../../support/recipes.ts";

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

function sign1Of(frame: Uint8Array) {
  const parsed = parseSign1(frame);
  if (!parsed.ok) throw new Error(parsed.fault.code);
  return parsed.value;
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

/** One flipped bit in the value of a field. */
type Flip = { readonly field: string; readonly place: string; readonly frame: Uint8Array };

/** Flips in every field's value: of each byte that `takes` a bit, counted from the value's beginning. */
function* flipsOf(frame: Uint8Array, takes: (place: number) => readonly number[]): Generator<Flip> {
  const { payload } = sign1Of(frame);
  const start = Buffer.from(frame).indexOf(Buffer.from(payload));
  const values = readableKeys(payload);
  expect(values.map(({ key }) => key).sort()).toEqual([...FIELDS].sort());
  for (const [index, { key: field, at }] of values.entries()) {
    const next = values[index + 1];
    const until = next === undefined ? payload.length : next.at - encodeCanonical(next.key).length;
    for (let place = 0; place < until - at; place++)
      for (const bit of takes(place))
        yield {
          field,
          place: `bit ${bit} of byte ${place} of ${field}`,
          frame: flipBit(frame, start + at + place, bit),
        };
  }
}

describe("one flipped bit in a field", () => {
  /** Every bit of all kinds would take a minute: one of each byte, and all eight of those that say how long things are. */
  const most = (place: number) => (place < 3 ? [0, 1, 2, 3, 4, 5, 6, 7] : [place % 8]);

  it.each(KINDS)("of a %s is refused by the name of that field, or by the signature over all of them", async (kind) => {
    const counts = { named: 0, signature: 0 };
    for (const { field, place, frame } of flipsOf(frameOf(soundRecipe(kind)), most)) {
      const altered = parseObservation(frame);
      counts[altered.ok ? "signature" : "named"] += 1;
      if (!altered.ok) expect(altered.fault.detail.field, place).toBe(field);
    }
    expect(Math.min(counts.named, counts.signature)).toBeGreaterThan(200);
  });

  it.each([
    ["call", ["authority_credential", "device_hash", "mesh", "payload"]],
    ["witness", ["authority_credential", "device_hash", "mesh", "payload"]],
    ["contribution", ["authority_credential", "device_hash", "mesh"]],
  ] as const)(
    "of a %s that its structure does not show is refused by the signature, and told where fields answer for themselves",
    async (kind, answering) => {
      const recipe = soundRecipe(kind);
      const trust = await trustOf(recipe);
      const told = new Set<string>();
      for (const { field, place, frame } of flipsOf(frameOf(recipe), (at) => (at % 13 === 1 ? [0] : []))) {
        const parsed = parseObservation(frame);
        if (!parsed.ok) continue;
        const refused = await admit(frame, trust);
        expect(refused).toMatchObject({ fault: { code: "SIGNATURE_INVALID", detail: { field: "signature" } } });
        const suspects = await suspectFields(parsed.value.observation);
        // Of a payload only what it states by hash answers for itself.
        const silent = field === "payload" && suspects.length === 0;
        expect(suspects, place).toEqual(answering.some((name) => name === field) && !silent ? [field] : []);
        for (const name of suspects) told.add(name);
      }
      expect([...told].sort()).toEqual(answering);
    },
  );
});
