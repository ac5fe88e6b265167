// The agent's webhooks: what came in, what it did, and what is told to others. The ceremonies are the truth; only the deliveries are
// decided here, since one delivery opens at most one ceremony.
import { DurableObject } from "cloudflare:workers";
import { fault, ok, type Result } from "../shared/result.ts";
import { parseSource } from "../shared/source/statement.ts";
import type { CeremonyEvent } from "../shared/webhooks/event.ts";
import type { AgentEnv } from "./env.ts";
import type { Callback } from "./hook-answers.ts";
import type { Endpoint, ShownEndpoint } from "./hook-endpoints.ts";
import { HookIntents, type Intent } from "./hook-intents.ts";
import type { DeliveryStatus, ShownAttempt, ShownDelivery, UndeliveredCount } from "./hook-outbox.ts";
import { type AddedEndpoint, HookOutgoing } from "./hook-outgoing.ts";
import {
  type DeliveryClaim,
  HookRequests,
  type KeptBody,
  type RequestQuery,
  type RequestRecord,
  type ShownEvent,
  type ShownRequest,
} from "./hook-requests.ts";
import { HookSecrets, newSecret } from "./hook-secrets.ts";
import { HookSources } from "./hook-sources.ts";
import type { SourceCounts, SourceIntake } from "./hooks-rpc.ts";

export class Hooks extends DurableObject<AgentEnv> {
  readonly #requests: HookRequests;
  readonly #outgoing: HookOutgoing;
  readonly #intents: HookIntents;
  readonly #sources: HookSources;
  readonly #secrets: HookSecrets;

  constructor(ctx: DurableObjectState, env: AgentEnv) {
    super(ctx, env);
    const { sql } = ctx.storage;
    this.#requests = new HookRequests(sql);
    this.#intents = new HookIntents(sql);
    this.#sources = new HookSources(sql);
    this.#secrets = new HookSecrets(sql, env.SIGNING_KEY);
    this.#outgoing = new HookOutgoing(sql, this.#secrets, env);
  }

  async intake(source: string, configured: readonly string[]): Promise<SourceIntake> {
    const secrets = await this.#secrets.of(source, configured, Date.now());
    return { ...secrets, frame: this.#sources.frame(source), pausedAtMs: this.#sources.pausedAtMs(source) };
  }

  async sources(): Promise<readonly Uint8Array[]> {
    return this.#sources.list();
  }

  async addSource(
    frame: Uint8Array,
    secret: string | null,
    renew: boolean,
  ): Promise<Result<{ readonly secret: string | null }>> {
    const source = parseSource(frame);
    if (!source.ok) return source;
    const { id } = source.value.document;
    const fresh = secret ?? newSecret();
    const sealed = await this.#secrets.sealed(id, fresh, []);
    return this.ctx.storage.transactionSync(() => {
      const nowMs = Date.now();
      const added = this.#sources.add(source.value);
      if (!added.ok) return added;
      const keeps = !added.value.isNew && !renew && this.#secrets.holds(id, nowMs);
      if (keeps && secret === null) return ok({ secret: null });
      this.#secrets.put(sealed, nowMs, 0);
      return ok({ secret: fresh });
    });
  }

  async removeSource(id: string): Promise<Result<true>> {
    if (!this.#sources.remove(id)) return fault("NOT_FOUND", { thing: "such source that was added here" });
    this.#secrets.forget(id);
    return ok(true);
  }

  async pauseSource(id: string, on: boolean): Promise<number | null> {
    if (on) return this.#sources.pause(id, Date.now());
    this.#sources.resume(id);
    return null;
  }

  async rotateSource(
    id: string,
    secret: string | null,
    configured: readonly string[],
    overlapMs: number,
  ): Promise<string> {
    const fresh = secret ?? newSecret();
    this.#secrets.put(await this.#secrets.sealed(id, fresh, configured), Date.now(), overlapMs);
    return fresh;
  }

  async claim(
    source: string,
    key: string,
    nowMs: number,
    timed: boolean,
  ): Promise<DeliveryClaim & { readonly intent: Intent | null }> {
    const claimed = this.ctx.storage.transactionSync(() => this.#requests.claim(source, key, nowMs, timed));
    return { ...claimed, intent: this.#intents.of(source, key) };
  }

  async intend(source: string, key: string, intent: Intent): Promise<Intent> {
    const opened = this.#requests.opened(source, key);
    if (opened !== null) return { ceremony: opened, frame: null, label: null, callback: null };
    this.#intents.keep(source, key, intent, Date.now());
    return this.#intents.of(source, key) ?? intent;
  }

  async settle(
    record: RequestRecord,
    key: string | null,
    label: string | null,
    kept: KeptBody | null,
    callback: Callback | null,
  ): Promise<string> {
    const id = this.ctx.storage.transactionSync(() => {
      if (callback !== null && record.ceremony !== null) this.#outgoing.await(record.ceremony, callback, Date.now());
      // An attempt that died has no key: nobody knows how far its opening went, so it is tried again as it was.
      if (key !== null) this.#intents.drop(record.source, key);
      return this.#requests.settle(record, key, label, kept);
    });
    if (callback !== null || (await this.ctx.storage.getAlarm()) === null) await this.#arm();
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

  async counts(source: string): Promise<SourceCounts> {
    return { ...this.#requests.counts(source), pausedAtMs: this.#sources.pausedAtMs(source) };
  }

  async notify(events: readonly CeremonyEvent[]): Promise<readonly string[]> {
    const wanted = this.ctx.storage.transactionSync(() => this.#outgoing.notify(events, Date.now()));
    await this.#arm();
    return wanted;
  }

  async event(id: string): Promise<string | null> {
    return this.#outgoing.outbox.event(id);
  }

  async endpoints(): Promise<{ readonly endpoints: readonly ShownEndpoint[]; readonly publicKey: string }> {
    return { endpoints: this.#outgoing.list(), publicKey: await this.#outgoing.publicKey() };
  }

  async addEndpoint(endpoint: Endpoint): Promise<Result<AddedEndpoint>> {
    return this.#outgoing.add(endpoint, Date.now());
  }

  async removeEndpoint(id: string): Promise<Result<true>> {
    return this.#outgoing.remove(id);
  }

  async enableEndpoint(id: string): Promise<Result<true>> {
    if (!this.#has(id)) return fault("NOT_FOUND", { thing: "such endpoint" });
    this.#outgoing.endpoints.enable(id);
    return ok(true);
  }

  async rotateEndpoint(id: string, overlapMs: number): Promise<Result<string>> {
    return this.#has(id)
      ? ok(await this.#outgoing.rotate(id, Date.now(), overlapMs))
      : fault("NOT_FOUND", { thing: "such endpoint" });
  }

  #has(id: string): boolean {
    return this.#outgoing.list().some((endpoint) => endpoint.id === id);
  }

  async deliveries(
    owner: string | null,
    status: DeliveryStatus | null,
    before: number | null,
    limit: number,
  ): Promise<readonly ShownDelivery[]> {
    return this.#outgoing.outbox.deliveries(owner, status, before, limit);
  }

  async attempts(
    ceremony: string | null,
    owner: string | null,
    before: number | null,
    limit: number,
  ): Promise<readonly ShownAttempt[]> {
    return this.#outgoing.outbox.attempts(ceremony, owner, before, limit);
  }

  async undelivered(): Promise<readonly UndeliveredCount[]> {
    return this.#outgoing.outbox.undelivered();
  }

  async redeliver(id: string): Promise<Result<true>> {
    if (!this.#outgoing.outbox.replay(id, Date.now())) return fault("NOT_FOUND", { thing: "such delivery" });
    await this.#arm();
    return ok(true);
  }

  override async alarm(): Promise<void> {
    try {
      await this.#outgoing.work(Date.now());
    } finally {
      await this.#arm();
    }
  }

  /** One alarm: the next delivery, or the end of the oldest body's day, whichever is first. */
  async #arm(): Promise<void> {
    const nowMs = Date.now();
    const times = [this.#requests.purge(nowMs), this.#outgoing.outbox.next(nowMs)].filter((at) => at !== null);
    if (times.length > 0) await this.ctx.storage.setAlarm(Math.max(Math.min(...times), nowMs));
  }
}
