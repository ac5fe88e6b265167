// A dishonest party: its own key, its own credential and its own NATS account, but none of our software. It reads what its inbox is
// sent, signs whatever a scenario wants, and shows it to whom it likes.
import { connect, type NatsConnection } from "nats.ws";
import { toHex } from "../../shared/bytes.ts";
import { rootOfSet } from "../../shared/closing/root.ts";
import { type Author, authorFor } from "../../shared/observation/author.ts";
import { parseObservation } from "../../shared/observation/decode.ts";
import type { Body, Call, Id, Observation, VerifiedObservation } from "../../shared/observation/observation.ts";
import type { Stack } from "../stack/stack.ts";

const HOUR_MICROS = 3_600_000_000;
const RECEIPT_MS = 2_000;

export class Rogue {
  readonly name: string;
  readonly #connection: NatsConnection;
  readonly #author: Author;
  readonly #root: string;
  readonly #heard = new Map<Id, Observation>();
  #sequence = 0;

  private constructor(stack: Stack, name: string, connection: NatsConnection) {
    this.name = name;
    this.#connection = connection;
    const party = stack.parties.find((candidate) => candidate.name === name);
    if (party === undefined) throw new Error(`no party is called ${name}`);
    this.#author = authorFor(party.identity);
    this.#root = toHex(party.root.key);
    connection.subscribe("inbox.>", {
      callback: (error, { data }) => {
        const parsed = parseObservation(data.slice());
        if (error === null && parsed.ok) this.#heard.set(parsed.value.observation.id, parsed.value.observation);
      },
    });
  }

  /** Takes the place of a party's agent, which must not run. */
  static async join(stack: Stack, name: string): Promise<Rogue> {
    const { user, password } = stack.login(name);
    return new Rogue(stack, name, await connect({ servers: stack.nats.wsUrl, user, pass: password }));
  }

  /** What it was sent of a kind. */
  heard<K extends Body["kind"]>(kind: K): readonly Observation<Extract<Body, { kind: K }>>[] {
    return [...this.#heard.values()].filter(({ body }) => body.kind === kind) as never;
  }

  contribution(call: Observation<Call>, choice: string): VerifiedObservation {
    const seat = this.#seatIn(call);
    const role = call.body.seats[seat]?.role ?? "";
    return this.#sign(call, seat, { kind: "contribution", role, content: new Map([["choice", choice]]) });
  }

  witness(call: Observation<Call>, listed: readonly Id[]): VerifiedObservation {
    const ids = [...listed].sort();
    return this.#sign(call, this.#seatIn(call), { kind: "witness", ids, root: rootOfSet(ids) });
  }

  /** Resolves when the inbox stream of each of `peers` has stored it. */
  async show(observation: VerifiedObservation, peers: readonly string[]): Promise<void> {
    const topic = `${observation.mesh}.${observation.ceremony}`;
    const frame = new Uint8Array(observation.frame);
    for (const peer of peers) await this.#connection.request(`to.${peer}.${topic}`, frame, { timeout: RECEIPT_MS });
  }

  leave(): Promise<void> {
    return this.#connection.close();
  }

  #seatIn(call: Observation<Call>): number {
    return call.body.seats.findIndex(({ root }) => root === this.#root);
  }

  #sign(call: Observation<Call>, seat: number, body: Exclude<Body, { kind: "unknown" }>): VerifiedObservation {
    const now = Date.now() * 1_000;
    return this.#author({
      ceremony: call.id,
      round: 0,
      slot: { seat, attempt: null, item: null },
      at: [now, now],
      timeToLive: HOUR_MICROS,
      lineage: { sequence: this.#sequence++, prev: null, parents: [], sources: [], derivation: null },
      body,
    });
  }
}
