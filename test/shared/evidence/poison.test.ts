// What one liar may send, before, during and after a ceremony, so that the others' evidence no longer verifies: it must verify all the
// same. And what an exporter may alter in its own bundle: it must be found.
import { beforeAll, describe, expect, it } from "vitest";
import { rootOfSet } from "../../../shared/closing/root.ts";
import { verifyBundle } from "../../../shared/evidence/verify.ts";
import { sha256Hex } from "../../../shared/hash.ts";
import { LINEAGE_START, type LinkedEntry, linkEntry } from "../../../shared/lineage/entry.ts";
import type { Body, VerifiedObservation } from "../../../shared/observation/observation.ts";
import {
  approvalNetwork,
  type BundleDocument,
  bundleOf,
  bytesOf,
  finishedApproval,
  trustIn,
} from "../../support/evidence.ts";
import { type Network, SECOND } from "../../support/network.ts";
import { testParties } from "../../support/parties.ts";

type Slot = { readonly seat?: number; readonly round?: number; readonly attempt?: number; readonly item?: string };
type Sign = (body: Exclude<Body, { kind: "unknown" }>, slot?: Slot) => VerifiedObservation;
type Attack = (net: Network, sign: Sign, send: (observation: VerifiedObservation) => void) => void;

const NIL = { kind: "prevote", root: null, validAttempt: -1 } as const;
const VOTE = { kind: "prevote", root: rootOfSet(["ab".repeat(32)]), validAttempt: -1 } as const;
const said = (reason: string) =>
  ({
    kind: "contribution",
    role: "approver",
    content: new Map([
      ["choice", "approve"],
      ["reason", reason],
    ]),
  }) as const;

/** Runs an approval in which the last party sends what it likes; answers the verdict on the first party's own evidence. */
async function verdictAfter(count: number, when: "before" | "during" | "after", attack: Attack): Promise<unknown> {
  const parties = testParties(count);
  const net = approvalNetwork(parties, 10);
  const liar = net.agents[count - 1] as Network["agents"][number];
  const sign: Sign = (
    body,
    {
      seat = count - 1,
      round = 0,
      attempt = null,
      item = null,
    }: { seat?: number; round?: number; attempt?: number | null; item?: string | null } = {},
  ) =>
    liar.author({
      ceremony: net.call.id,
      round,
      slot: { seat, attempt, item },
      at: [net.now, net.now],
      timeToLive: 86_400 * SECOND,
      lineage: { sequence: 7, prev: null, parents: [], sources: [], derivation: null },
      body,
    });
  const send = (observation: VerifiedObservation) => {
    for (const { party } of net.agents)
      if (party !== liar.party) net.turn(party.name, { on: "observations", now: net.now, observations: [observation] });
  };
  const run = (now: typeof when) => (when === now ? attack(net, sign, send) : undefined);
  run("before");
  net.open();
  net.deliverAll();
  run("during");
  for (const { party } of net.agents) net.attest(party.name, "approve");
  net.run(60, () => net.agents.every(({ state }) => state.ending !== null));
  net.run(1);
  run("after");
  const [first] = net.agents;
  expect(first?.state.ending?.record.status).toBe("decided");
  const { verdict, firstFailing } = await verifyBundle(bytesOf(bundleOf(first as never)), { trust: trustIn(parties) });
  return firstFailing ?? verdict;
}

describe("evidence that one liar poisons", () => {
  it.each<[string, number, "before" | "during" | "after", Attack]>([
    ["a vote for a far attempt", 4, "during", (_, sign, send) => send(sign(NIL, { attempt: 100 }))],
    ["a contribution to a round that never comes", 4, "during", (_, sign, send) => send(sign(said("x"), { round: 1 }))],
    [
      "a statement in another's seat, before the call",
      4,
      "before",
      (_, sign, send) => send(sign(said("x"), { seat: 0 })),
    ],
    [
      "more than can wait for a call",
      4,
      "before",
      (_, sign, send) => Array.from({ length: 300 }, (__, n) => send(sign(said(`${n}`), { item: `i${n}` }))),
    ],
    [
      "three votes for one slot",
      4,
      "during",
      (_, sign, send) => [NIL, VOTE, { ...VOTE, validAttempt: 0 }].map((vote) => send(sign(vote, { attempt: 1 }))),
    ],
    [
      "two votes after the end, where no fault is tolerated",
      3,
      "after",
      (_, sign, send) => [NIL, VOTE].map((vote) => send(sign(vote, { attempt: 7 }))),
    ],
  ])("passes after %s", async (_, count, when, attack) => {
    expect(await verdictAfter(count, when, attack)).toBe("passed");
  });
});

describe("evidence that its exporter alters", () => {
  const parties = testParties(4);
  let whole: BundleDocument;
  const relinked = (entries: readonly LinkedEntry[]) => {
    const linked: LinkedEntry[] = [];
    for (const [index, entry] of entries.entries())
      linked.push(linkEntry(entry, index, linked[index - 1]?.hash ?? LINEAGE_START));
    return linked;
  };
  const rounds = (bundle: BundleDocument) =>
    bundle.rounds as { root: string; certificate: { path: string; witnesses: string[] } }[];
  const certificate = (change: object) => (bundle: BundleDocument) => ({
    ...bundle,
    rounds: rounds(bundle).map((round) => ({ ...round, certificate: { ...round.certificate, ...change } })),
  });

  beforeAll(() => {
    whole = bundleOf(finishedApproval(4).agents[0] as never);
  });

  it.each<[string, string, (bundle: BundleDocument) => object]>([
    ["a certificate of another path", "certificates", certificate({ path: "contested", attempt: 999, precommits: [] })],
    [
      "a certificate that names the call",
      "certificates",
      (bundle) => certificate({ witnesses: [bundle.ceremony as string] })(bundle),
    ],
    [
      "a certificate without one of its witnesses",
      "certificates",
      (bundle) => certificate({ witnesses: rounds(bundle)[0]?.certificate.witnesses.slice(1) })(bundle),
    ],
    ["a lineage that was cut", "lineage", (bundle) => ({ ...bundle, lineage: bundle.lineage.slice(0, -1) })],
    [
      "a lineage without its first entry",
      "lineage",
      (bundle) => ({ ...bundle, lineage: relinked(bundle.lineage.slice(1)) }),
    ],
    ["no lineage", "lineage", (bundle) => ({ ...bundle, lineage: [] })],
    ["another exporter", "lineage", (bundle) => ({ ...bundle, exportedBy: "bolt" })],
    [
      "an accusation of one that was admitted",
      "refusals",
      (bundle) => {
        const frame = bundle.frames[1] as { id: string; frame: string };
        return { ...bundle, refused: [{ hash: hashOf(frame.frame), code: "SEAT_MISMATCH", frame: frame.frame }] };
      },
    ],
  ])("fails for %s", async (_, step, alter) => {
    expect((await verifyBundle(bytesOf(whole), { trust: trustIn(parties) })).verdict).toBe("passed");
    const { verdict, firstFailing, checks } = await verifyBundle(bytesOf(alter(whole)), { trust: trustIn(parties) });
    expect([verdict, checks.find(({ result }) => result === "failed")?.name ?? firstFailing?.step]).toEqual([
      "failed",
      step,
    ]);
  });
});

function hashOf(base64: string): string {
  return sha256Hex(Buffer.from(base64, "base64"));
}
