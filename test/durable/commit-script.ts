// What one party of a contested ceremony is given, turn by turn, and what the pure core makes of it: the script that the object repeats.
import { type Party, rootsOf } from "../../cli/stack/party.ts";
import { toBase64, toHex } from "../../shared/bytes.ts";
import { composeCall } from "../../shared/ceremony/compose-call.ts";
import type { Receipt } from "../../shared/ceremony/effect.ts";
import type { Input } from "../../shared/ceremony/step.ts";
import { writeTrustStatement } from "../../shared/evidence/trust-statement.ts";
import { authorFor } from "../../shared/observation/author.ts";
import { pinPolicy } from "../../shared/policy/decode.ts";
import { APPROVAL } from "../../shared/policy/patterns/approval.ts";
import { Network, SECOND, START, storedBy } from "../support/network.ts";
import { MESH, seatsFor, testParties } from "../support/parties.ts";
import type { Turn } from "./commit-plan.ts";

export type Script = {
  readonly ceremony: string;
  readonly turns: readonly Turn[];
  readonly digest: string;
  readonly frames: readonly string[];
  /** Turns that leave an entry in the lineage, and the indexes of those in which the party signs. */
  readonly recording: number;
  readonly signing: readonly number[];
  readonly bindings: Readonly<Record<string, string>>;
};

/** Notes what one party is given, at whole milliseconds: finer ones no platform's clock can show. */
class Noting extends Network {
  readonly turns: Turn[] = [];
  readonly signing: number[] = [];
  recording = 0;
  noted = "";

  override turn(name: string, input: Input): readonly Receipt[] {
    const whole = { ...input, now: Math.ceil(input.now / 1_000) * 1_000 };
    if (name !== this.noted) return super.turn(name, whole);
    const { effects, state } = this.agent(name);
    const before = effects.length;
    const receipts = super.turn(name, whole);
    const caused = effects.slice(before);
    if (caused.some((effect) => effect.do === "record")) this.recording += 1;
    if (caused.some((effect) => effect.do === "append" && effect.observation.key === state.self.key))
      this.signing.push(this.turns.length);
    this.turns.push(turnOf(whole));
    return receipts;
  }
}

function turnOf(input: Input): Turn {
  const { on, now } = input;
  if (on !== "observations" && on !== "open" && on !== "attest" && on !== "clock")
    throw new Error("the script has no such turn");
  const frames = on === "observations" ? input.observations : on === "open" ? [input.call] : [];
  const choice = on === "attest" ? String(input.content.get("choice")) : null;
  return { on, now, frames: frames.map(({ frame }) => toBase64(frame)), choice };
}

/** A call of this moment, whose round closes in a second. */
export function callNow(): { readonly id: string; readonly turn: Turn } {
  const policy = pinPolicy(APPROVAL);
  const parties = testParties(4);
  const opensAt = Date.now() * 1_000;
  const call = composeCall(
    {
      title: "Release 2.5",
      policy: policy.ok ? policy.value : (undefined as never),
      subject: null,
      seats: seatsFor(parties, "approver"),
      opensAt,
      closesAt: opensAt + SECOND,
      expiresAt: opensAt + 600 * SECOND,
      nonce: new Uint8Array(16),
    },
    authorFor((parties[0] as Party).identity),
  );
  if (!call.ok) throw new Error(call.fault.code);
  return { id: call.value.id, turn: turnOf({ on: "observations", now: opensAt, observations: [call.value] }) };
}

/** Four parties, one of which falls silent before the close: the others end by a contested close. */
export function scriptOf(name: string): Script {
  const parties = testParties(4);
  const policy = pinPolicy({ ...APPROVAL, timing: { ...APPROVAL.timing, early: false } });
  if (!policy.ok) throw new Error(policy.fault.code);
  const times = { role: "approver", closesAt: START + 10 * SECOND, expiresAt: START + 120 * SECOND };
  const net = new Noting(parties, policy.value, times);
  net.noted = name;
  net.open();
  net.deliverAll();
  for (const { party } of net.agents) net.attest(party.name, "approve");
  net.deliverAll();
  net.down.add("dune");
  net.run(60, () => net.agents.every(({ party, state }) => party.name === "dune" || state.ending !== null));
  net.deliverAll();
  const agent = net.agent(name);
  const party = {
    name,
    mesh: MESH,
    credentials: agent.party.identity.credentials.map(toBase64),
    trust: writeTrustStatement(MESH, rootsOf(parties)),
    partners: [],
    sources: [],
    clockOffsetMs: 0,
  };
  return {
    ceremony: net.call.id,
    turns: net.turns,
    digest: agent.state.ending?.digest ?? "",
    frames: [...new Set(storedBy(agent).map(({ id }) => id))],
    recording: net.recording,
    signing: net.signing,
    bindings: {
      PARTY: JSON.stringify(party),
      SIGNING_KEY: toHex(agent.party.secret),
      API_KEY: "a key that nobody uses here",
      HOOK_SECRETS: "{}",
    },
  };
}
