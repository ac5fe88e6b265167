// Three agents of a coalition in this process, without a bus: what one hands to its link reaches the others when a test delivers it.
import type { Party } from "../../cli/stack/party.ts";
import type { OutgoingFrame } from "../../durable/link-outbox.ts";
import { faultOf, ingest } from "../../functions/ingest.ts";
import type { LinkedEntry } from "../../shared/lineage/entry.ts";
import { type AgentHere, agentHere, KEYED } from "./agent-here.ts";
import { MESH, testParties } from "./parties.ts";

export const permit = (id: string, value: string) => ({ id, effect: "permit", value });

/** Three agents; what one hands to its link reaches the others when it is delivered. */
export class Three {
  readonly parties = testParties(3);
  readonly agents: ReadonlyMap<string, AgentHere>;
  readonly deaf = new Set<string>();
  /** What each handed to its link. */
  readonly outgoing = new Map<string, OutgoingFrame[]>();

  constructor(changes: object = {}) {
    this.agents = new Map(
      this.parties.map((party) => {
        const outgoing: OutgoingFrame[] = [];
        this.outgoing.set(party.name, outgoing);
        const send = async (items: readonly OutgoingFrame[]) => {
          outgoing.push(...items);
          return { stored: items.length, refused: [] };
        };
        return [party.name, agentHere(party, this.parties, changes, async () => [], {}, { send })];
      }),
    );
  }

  at(name: string): AgentHere {
    return this.agents.get(name) as AgentHere;
  }

  party(name: string): Party {
    return this.parties.find((party) => party.name === name) as Party;
  }

  /** Until nothing is under way, but to those who are deaf. */
  async deliver(): Promise<void> {
    for (let moved = true; moved; ) {
      moved = false;
      await new Promise((done) => setTimeout(done, 5));
      for (const [from, outgoing] of this.outgoing) {
        const items = outgoing.filter(({ peer }) => !this.deaf.has(peer));
        outgoing.splice(0, outgoing.length, ...outgoing.filter(({ peer }) => this.deaf.has(peer)));
        for (const { peer, topic, frame } of items) {
          const { env, config } = this.at(peer);
          const arrival = { road: "nats", account: from.toUpperCase(), topic, frame } as const;
          for (const answer of await ingest(env, config, [arrival])) {
            const refusal = faultOf(answer);
            if (refusal !== null) throw new Error(`${peer} refuses what ${from} sent: ${refusal.code}`);
          }
          moved = true;
        }
      }
    }
  }

  async json<T>(name: string, path: string, body?: object): Promise<T> {
    const headers = { ...KEYED, "content-type": "application/json" };
    const init = body === undefined ? { headers } : { method: "POST", headers, body: JSON.stringify(body) };
    return (await (await this.at(name).request(path, init)).json()) as T;
  }

  declare(name: string, type: string, document: object) {
    return this.json<{ ids?: string[]; code?: string }>(name, `/v1/meshes/${MESH}/declarations`, {
      type: `coalition-${type}`,
      content: { document },
    });
  }

  async clauses(name: string): Promise<readonly string[]> {
    const { clauses } = await this.json<{ clauses: { id: string }[] }>(name, `/v1/meshes/${MESH}/coalition`);
    return clauses.map(({ id }) => id);
  }

  status(name: string) {
    return this.json<Status>(name, `/v1/meshes/${MESH}/coalition/status`);
  }

  async revocations(name: string) {
    const { revocations } = await this.json<{ revocations: Shown[] }>(name, `/v1/meshes/${MESH}/revocations`);
    return revocations;
  }

  async entries(name: string, kind: string): Promise<readonly LinkedEntry[]> {
    const { lineage } = await this.json<{ lineage: LinkedEntry[] }>(name, `/v1/meshes/${MESH}/lineage`);
    return lineage.filter((entry) => entry.kind === kind);
  }

  /** Bolt and crux issue a policy each, and translators to acme, which admits them. */
  async coalesce(more: object = {}): Promise<void> {
    await this.declare("acme", "policy", {
      authority: "acme",
      clauses: [permit("A1", "escort")],
      admits: ["bolt/to-acme", "crux/to-acme"],
      ...more,
    });
    for (const [name, id] of [
      ["bolt", "B1"],
      ["crux", "C1"],
    ] as const) {
      await this.declare(name, "policy", { authority: name, clauses: [permit(id, `task ${id}`)], admits: [] });
      await this.declare(name, "translator", {
        id: `${name}/to-acme`,
        from: name,
        to: "acme",
        signer: name,
        terms: {},
      });
    }
    await this.deliver();
  }
}

export type Status = {
  heads: Record<string, number>;
  unseen: number;
  items: { item: string; status: string; code: string | null; since: number | null; statements: string[] }[];
  sources: { url: string; state: string; code: string | null; heads: Record<string, number>; fresh: number }[];
};
export type Shown = {
  id: string;
  kind: string;
  by: string;
  revokes: string;
  partners: { partner: string; state: string; told: number | null; seen: number | null; lastHeard: number | null }[];
};
