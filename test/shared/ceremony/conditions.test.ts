// A pattern that came as a document, with conditions and attestation schemas, run by the core among organisations; and a policy that asks
// for more than this version knows.
import { describe, expect, it } from "vitest";
import { toHex } from "../../../shared/bytes.ts";
import { encodeCanonical } from "../../../shared/cbor/encode.ts";
import { fromJson, type Json } from "../../../shared/cbor/json.ts";
import type { CborMap, CborValue, Encodable } from "../../../shared/cbor/value.ts";
import { memoOf, restore } from "../../../shared/ceremony/restore.ts";
import { emptyState, phaseOf } from "../../../shared/ceremony/state.ts";
import { step } from "../../../shared/ceremony/step.ts";
import { verifyBundle } from "../../../shared/evidence/verify.ts";
import { sha256 } from "../../../shared/hash.ts";
import { authorFor } from "../../../shared/observation/author.ts";
import type { Call } from "../../../shared/observation/observation.ts";
import { pinPolicy } from "../../../shared/policy/decode.ts";
import { APPROVAL } from "../../../shared/policy/patterns/approval.ts";
import { approvalNetwork, bundleOf, bytesOf, trustIn } from "../../support/evidence.ts";
import { Network, SECOND, START, selfOf } from "../../support/network.ts";
import { testParties } from "../../support/parties.ts";
import { FREIGHT } from "../policy/freight.ts";

function cborOf(json: Json): CborValue {
  const value = fromJson(json);
  if (!value.ok) throw new Error(JSON.stringify(value.fault));
  return value.value;
}

const PARTIES = testParties(4);
const ROLES = ["source", "target", "terminal", "customs"];
const SAID: readonly { readonly [field: string]: Json }[] = [
  { choice: "released", subject: "C-9" },
  { choice: "taken", subject: "C-9" },
  { choice: "sound", subject: "C-9", attestation: { seal: "AB1234", kilograms: 900 } },
  { choice: "clear", subject: "C-9" },
];

function network(subject: Json, roles: readonly string[]): Network {
  const policy = pinPolicy(FREIGHT);
  if (!policy.ok) throw new Error(JSON.stringify(policy.fault));
  const times = { closesAt: START + 5 * SECOND, expiresAt: START + 200 * SECOND };
  return new Network(PARTIES.slice(0, roles.length), policy.value, {
    role: roles,
    subject: cborOf(subject),
    ...times,
  });
}

function ended(net: Network, said: readonly Json[]): Network {
  net.open();
  net.deliverAll();
  for (const [index, { party }] of net.agents.entries()) {
    const content = cborOf(said[index] as Json) as CborMap;
    net.turn(party.name, { on: "attest", now: net.now, content, item: null });
  }
  net.run(60, () => net.digests().every((digest) => digest !== null));
  expect(new Set(net.digests()).size).toBe(1);
  return net;
}

const recordOf = (net: Network) => net.agents[0]?.state.ending?.record;

describe("a pattern that is only a document", () => {
  const SUBJECT = { consignment: "C-9", crosses: true };

  it.each([false, true])("runs as the shipped ones do (memory lost after each step: %s)", async (restoreAlways) => {
    const net = network(SUBJECT, ROLES);
    net.restoreAlways = restoreAlways;
    expect(recordOf(ended(net, SAID))).toMatchObject({ status: "decided", excluded: [] });
    const verdict = await verifyBundle(bytesOf(bundleOf(net.agent("crux"))), { trust: trustIn(PARTIES) });
    expect(verdict).toMatchObject({ verdict: "passed", outcome: { value: { choice: "handed over" } } });
  });

  it("needs no customs where no line is crossed, and is not even called without it where one is", () => {
    const domestic = network({ ...SUBJECT, crosses: false }, ROLES.slice(0, 3));
    expect(recordOf(ended(domestic, SAID))).toMatchObject({ status: "decided" });
    expect(() => network(SUBJECT, ROLES.slice(0, 3))).toThrow("POLICY_ROLE");
  });

  it("is not signed by a party's own agent where it would be excluded, and the slot stays free", () => {
    const net = network(SUBJECT, ROLES);
    net.open();
    net.deliverAll();
    const attest = (content: Json) =>
      net.turn("crux", { on: "attest", now: net.now, content: cborOf(content) as CborMap, item: null });
    const bad = { ...SAID[2], attestation: { seal: "AB1234" } };
    expect(attest(bad)).toMatchObject([{ verdict: "refused", code: "ATTESTATION_INVALID" }]);
    expect(attest({ choice: "banana" })).toMatchObject([{ verdict: "refused", code: "CONTENT_INVALID" }]);
    const other = { ...SAID[2], attestation: { seal: "broken", kilograms: 1 } };
    expect(attest(other)).toMatchObject([{ verdict: "refused", code: "CONDITION_UNMET" }]);
    expect(attest(SAID[2] as Json)).toMatchObject([{ verdict: "admitted" }]);
  });

  it("excludes what somebody signs all the same, with one record for all", () => {
    const net = network(SUBJECT, ROLES);
    net.open();
    net.deliverAll();
    const liar = net.agent("crux");
    const bad = { ...SAID[2], attestation: { seal: "AB1234" } };
    const forged = liar.author({
      ceremony: net.call.id,
      round: 0,
      slot: { seat: 2, attempt: null, item: null },
      at: [net.now, net.now],
      timeToLive: 100 * SECOND,
      lineage: { sequence: 0, prev: null, parents: [net.call.id], sources: [], derivation: null },
      body: { kind: "contribution", role: "terminal", content: cborOf(bad) as CborMap },
    });
    for (const [index, name] of ["acme", "bolt", "dune"].entries()) {
      net.turn(name, { on: "observations", now: net.now, observations: [forged] });
      const content = cborOf(SAID[index === 2 ? 3 : index] as Json) as CborMap;
      net.turn(name, { on: "attest", now: net.now, content, item: null });
    }
    net.run(60, () => net.digests().every((digest) => digest !== null));
    expect(new Set(net.digests()).size).toBe(1);
    expect(recordOf(net)).toMatchObject({ status: "abandoned", excluded: [{ code: "ATTESTATION_INVALID" }] });
  });
});

describe("a policy that asks for what this version does not know", () => {
  const policy = encodeCanonical(
    cborOf({ ...(APPROVAL as unknown as object), critical: ["weather"] } as Json) as Encodable,
  );
  const parties = testParties(3);
  const [opener, other] = parties as [(typeof parties)[0], (typeof parties)[0]];
  const { call: sound } = approvalNetwork(parties);
  const body = { ...(sound.body as Call), policy, policyHash: toHex(sha256(policy)) };
  const call = authorFor(opener.identity)({
    ceremony: null,
    round: null,
    slot: { seat: null, attempt: null, item: null },
    at: [START, START],
    timeToLive: 120 * SECOND,
    lineage: { sequence: 0, prev: null, parents: [], sources: [], derivation: null },
    body,
  });
  const self = selfOf(other, parties);
  const author = authorFor(other.identity);
  const opened = step(emptyState(call.id, self), { on: "observations", now: START, observations: [call] }, author);

  it("holds one ceremony, and says what for; nothing is signed in it", () => {
    expect(phaseOf(opened.state)).toBe("held");
    expect(opened.state.hold).toBe("weather");
    const content = new Map([["choice", "approve"]]);
    const { receipts } = step(opened.state, { on: "attest", now: START, content, item: null }, author);
    expect(receipts).toMatchObject([{ verdict: "refused", code: "CEREMONY_HELD" }]);
  });

  it("keeps what comes meanwhile for a version that knows it, and holds again after a restart", () => {
    const said = authorFor(opener.identity)({
      ceremony: call.id,
      round: 0,
      slot: { seat: 0, attempt: null, item: null },
      at: [START, START],
      timeToLive: 120 * SECOND,
      lineage: { sequence: 0, prev: null, parents: [call.id], sources: [], derivation: null },
      body: { kind: "contribution", role: "approver", content: new Map([["choice", "approve"]]) },
    });
    const later = step(opened.state, { on: "observations", now: START, observations: [said] }, author);
    expect(later.receipts).toMatchObject([{ verdict: "held", code: "ROUND_UNKNOWN" }]);
    expect(later.effects.filter((effect) => effect.do === "append")).toHaveLength(1);
    const restored = restore(call.id, self, [call, said], memoOf(later.state));
    expect([phaseOf(restored), [...restored.parked.keys()]]).toEqual(["held", [said.id]]);
  });

  it("ends by its time like any other that did not come to an end", () => {
    const { state } = step(opened.state, { on: "clock", now: START + 121 * SECOND }, author);
    expect(phaseOf(state)).toBe("expired");
  });
});
