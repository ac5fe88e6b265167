// What a partner with a valid key may send, and what it must not bring about: each of these once stopped, split or wore out the others.
import { beforeEach, describe, expect, it } from "vitest";
import { readCall } from "../../../shared/ceremony/call.ts";
import type { Round } from "../../../shared/ceremony/state.ts";
import { proposerOf } from "../../../shared/closing/proposer.ts";
import { rootOfSet } from "../../../shared/closing/root.ts";
import { WITNESS_IDS_MAX } from "../../../shared/limits.ts";
import { parseObservation } from "../../../shared/observation/decode.ts";
import type { Body, Call, Id, VerifiedObservation } from "../../../shared/observation/observation.ts";
import { pinPolicy } from "../../../shared/policy/decode.ts";
import { APPROVAL } from "../../../shared/policy/patterns/approval.ts";
import { approvalNetwork } from "../../support/evidence.ts";
import { type Network, SECOND } from "../../support/network.ts";
import { testParties } from "../../support/parties.ts";

const parties = testParties(4);
const honest = ["acme", "bolt", "crux"] as const;
let net: Network;

/** A statement of the fourth party, which nobody's rules hold back. */
function signed(
  body: Exclude<Body, { kind: "unknown" }>,
  slot: { attempt?: number; item?: string } = {},
  at = net.now,
): VerifiedObservation {
  return net.agent("dune").author({
    ceremony: net.call.id,
    round: 0,
    slot: { seat: 3, attempt: slot.attempt ?? null, item: slot.item ?? null },
    at: [at, at],
    timeToLive: 86_400 * SECOND,
    lineage: { sequence: 1, prev: null, parents: [], sources: [], derivation: null },
    body,
  });
}

const take = (name: string, observation: VerifiedObservation) =>
  net.turn(name, { on: "observations", now: net.now, observations: [observation] })[0];
const codes = (name: string, observation: VerifiedObservation) => take(name, observation)?.code;
const endings = () => honest.map((name) => net.agent(name).state.ending?.digest);
const witness = (ids: readonly Id[], root: Id) => signed({ kind: "witness", ids, root });

beforeEach(() => {
  net = approvalNetwork(parties, 10);
  net.open();
  net.deliverAll();
  net.attest("dune", "approve");
  net.deliverAll();
  net.down.add("dune");
});

describe("a Byzantine elector of four", () => {
  it("splits nobody by listing other sets under everyone's root", () => {
    for (const name of honest) net.attest(name, "approve");
    net.deliverAll();
    const held = [...(net.agent("acme").state.rounds[0]?.held.keys() ?? [])].sort();
    expect(held).toHaveLength(4);
    const root = rootOfSet(held);
    expect(
      honest.map((name, index) => codes(name, witness(held.slice(index), index === 0 ? rootOfSet([]) : root))),
    ).toEqual(Array(3).fill("WITNESS_ROOT"));
    net.run(40, () => endings().every((digest) => digest !== undefined));
    expect(new Set(endings()).size).toBe(1);
    expect(net.agent("bolt").state.ending?.record.status).toBe("decided");
  });

  it("stops nobody by what they cannot read; two of four do, and nothing is claimed", () => {
    const unread = (seat: number) =>
      ({
        ...signed({ kind: "outcome", digest: net.call.id, status: "decided" }),
        slot: { seat, attempt: null, item: null },
        id: `${seat}`.repeat(64),
        body: { kind: "unknown", extension: "colour" },
      }) as unknown as VerifiedObservation;
    expect(codes("acme", unread(3))).toBe("CEREMONY_HELD");
    expect(net.agent("acme").state.hold).toBeNull();
    expect(codes("acme", { ...unread(1), chain: net.agent("bolt").author(draft()).chain } as VerifiedObservation)).toBe(
      "CEREMONY_HELD",
    );
    expect(net.agent("acme").state.hold).toBe("colour");
  });

  it("votes with no key of the past by dating its statements back", () => {
    const closesAt = net.agent("acme").state.rounds[0]?.closesAt ?? 0;
    expect(codes("acme", signed({ kind: "precommit", root: null }, { attempt: 0 }, closesAt - 86_400 * SECOND))).toBe(
      "WINDOW_MISSED",
    );
    expect(take("acme", signed({ kind: "precommit", root: null }, { attempt: 0 }))?.verdict).toBe("admitted");
  });

  it("proposes in its turn only", () => {
    const { electorate, rotation } = (net.agent("acme").state.rounds[0] as Round).closing;
    for (let attempt = 0; attempt < 8; attempt++) {
      const proposal = signed(
        { kind: "propose", root: rootOfSet([]), justification: [], validAttempt: -1, polka: [] },
        { attempt },
      );
      const own = proposerOf(electorate.seats, rotation, attempt) === 3;
      expect(codes("acme", proposal)).toBe(own ? null : "NOT_THE_PROPOSER");
    }
  });

  it("makes no witness too long for its frame", () => {
    for (let item = 0; item < 200; item++)
      for (const choice of ["approve", "reject"])
        take(
          "acme",
          signed(
            { kind: "contribution", role: "approver", content: new Map([["choice", choice]]) },
            { item: `lot ${item}` },
          ),
        );
    for (const name of honest) net.attest(name, "approve");
    net.run(14);
    const own = net.agent("acme").state.rounds[0]?.closing.witnesses.get(0)?.[0];
    expect(own?.body.ids.length).toBeGreaterThan(3);
    expect(own?.body.ids.length).toBeLessThanOrEqual(WITNESS_IDS_MAX);
    expect(parseObservation(own?.frame as Uint8Array).ok).toBe(true);
  });
});

function draft() {
  return {
    ceremony: net.call.id,
    round: 0,
    slot: { seat: 1, attempt: null, item: null },
    at: [net.now, net.now] as const,
    timeToLive: SECOND,
    lineage: { sequence: 1, prev: null, parents: [], sources: [], derivation: null },
    body: { kind: "outcome", digest: net.call.id, status: "decided" } as const,
  };
}

describe("an agent", () => {
  const attest = (content: ReadonlyMap<string, unknown>, now = net.now) =>
    net.turn("acme", { on: "attest", now, content: content as never, item: null })[0];

  it("signs nothing that its own door would refuse to read", () => {
    const deep = Array.from({ length: 14 }).reduce<unknown>((inner) => [inner], 1);
    expect(attest(new Map([["choice", "x".repeat(70_000)]]))?.code).toBe("FIELD_INVALID");
    expect(attest(new Map(Array.from({ length: 65 }, (_, at) => [`f${at}`, "x"])))?.code).toBe("FIELD_INVALID");
    expect(attest(new Map([["choice", deep]]))?.code).toBe("CBOR_TOO_DEEP");
    expect(attest(new Map([["choice", "approve"]]))?.verdict).toBe("admitted");
  });

  it("signs nothing outside of the round's window, so that no vote is lost to it", () => {
    const { opensAt, closesAt } = net.agent("acme").state.rounds[0] as Round;
    for (const at of [opensAt - 3_600 * SECOND, closesAt + 3_600 * SECOND])
      expect(attest(new Map([["choice", "approve"]]), at)?.code).toBe("WINDOW_MISSED");
  });

  it.each(["statusInterval", "attemptTimeout", "witnessTimeout", "settleMargin"])(
    "takes no policy whose %s would make it spin",
    (name) => {
      const pinned = pinPolicy({ ...APPROVAL, timing: { ...APPROVAL.timing, [name]: 1 } });
      expect(pinned.ok ? "ok" : pinned.fault).toMatchObject({
        code: "POLICY_INVALID",
        detail: { path: `timing.${name}` },
      });
    },
  );

  it("takes no call that outlives the statements in it", () => {
    const call = net.call.body as Call;
    const days = (count: number) => readCall({ ...call, expiresAt: call.opensAt + count * 86_400 * SECOND });
    expect([days(398).ok, days(399).ok]).toEqual([true, false]);
  });
});
