// quorate/testing: real parties in memory, with real keys and the real core, a clock that only moves when it is told to, and faults.
// For tests of one's own policies: nothing here touches a network, a file or the time of day.
import type { Json } from "../../shared/cbor/json.ts";
import { fromJson, toJson } from "../../shared/cbor/json.ts";
import { type CborMap, isCborMap } from "../../shared/cbor/value.ts";
import { orThrow, QuorateError } from "../../shared/error.ts";
import { makeBundle, writeBundle } from "../../shared/evidence/bundle.ts";
import { type TrustStatement, writeTrustStatement } from "../../shared/evidence/trust-statement.ts";
import { type Verdict, verdictOn } from "../../shared/evidence/verdict.ts";
import { sha256 } from "../../shared/hash.ts";
import { findPattern } from "../../shared/policy/catalogue.ts";
import { pinPolicy } from "../../shared/policy/decode.ts";
import { makeParty, rootsOf } from "../stack/party.ts";
import { lineageOf, Network, SECOND, START } from "./network.ts";

export type { TrustStatement, Verdict };
export { QuorateError };

export type CoalitionOptions = {
  /** Names of the organisations; the first of them opens the ceremony. */
  readonly parties: readonly string[];
  /** A pattern that ships, or a policy document of one's own. */
  readonly policy: string | Json;
  /** The role of all of them, or of each in turn. */
  readonly role: string | readonly string[];
  readonly title?: string;
  readonly subject?: Json;
  /** Seconds until the first close and until the ceremony expires; the policy's own without them. */
  readonly closesIn?: number;
  readonly expiresIn?: number;
  /** Other keys for the same names. */
  readonly seed?: number;
};

export type Outcome = { readonly status: "decided" | "abandoned"; readonly digest: string; readonly value: Json };

const MESH = "testing";
const utf8 = new TextEncoder();

/** Makes the parties and opens a ceremony among them. */
export function coalition(options: CoalitionOptions): Coalition {
  return new Coalition(options);
}

export class Coalition {
  /** The roots of all parties, as a verifier is given them. */
  readonly trust: TrustStatement;
  readonly ceremony: string;
  readonly #network: Network;
  #apart: readonly string[] = [];
  #share = 0;
  #sent = 0;

  constructor({ parties: names, policy, role, seed = 0, closesIn, expiresIn, subject, title }: CoalitionOptions) {
    const document = typeof policy === "string" ? (orThrow(findPattern(policy)) as unknown as Json) : policy;
    const key = (kind: string, name: string) => sha256(utf8.encode(`${kind} ${name} ${seed}`));
    const parties = names.map((name) => makeParty(name, MESH, { root: key("root", name), agent: key("agent", name) }));
    this.trust = writeTrustStatement(MESH, rootsOf(parties));
    this.#network = new Network(parties, orThrow(pinPolicy(document)), {
      role,
      ...(title === undefined ? {} : { title }),
      ...(subject === undefined ? {} : { subject: orThrow(fromJson(subject)) }),
      ...(closesIn === undefined ? {} : { closesAt: START + closesIn * SECOND }),
      ...(expiresIn === undefined ? {} : { expiresAt: START + expiresIn * SECOND }),
    });
    this.#network.delivers = ({ from, to }) => this.#delivers(from, to);
    this.ceremony = this.#network.call.id;
    refuseRefused(this.#network.open());
    this.#network.deliverAll();
  }

  /** A contribution of one party, signed by its agent: `say("acme", { choice: "approve" })`. `item` tells several of one seat apart. */
  say(party: string, content: { readonly [field: string]: Json }, item: string | null = null): void {
    const value = orThrow(fromJson(content));
    refuseRefused(this.#network.say(party, isCborMap(value) ? value : (new Map() as CborMap), item));
    this.#network.deliverAll();
  }

  /** Lets virtual time pass: messages arrive and timers fire as they fall due. */
  advance(seconds: number): void {
    this.#network.run(seconds);
  }

  /** These parties hear only each other, and the rest only the rest, until `heal`. */
  partition(names: readonly string[]): void {
    this.#apart = names;
  }

  heal(): void {
    this.#apart = [];
    this.#share = 0;
  }

  /** Loses one message in so many; 0 loses none. */
  loseOneIn(share: number): void {
    this.#share = share;
  }

  crash(party: string): void {
    this.#network.agent(party);
    this.#network.down.add(party);
  }

  restart(party: string): void {
    this.#network.down.delete(party);
  }

  /** How far a party's clock is ahead of the others'. */
  skew(party: string, seconds: number): void {
    this.#network.agent(party);
    this.#network.skew.set(party, seconds * SECOND);
  }

  /** What one party holds for the outcome; null while it holds none. */
  outcome(party: string): Outcome | null {
    const { ending } = this.#network.agent(party).state;
    return ending === null
      ? null
      : { status: ending.record.status, digest: ending.digest, value: toJson(ending.record.value) };
  }

  /** The outcome that every party which runs holds; throws where they differ, or one has none. */
  sameOutcome(): Outcome {
    const running = this.#network.agents.filter(({ party }) => !this.#network.down.has(party.name));
    const outcomes = running.map(({ party }) => this.outcome(party.name));
    const [first] = outcomes;
    if (!first || outcomes.some((each) => each?.digest !== first.digest))
      throw new Error(
        `no one outcome: ${running.map(({ party }, at) => `${party.name} ${outcomes[at]?.digest ?? "none"}`).join(", ")}`,
      );
    return first;
  }

  /** The evidence bundle that a party exports once its ceremony has ended: the bytes of its file. */
  evidence(party: string): Uint8Array {
    const agent = this.#network.agent(party);
    const stored = agent.effects.flatMap((effect) => (effect.do === "append" ? [effect.observation] : []));
    const refused = agent.effects.flatMap((effect) =>
      effect.do === "refuse" ? [{ code: effect.code, frame: effect.observation.frame }] : [],
    );
    const bundle = makeBundle(agent.state, stored, refused, lineageOf(agent), [], agent.party.identity.signer);
    if (bundle === null) throw new Error(`at ${party} the ceremony has not ended`);
    return utf8.encode(JSON.stringify(writeBundle(bundle)));
  }

  /** The verdict of a stranger on a party's evidence. */
  verify(party: string): Promise<Verdict> {
    return verdictOn(this.evidence(party), { trust: this.trust });
  }

  #delivers(from: string, to: string): boolean {
    this.#sent += 1;
    if (this.#share > 0 && this.#sent % this.#share === 0) return false;
    return this.#apart.includes(from) === this.#apart.includes(to);
  }
}

/** What one's own agent refuses to say is a mistake in the test, and is thrown. */
function refuseRefused(receipts: ReturnType<Network["open"]>): void {
  const refused = receipts.find(({ verdict }) => verdict === "refused");
  if (refused !== undefined && refused.code !== null)
    throw new QuorateError({ code: refused.code, detail: refused.detail ?? {} });
}
