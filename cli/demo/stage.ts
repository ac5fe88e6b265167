// What a scenario can do: open by webhook, attest, break things, and wait for what the parties then show.
import { setTimeout as sleep } from "node:timers/promises";
import type { Json } from "../../shared/cbor/json.ts";
import type { CeremonyView } from "../../shared/ceremony/view.ts";
import type { Explanation } from "../../shared/evidence/explain.ts";
import type { LocalAgent } from "../stack/agent.ts";
import type { Stack } from "../stack/stack.ts";
import { deliver } from "./github.ts";

export const SOURCE = "github";
const POLL_MS = 60;
const HEARTBEAT_MS = 10_000;
const AFTER_EXPIRY = 15;
const ENDED = new Set(["final", "abandoned", "expired"]);

/** What a ceremony is opened from; times in seconds. */
export type Opening = {
  /** A pattern's name, or a policy document. */
  readonly pattern?: string;
  readonly policy?: Json;
  readonly title: string;
  readonly parties: readonly { readonly authority: string; readonly role: string; readonly power: number }[];
  readonly set?: readonly { readonly path: string; readonly value: Json }[];
  readonly subject?: Json;
  readonly under?: { readonly mesh: string; readonly operation: string; readonly matters: readonly string[] };
  readonly closesIn?: number;
};
/** A round that ends once all have spoken, and after so many seconds at the latest. */
const LONG = 25;

/** Something did not come about that a scenario demands: it has failed, and the product or the machine is to blame. */
export class Unmet extends Error {}

export class Stage {
  readonly stack: Stack;
  readonly say: (line: string) => void;
  ceremony = "";
  /** What the scenario saw, for the report. */
  readonly facts: string[] = [];
  /** What the scenario measured, in milliseconds, for the report's timings. */
  readonly measured: Record<string, number> = {};

  /** Seconds from opening to the ceremony's hard expiry. */
  readonly #expiresIn: number;

  constructor(stack: Stack, say: (line: string) => void, expiresIn = 0) {
    this.stack = stack;
    this.say = say;
    this.#expiresIn = expiresIn;
  }

  get opener(): LocalAgent {
    return this.stack.agents[0] as LocalAgent;
  }

  running(): readonly LocalAgent[] {
    return this.stack.agents.filter((agent) => agent.isRunning);
  }

  async connected(): Promise<void> {
    await this.until("all links connected", 20, async () => {
      const answers = await Promise.all(this.running().map((agent) => agent.request("/readyz").then(({ ok }) => ok)));
      return answers.every(Boolean);
    });
  }

  async openByWebhook(): Promise<void> {
    const { opened, status } = await deliver(this.opener, SOURCE, this.stack.hookSecret);
    this.ceremony = opened;
    this.say(`${this.opener.name}  GitHub delivery verified (${status}) -> ceremony ${opened.slice(0, 12)}`);
  }

  /** What a party shows; rejects while it does not know the ceremony. */
  async view(agent: LocalAgent): Promise<CeremonyView> {
    const response = await agent.request(`/v1/ceremonies/${this.ceremony}`);
    if (!response.ok) throw new Error(`${agent.name} does not know the ceremony`);
    return (await response.json()) as CeremonyView;
  }

  views(agents = this.running()): Promise<readonly CeremonyView[]> {
    return Promise.all(agents.map((agent) => this.view(agent)));
  }

  /** Why a party admitted an observation or did not; null where it knows none of that id. */
  async explain(agent: LocalAgent, id: string): Promise<Explanation | null> {
    const response = await agent.request(`/v1/ceremonies/${this.ceremony}/observations/${id}/explain`);
    return response.ok ? ((await response.json()) as Explanation) : null;
  }

  async evidence(agent: LocalAgent): Promise<Uint8Array> {
    const response = await agent.request(`/v1/ceremonies/${this.ceremony}/evidence`);
    return new Uint8Array(await response.arrayBuffer());
  }

  /** Waits until a party holds the call, then has it attest. */
  async attest(agent: LocalAgent, choice = "approve"): Promise<void> {
    await this.until(`${agent.name} knows the call`, 60, async () => (await this.view(agent)).policy !== null);
    const answer = await agent.post<{ observation?: string; code?: string | null }>(
      `/v1/ceremonies/${this.ceremony}/attestations`,
      { choice },
    );
    if (!answer.observation) throw new Error(`${agent.name} could not attest: ${answer.code ?? "no answer"}`);
    this.say(`${agent.name}  attests ${choice}  obs ${answer.observation.slice(0, 12)}`);
  }

  /** Opens a ceremony of any pattern at one party's agent, as its own programs do. */
  async open(agent: LocalAgent, request: Opening): Promise<void> {
    const times = { closesIn: LONG, expiresIn: null, ...request };
    const answer = await agent.post<{ ceremony?: string; code?: string }>("/v1/ceremonies", times);
    if (answer.ceremony === undefined) throw new Error(`${agent.name} could not open: ${answer.code ?? "no answer"}`);
    this.ceremony = answer.ceremony;
    this.say(
      `${agent.name}  opens "${request.title}" (${request.pattern ?? "a policy of its own"}) -> ceremony ${answer.ceremony.slice(0, 12)}`,
    );
  }

  /** Waits until a party knows the call, then has it contribute; answers the observation's id. */
  async contribute(agent: LocalAgent, content: Json, what: string, item?: string): Promise<string> {
    await this.until(`${agent.name} knows the call`, 60, async () => (await this.view(agent)).policy !== null);
    const slot = item === undefined ? "" : `?item=${encodeURIComponent(item)}`;
    const answer = await agent.post<{ observation?: string; code?: string | null }>(
      `/v1/ceremonies/${this.ceremony}/attestations${slot}`,
      content,
    );
    if (!answer.observation) throw new Error(`${agent.name} could not contribute: ${answer.code ?? "no answer"}`);
    this.say(`${agent.name}  ${what}  obs ${answer.observation.slice(0, 12)}`);
    return answer.observation;
  }

  async inRound(agent: LocalAgent, round: number): Promise<void> {
    await this.until(`${agent.name} is in round ${round}`, 60, async () => (await this.view(agent)).round >= round);
  }

  async attestAll(agents: readonly LocalAgent[]): Promise<void> {
    for (const agent of agents) await this.attest(agent);
  }

  /** A check of the scenario: written down where it holds, the end of the scenario where it does not. */
  check(fact: string, holds: boolean): void {
    if (!holds) throw new Unmet(`it does not hold that ${fact}`);
    this.facts.push(fact);
    this.say(`✓ ${fact}`);
  }

  /** Waits until every running party shows an ending: as long as the ceremony lives, and some seconds for its last words. */
  async ended(seconds: number, agents = this.running()): Promise<readonly CeremonyView[]> {
    let views: readonly CeremonyView[] = [];
    const patience = Math.max(seconds, this.#expiresIn + AFTER_EXPIRY);
    await this.until("every running party shows an ending", patience, async () => {
      views = await this.views(agents);
      return views.every((view) => ENDED.has(view.phase));
    });
    return views;
  }

  /** As `ended`, and until each has heard what the others computed. */
  async agreed(seconds: number, agents = this.running()): Promise<readonly CeremonyView[]> {
    let views = await this.ended(seconds, agents);
    await this.until("the parties heard each other's outcome", 15, async () => {
      views = await this.views(agents);
      return views.every((view) => view.phase === "expired" || view.agreement.same >= agents.length);
    });
    return views;
  }

  async until(what: string, seconds: number, holds: () => Promise<boolean>): Promise<void> {
    const start = Date.now();
    let told = start;
    while (!(await holds().catch(() => false))) {
      const now = Date.now();
      if (now > start + seconds * 1_000) throw new Unmet(`waited ${seconds} s in vain: ${what}`);
      if (now > told + HEARTBEAT_MS) {
        told = now;
        this.say(`… waiting until ${what}: ${Math.round((now - start) / 1_000)} of at most ${seconds} s`);
      }
      await sleep(POLL_MS);
    }
  }
}
