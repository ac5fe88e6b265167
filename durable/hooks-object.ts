// The agent's webhooks: what came in, and what it did. The ceremonies are the truth; only the deliveries are decided here, since one
// delivery opens at most one ceremony.
import { DurableObject } from "cloudflare:workers";
import type { AgentEnv } from "./env.ts";
import {
  type DeliveryClaim,
  HookRequests,
  type KeptBody,
  type RequestQuery,
  type RequestRecord,
  type ShownEvent,
  type ShownRequest,
} from "./hook-requests.ts";

export type HooksRpc = {
  readonly claim: (source: string, key: string, nowMs: number, timed: boolean) => Promise<DeliveryClaim>;
  readonly settle: (
    record: RequestRecord,
    key: string | null,
    label: string | null,
    kept: KeptBody | null,
  ) => Promise<string>;
  readonly requests: (query: RequestQuery) => Promise<readonly ShownRequest[]>;
  readonly request: (source: string, id: string) => Promise<ShownRequest | null>;
  readonly body: (id: string) => Promise<KeptBody | null>;
  readonly events: (source: string, before: number | null, limit: number) => Promise<readonly ShownEvent[]>;
  readonly labelled: (label: string) => Promise<string | null>;
  readonly missing: (source: string, deliveries: readonly string[]) => Promise<readonly string[]>;
  readonly counts: (source: string) => Promise<ReturnType<HookRequests["counts"]>>;
};

export class Hooks extends DurableObject<AgentEnv> {
  readonly #requests: HookRequests;

  constructor(ctx: DurableObjectState, env: AgentEnv) {
    super(ctx, env);
    this.#requests = new HookRequests(ctx.storage.sql);
  }

  async claim(source: string, key: string, nowMs: number, timed: boolean): Promise<DeliveryClaim> {
    return this.ctx.storage.transactionSync(() => this.#requests.claim(source, key, nowMs, timed));
  }

  async settle(
    record: RequestRecord,
    key: string | null,
    label: string | null,
    kept: KeptBody | null,
  ): Promise<string> {
    const id = this.ctx.storage.transactionSync(() => this.#requests.settle(record, key, label, kept));
    if ((await this.ctx.storage.getAlarm()) === null) await this.#arm();
    return id;
  }

  async requests(query: RequestQuery): Promise<readonly ShownRequest[]> {
    return this.#requests.list(query);
  }

  async request(source: string, id: string): Promise<ShownRequest | null> {
    return this.#requests.one(source, id);
  }

  async body(id: string): Promise<KeptBody | null> {
    return this.#requests.body(id);
  }

  async events(source: string, before: number | null, limit: number): Promise<readonly ShownEvent[]> {
    return this.#requests.events(source, before, limit);
  }

  async labelled(label: string): Promise<string | null> {
    return this.#requests.labelled(label);
  }

  async missing(source: string, deliveries: readonly string[]): Promise<readonly string[]> {
    return this.#requests.missing(source, deliveries);
  }

  async counts(source: string): Promise<ReturnType<HookRequests["counts"]>> {
    return this.#requests.counts(source);
  }

  override async alarm(): Promise<void> {
    await this.#arm();
  }

  /** Bodies go when their day is over, whether anything comes or not. */
  async #arm(): Promise<void> {
    const next = this.#requests.purge(Date.now());
    if (next !== null) await this.ctx.storage.setAlarm(next);
  }
}
