// A handover among real agents of which either side is killed after each message of the ladder, restarted after every turn, or has no
// network but a courier: whoever has a certificate names one and the same custodian, and nobody names any without one.
import { describe, expect, it } from "vitest";
import { rootsOf } from "../../../cli/stack/party.ts";
import { assembleTrust } from "../../../shared/authority/trust.ts";
import type { CborValue } from "../../../shared/cbor/value.ts";
import { phaseOf } from "../../../shared/ceremony/state.ts";
import { custodianAt, custodyIn, lineOfCustody } from "../../../shared/handoff/custody.ts";
import { admit } from "../../../shared/observation/admit.ts";
import { RATIFIED_HANDOFF } from "../../../shared/policy/patterns/ratified-handoff.ts";
import { type Agent, Network, SECOND, START, storedBy } from "../../support/network.ts";
import { testParties } from "../../support/parties.ts";
import { pinnedWith } from "../../support/performances.ts";

const parties = testParties(3);
const [GIVER, TAKER, THIRD] = ["acme", "bolt", "crux"] as const;
const map = (fields: Readonly<Record<string, CborValue>>) => new Map(Object.entries(fields));
const RELEASE = map({ release: map({ to: TAKER, object: "box 88" }) });
const acceptance = (id: string) => map({ accept: map({ release: id, object: "box 88" }) });

function network(): Network {
  const times = { closesAt: START + 4 * SECOND, expiresAt: START + 40 * SECOND };
  return new Network(parties, pinnedWith(RATIFIED_HANDOFF), { role: ["giver", "taker", "ratifier"], ...times });
}

const held = (net: Network, name: string) => [...(net.agent(name).state.rounds[0]?.held.values() ?? [])];

/** Each side does its part as soon as it can, unless it is down. */
function act(net: Network): void {
  const can = (name: string) => !net.down.has(name) && net.agent(name).state.call !== null;
  if (can(GIVER)) net.say(GIVER, RELEASE);
  if (can(THIRD)) net.say(THIRD, map({ choice: "approve" }));
  net.deliverAll();
  const release = held(net, TAKER).find(({ body }) => body.kind === "contribution" && body.content.has("release"));
  if (can(TAKER) && release !== undefined) net.say(TAKER, acceptance(release.id));
}

/** Runs a handover; the victim is gone once so many messages were delivered. Answers how many there were. */
function handover(net: Network, victim: string, after: number): number {
  let delivered = 0;
  net.delivers = () => {
    delivered += 1;
    if (delivered === after) net.down.add(victim);
    return true;
  };
  net.open();
  net.deliverAll();
  act(net);
  const survivors = net.agents.filter(({ party }) => party.name !== victim);
  net.run(60, () => survivors.every(({ state }) => ["final", "abandoned", "expired"].includes(phaseOf(state))));
  return delivered;
}

/** The custodian that a party names on a certificate; null where it has none. */
function custodianOf({ state }: Agent): string | null {
  const record = custodyIn(state);
  if (record === null) return null;
  const line = lineOfCustody([record], "box 88");
  return line.ok ? custodianAt(record.first, line.value, Number.MAX_SAFE_INTEGER).custodian : "broken";
}

describe.each([GIVER, TAKER])("%s is killed after each message of the handover", (victim) => {
  const messages = handover(network(), "nobody", 0);

  it("and the others name one custodian, the same as whoever comes back", () => {
    const endings = new Set<string>();
    for (let after = 1; after <= messages; after += 1) {
      const net = network();
      handover(net, victim, after);
      const survivors = net.agents.filter(({ party }) => party.name !== victim);
      const named = new Set(survivors.map(custodianOf));
      expect([...named], `after ${after}`).toHaveLength(1);
      expect([GIVER, TAKER], `after ${after}`).toContain([...named][0]);
      net.down.delete(victim);
      net.turn(victim, { on: "clock", now: net.now });
      net.run(120, () => custodianOf(net.agent(victim)) !== null);
      expect(custodianOf(net.agent(victim)), `after ${after}`).toBe([...named][0]);
      expect(new Set(net.digests()).size, `after ${after}`).toBe(1);
      endings.add(String([...named][0]));
    }
    expect([...endings].sort()).toEqual([GIVER, TAKER]);
  });
});

describe("a handover", () => {
  it("whose agents lose their memory after every turn ends as any other", () => {
    const [plain, forgetful] = [network(), network()];
    forgetful.restoreAlways = true;
    for (const net of [plain, forgetful]) handover(net, "nobody", 0);
    expect(forgetful.agents.map(custodianOf)).toEqual([TAKER, TAKER, TAKER]);
    expect(forgetful.digests()[0]).toBe(plain.digests()[0]);
  });

  it("without two of three has no certificate: the state is expired, and names nobody", () => {
    const net = network();
    net.open();
    net.deliverAll();
    act(net);
    net.deliverAll();
    for (const name of [TAKER, THIRD]) net.down.add(name);
    net.run(60, () => phaseOf(net.agent(GIVER).state) === "expired");
    expect([phaseOf(net.agent(GIVER).state), custodianOf(net.agent(GIVER))]).toEqual(["expired", null]);
  });

  it("by courier alone, file after file, ends in the same bytes", async () => {
    const wired = network();
    handover(wired, "nobody", 0);
    const net = network();
    net.delivers = () => false;
    const trust = assembleTrust({ mesh: parties[0]?.mesh as string, pins: rootsOf(parties) });
    /** What one party has stored, as a file, through the door of the other. */
    const carry = async (from: string, to: string) => {
      const file = JSON.stringify(storedBy(net.agent(from)).map(({ frame }) => Buffer.from(frame).toString("base64")));
      const frames = (JSON.parse(file) as string[]).map((text) => new Uint8Array(Buffer.from(text, "base64")));
      for (const frame of frames) {
        const admitted = await admit(frame, trust);
        if (!admitted.ok) throw new Error(admitted.fault.code);
        net.turn(to, { on: "observations", now: net.now, observations: [admitted.value] });
      }
    };
    net.open();
    net.say(GIVER, RELEASE);
    await carry(GIVER, TAKER);
    net.say(TAKER, acceptance(held(net, TAKER)[0]?.id as string));
    await carry(TAKER, THIRD);
    net.say(THIRD, map({ choice: "approve" }));
    for (const [from, to] of [
      [THIRD, GIVER],
      [GIVER, TAKER],
    ] as const)
      await carry(from, to);
    net.run(6);
    for (const [from, to] of [
      [GIVER, TAKER],
      [TAKER, THIRD],
      [THIRD, GIVER],
      [GIVER, TAKER],
    ] as const)
      await carry(from, to);
    expect(net.agents.map(custodianOf)).toEqual([TAKER, TAKER, TAKER]);
    expect(new Set([...net.digests(), ...wired.digests()]).size).toBe(1);
  });
});
