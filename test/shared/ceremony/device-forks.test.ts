// A cloned device in a ceremony: every party that holds what both copies said writes down the fork and names both observations; and over the closed
// set all judge it alike, whichever copy each of them met: where slots are void, everything the device said is, and where each value counts, it does.
import { describe, expect, it } from "vitest";
import type { Party } from "../../../cli/stack/party.ts";
import { type DeviceLinkBody, deviceHash, issueDeviceLink } from "../../../shared/authority/continuity.ts";
import { verifyBundle } from "../../../shared/evidence/verify.ts";
import { sha256 } from "../../../shared/hash.ts";
import { authorFor } from "../../../shared/observation/author.ts";
import type { VerifiedObservation } from "../../../shared/observation/observation.ts";
import { pinPolicy } from "../../../shared/policy/decode.ts";
import { QUORUM } from "../../../shared/policy/patterns/quorum.ts";
import { bundleOf, bytesOf, lineageOf, trustIn } from "../../support/evidence.ts";
import { type Agent, Network, SECOND, START } from "../../support/network.ts";
import { MESH, testParties } from "../../support/parties.ts";
import { HOUR } from "../../support/statements.ts";

const parties = testParties(4);
const [acme] = parties as readonly [Party];
const utf8 = new TextEncoder();

const enrolment: Omit<DeviceLinkBody, "kind" | "version"> = {
  mesh: MESH,
  device: acme.identity.signer.key,
  epoch: 0,
  schedule: { start: START - HOUR, length: HOUR },
  prev: null,
  state: sha256(new Uint8Array()),
  nonce: new Uint8Array(16),
  holder: "software",
};

/** acme's device as it went on at a place of its own. */
function deviceAt(place: string) {
  const prev = deviceHash(null, enrolment.state, enrolment.nonce);
  const next = issueDeviceLink({ ...enrolment, epoch: 1, prev, state: sha256(utf8.encode(place)) }, acme.root);
  return authorFor({ ...acme.identity, deviceLinks: [issueDeviceLink(enrolment, acme.root), next] });
}

type Saying = { readonly item?: string | null; readonly sequence?: number; readonly choice?: string };

function contribution(net: Network, place: string, { item = null, sequence = 1, choice = "approve" }: Saying = {}) {
  return deviceAt(place)({
    ceremony: net.call.id,
    round: 0,
    slot: { seat: 0, attempt: null, item },
    at: [net.now, net.now],
    timeToLive: HOUR,
    lineage: { sequence, prev: null, parents: [], sources: [], derivation: null },
    body: { kind: "contribution", role: "voter", content: new Map([["choice", choice]]) },
  });
}

function vote(equivocation: "each" | "void"): Network {
  const policy = pinPolicy({ ...QUORUM, equivocation, timing: { ...QUORUM.timing, early: false } });
  if (!policy.ok) throw new Error(policy.fault.code);
  const net = new Network(parties, policy.value, {
    role: "voter",
    closesAt: START + 10 * SECOND,
    expiresAt: START + 100 * SECOND,
  });
  net.open();
  net.deliverAll();
  net.down.add("acme");
  return net;
}

const hear = (net: Network, name: string, observations: readonly VerifiedObservation[]) =>
  net.turn(name, { on: "observations", now: net.now, observations });
const forksAt = (agent: Agent) =>
  lineageOf(agent).filter(({ kind, detail }) => kind === "byzantine-event" && detail.code === "DEVICE_FORKED");

/** Whoever is not acme votes, and the round closes. */
function close(net: Network): void {
  for (const name of ["bolt", "crux", "dune"]) net.attest(name, "approve");
  net.run(80, () => net.agents.slice(1).every(({ state }) => state.ending !== null));
  net.run(1);
}

async function expectAlike(net: Network, codes: readonly string[]): Promise<void> {
  const endings = net.agents.slice(1).map(({ state }) => state.ending);
  expect(new Set(endings.map((ending) => ending?.digest)).size).toBe(1);
  expect(endings[0]?.record.excluded.map(({ code }) => code)).toEqual(codes);
  for (const agent of net.agents.slice(1)) {
    const verified = await verifyBundle(bytesOf(bundleOf(agent)), { trust: trustIn(parties) });
    expect([verified.verdict, verified.outcome?.digest]).toEqual(["passed", endings[0]?.digest]);
  }
}

describe("a cloned device", () => {
  it("is written down by whoever sees both copies, and by nobody who sees one", () => {
    const net = vote("each");
    const copies = ["here", "there"].map((place, index) =>
      contribution(net, place, { item: place, sequence: index + 1 }),
    );
    hear(net, "bolt", copies);
    hear(net, "crux", [...copies].reverse());
    hear(net, "dune", copies.slice(0, 1));
    const ids = copies.map(({ id }) => id).sort();
    const forks = ["bolt", "crux", "dune"].map((name) => forksAt(net.agent(name)));
    expect(forks.map((entries) => entries.map(({ about, by }) => [about, by]))).toEqual([
      [[ids, "acme"]],
      [[ids, "acme"]],
      [],
    ]);
  });

  it("is seen by all once the set is closed, though each met one copy only while it was open", async () => {
    for (const [equivocation, codes] of [
      ["void", ["DEVICE_FORKED", "DEVICE_FORKED"]],
      ["each", []],
    ] as const) {
      const net = vote(equivocation);
      const copies = ["here", "there"].map((place, index) => contribution(net, place, { sequence: index + 1 }));
      hear(net, "bolt", copies.slice(0, 1));
      hear(net, "crux", copies.slice(1));
      hear(net, "dune", copies.slice(1));
      close(net);
      await expectAlike(net, codes);
      const ids = copies.map(({ id }) => id).sort();
      for (const agent of net.agents.slice(1)) expect(forksAt(agent).map(({ about }) => about)).toEqual([ids]);
      const [excluded] = net.agents[1]?.state.ending?.record.excluded ?? [];
      if (excluded !== undefined) expect([excluded.detail.first, excluded.detail.second]).toEqual(ids);
    }
  });

  it("is void in every slot, also where its copies spoke in different ones", async () => {
    const net = vote("void");
    const said = [
      contribution(net, "here", { item: "a", sequence: 1 }),
      contribution(net, "there", { item: "b", sequence: 1 }),
      contribution(net, "here", { item: "c", sequence: 2 }),
    ];
    hear(net, "bolt", said);
    close(net);
    await expectAlike(net, Array(3).fill("DEVICE_FORKED"));
    expect(net.agents[1]?.state.ending?.record.explanation.join()).toContain("3 of 4");
  });

  it("is not seen in a device that went on once: it may say much, and change its hash from epoch to epoch", async () => {
    const net = vote("void");
    hear(net, "bolt", [contribution(net, "here"), contribution(net, "here")]);
    close(net);
    await expectAlike(net, []);
    expect(net.agents.flatMap(forksAt)).toEqual([]);
  });
});
