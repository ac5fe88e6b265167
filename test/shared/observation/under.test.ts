// A call under a coalition, and a notice that carries a withdrawal, on the wire: every field and no other, one spelling of each, and what is carried is
// signed as well as what carries it.
import { describe, expect, it } from "vitest";
import { rootsOf } from "../../../cli/stack/party.ts";
import { assembleTrust } from "../../../shared/authority/trust.ts";
import { decodeCanonical } from "../../../shared/cbor/decode.ts";
import { encodeCanonical } from "../../../shared/cbor/encode.ts";
import { readAs } from "../../../shared/cbor/read.ts";
import type { CborValue } from "../../../shared/cbor/value.ts";
import { admit } from "../../../shared/observation/admit.ts";
import { authorFor } from "../../../shared/observation/author.ts";
import { parseObservation } from "../../../shared/observation/decode.ts";
import type { Withdrawal } from "../../../shared/observation/observation.ts";
import { readUnder, underFields } from "../../../shared/observation/under.ts";
import { SECOND, START } from "../../support/network.ts";
import { nation, operation, parties, signed } from "../../support/operations.ts";
import { flipBit } from "../../support/recipes.ts";
import { underOf } from "../../support/under.ts";

const UNDER = underOf(parties, {
  matters: ["tow", "escort"],
  clauses: [
    { matter: "tow", id: "C3", effect: "permit", value: "tow", label: "CLOSED", from: "crux", via: ["crux/to-acme"] },
  ],
});

function wire(change: (fields: Map<string, CborValue>) => void = () => undefined) {
  const decoded = decodeCanonical(encodeCanonical(underFields(UNDER)));
  if (!decoded.ok) throw new Error(decoded.fault.code);
  const fields = new Map(decoded.value as ReadonlyMap<string, CborValue>);
  change(fields);
  return readAs(fields, readUnder, "under");
}
const reversed = (name: string) => (fields: Map<string, CborValue>) =>
  void fields.set(name, (fields.get(name) as readonly CborValue[]).toReversed());

describe("what a call says of its coalition", () => {
  it("comes back as it was written, and stands in the call", () => {
    expect(wire()).toEqual({ ok: true, value: UNDER });
    const { call } = operation({});
    const again = parseObservation(call.frame);
    expect(again.ok && again.value.observation.body).toMatchObject({ kind: "call", under: underOf(parties) });
  });

  it.each([
    ["a field is missing", (fields: Map<string, CborValue>) => void fields.delete("shift")],
    ["a field is not known", (fields: Map<string, CborValue>) => void fields.set("veto", true)],
    ["roots are in another order", reversed("roots")],
    ["translators are in another order", reversed("translators")],
    ["roads are in another order", reversed("roads")],
    ["matters are in another order", reversed("matters")],
    [
      "a road is empty",
      (fields: Map<string, CborValue>) =>
        void fields.set("roads", [
          new Map<string, CborValue>([
            ["authority", "bolt"],
            ["roads", [[]]],
          ]),
        ]),
    ],
    ["an instant is a fraction of nothing", (fields: Map<string, CborValue>) => void fields.set("at", -1)],
  ])("is refused where %s", (_name, change) => {
    expect(wire(change).ok).toBe(false);
  });
});

describe("a notice that carries a withdrawal", () => {
  const trust = assembleTrust({ mesh: null, pins: rootsOf(parties) });
  const [, bolt] = parties as readonly [(typeof parties)[number], (typeof parties)[number]];
  const real = signed("crux", "*", START + SECOND);
  const carrying = (withdrawal: Pick<Withdrawal, "frame">, ceremony: string | null = "ab".repeat(32)) =>
    authorFor(bolt.identity)({
      ceremony,
      round: ceremony === null ? null : 0,
      slot: { seat: ceremony === null ? null : 1, attempt: null, item: null },
      at: [START, START],
      timeToLive: 100 * SECOND,
      lineage: { sequence: 0, prev: null, parents: [], sources: [], derivation: null },
      body: { kind: "notice", withdrawal: { ...real, ...withdrawal } },
    }).frame;
  const codeOf = async (frame: Uint8Array) => {
    const admitted = await admit(frame, trust);
    return admitted.ok ? null : admitted.fault.code;
  };

  it("passes the door with whatever root signed it: whose that is, the call says", async () => {
    expect(await codeOf(carrying(real))).toBeNull();
    const admitted = await admit(carrying(real), trust);
    expect(admitted.ok && admitted.value.body).toMatchObject({ kind: "notice", withdrawal: { id: real.id } });
  });

  it.each([
    ["its signature is altered", carrying({ frame: flipBit(real.frame, -40) }), "SIGNATURE_INVALID"],
    ["it is no declaration", carrying({ frame: operation({}).call.frame }), "FIELD_INVALID"],
    ["it is a notice again", carrying({ frame: carrying(real) }), "FIELD_INVALID"],
    ["it declares something else", carrying(nation("crux").policy([], [])), "FIELD_INVALID"],
    ["it is in no ceremony", carrying(real, null), "FIELD_INVALID"],
  ])("is refused where %s", async (_name, frame, code) => {
    expect(await codeOf(frame)).toBe(code);
  });
});
