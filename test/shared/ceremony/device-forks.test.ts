// A cloned device in a ceremony: every party that holds what both copies said writes down the fork and names both observations.
import { describe, expect, it } from "vitest";
import { type DeviceLinkBody, deviceHash, issueDeviceLink } from "../../../shared/authority/continuity.ts";
import { sha256 } from "../../../shared/hash.ts";
import { authorFor } from "../../../shared/observation/author.ts";
import { approvalNetwork, lineageOf } from "../../support/evidence.ts";
import { START } from "../../support/network.ts";
import { MESH, testParties } from "../../support/parties.ts";
import { HOUR } from "../../support/statements.ts";

describe("a cloned device", () => {
  it("is written down by whoever sees both copies, and by nobody who sees one", () => {
    const parties = testParties(4);
    const [acme] = parties as readonly [(typeof parties)[number]];
    const body: Omit<DeviceLinkBody, "kind" | "version"> = {
      mesh: MESH,
      device: acme.identity.signer.key,
      epoch: 0,
      schedule: { start: START - HOUR, length: HOUR },
      prev: null,
      state: sha256(new Uint8Array()),
      nonce: new Uint8Array(16),
      holder: "software",
    };
    const prev = deviceHash(null, body.state, body.nonce);
    const net = approvalNetwork(parties);
    net.open();
    net.deliverAll();
    const copies = ["here", "there"].map((place, index) => {
      const state = sha256(new TextEncoder().encode(place));
      const next = issueDeviceLink({ ...body, epoch: 1, prev, state }, acme.root);
      return authorFor({ ...acme.identity, deviceLinks: [issueDeviceLink(body, acme.root), next] })({
        ceremony: net.call.id,
        round: 0,
        slot: { seat: 0, attempt: null, item: place },
        at: [net.now, net.now],
        timeToLive: HOUR,
        lineage: { sequence: index + 1, prev: null, parents: [], sources: [], derivation: null },
        body: { kind: "contribution", role: "approver", content: new Map([["choice", "approve"]]) },
      });
    });
    const hear = (name: string, observations: typeof copies) =>
      net.turn(name, { on: "observations", now: net.now, observations });
    hear("bolt", copies);
    hear("crux", [...copies].reverse());
    hear("dune", copies.slice(0, 1));
    const forks = ["bolt", "crux", "dune"].map((name) =>
      lineageOf(net.agent(name)).filter(
        ({ kind, detail }) => kind === "byzantine-event" && detail.code === "DEVICE_FORKED",
      ),
    );
    const ids = copies.map(({ id }) => id).sort();
    expect(forks.map((entries) => entries.map(({ about, by }) => [about, by]))).toEqual([
      [[ids, "acme"]],
      [[ids, "acme"]],
      [],
    ]);
  });
});
