// Batches of earlier engines, which stated the root over what they hold: they are what they were, with everyone and in every store.
import { describe, expect, it } from "vitest";
import { rootsOf } from "../../../cli/stack/party.ts";
import { assembleTrust } from "../../../shared/authority/trust.ts";
import { decodeCanonical } from "../../../shared/cbor/decode.ts";
import { encodeCanonical } from "../../../shared/cbor/encode.ts";
import type { CborMap, Encodable } from "../../../shared/cbor/value.ts";
import { rootOfSet } from "../../../shared/closing/root.ts";
import { parseSign1, signStatement } from "../../../shared/cose/sign1.ts";
import { idBytes } from "../../../shared/hash.ts";
import { admit } from "../../../shared/observation/admit.ts";
import { parseObservation } from "../../../shared/observation/decode.ts";
import { reopenKept, reopenSmall, writeKept } from "../../../shared/observation/kept.ts";
import { type BatchBody, isKind, type Observation } from "../../../shared/observation/observation.ts";
import { batchBy, bidsIn, openSale } from "../../support/bidders.ts";

const sale = openSale(5);
const batch = batchBy(sale, "acme", bidsIn(sale, 12)) as Observation<BatchBody>;
const { body: known } = batch;
const { party } = sale.net.agent("acme");
const trust = assembleTrust({ mesh: null, pins: rootsOf(sale.parties) });

/** The same batch as its elector would have signed it with this root. */
function stating(root: Uint8Array): Uint8Array {
  const sign1 = parseSign1(batch.frame);
  const fields = sign1.ok ? decodeCanonical(sign1.value.payload) : sign1;
  if (!fields.ok) throw new Error(fields.fault.code);
  const wire = new Map(fields.value as CborMap);
  wire.set("payload", new Map(wire.get("payload") as CborMap).set("root", root));
  return signStatement(encodeCanonical(wire as Encodable), "quorate/observation/1", party.identity.signer).frame;
}

const rooted = stating(idBytes(rootOfSet(known.members.map(({ id }) => id))));

describe("a batch that states the root over what it holds", () => {
  it("is admitted, and holds what one without it does", async () => {
    const admitted = await admit(rooted, trust);
    if (!admitted.ok || !isKind(admitted.value, "batch")) throw new Error("an earlier batch is refused");
    expect(admitted.value.body.members.map(({ id }) => id)).toEqual(known.members.map(({ id }) => id));
    expect(admitted.value.id).not.toBe(batch.id);
  });

  it("is read again from a store, by its frame and by what was kept beside it", () => {
    const small = reopenSmall(rooted) as Observation<BatchBody>;
    expect(small.body.members.map(({ frame }) => frame)).toEqual(known.members.map(({ frame }) => frame));
    const again = reopenKept(rooted, writeKept(small) as Uint8Array) as Observation<BatchBody>;
    expect(again.body.members.map(({ frame }) => frame)).toEqual(known.members.map(({ frame }) => frame));
  });

  it.each([
    ["of another set", idBytes(rootOfSet([batch.id])), "payload.root"],
    ["that is too short", new Uint8Array(31), "payload.root"],
  ])("is refused under a root %s", (_, root, path) => {
    expect(parseObservation(stating(root))).toMatchObject({ fault: { code: "FIELD_INVALID", detail: { path } } });
  });
});
