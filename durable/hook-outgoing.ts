// Telling others: which endpoint is told which event, and what one round of sending does. An alarm drives it; every step is a row before.
import { fault, ok, type Result } from "../shared/result.ts";
import type { CeremonyEvent } from "../shared/webhooks/event.ts";
import { pauseAfter } from "../shared/webhooks/schedule.ts";
import { type AgentConfig, configOf } from "./config.ts";
import type { AgentEnv } from "./env.ts";
import { GITHUB_HEADERS, GithubTokens } from "./github-token.ts";
import { type Callback, HookAnswers } from "./hook-answers.ts";
import { type Endpoint, HookEndpoints, type ShownEndpoint } from "./hook-endpoints.ts";
import { type Due, HookOutbox } from "./hook-outbox.ts";
import { type HookSecrets, newSecret, publicKeyText, type SealedSecret, webhookSigner } from "./hook-secrets.ts";
import { type Answered, attempt, type CallRule, checkTarget, standardHeaders } from "./hook-send.ts";
import { log } from "./log.ts";

/** What is told of an endpoint once: its secret is shown nowhere else. */
export type AddedEndpoint = Endpoint & { readonly secret: string; readonly publicKey: string };

/** Of one owner in one round. */
const TURN_MS = 5_000;

/** The receiver wants nothing more. */
const GONE = 410;

export class HookOutgoing {
  readonly outbox: HookOutbox;
  readonly endpoints: HookEndpoints;
  readonly answers: HookAnswers;
  readonly #tokens = new GithubTokens();
  readonly #secrets: HookSecrets;
  readonly #env: AgentEnv;

  constructor(sql: SqlStorage, secrets: HookSecrets, env: AgentEnv) {
    this.outbox = new HookOutbox(sql);
    this.endpoints = new HookEndpoints(sql);
    this.answers = new HookAnswers(sql);
    this.#secrets = secrets;
    this.#env = env;
  }

  get #config(): AgentConfig {
    const config = configOf(this.#env);
    if (!config.ok) throw new Error(config.fault.code);
    return config.value;
  }

  get #rule(): CallRule {
    const { loopback, party } = this.#config;
    return { loopback, resolver: party.resolver };
  }

  list(): readonly ShownEndpoint[] {
    return this.endpoints.list(this.#config.party.endpoints);
  }

  async publicKey(): Promise<string> {
    return publicKeyText(await webhookSigner(this.#env.SIGNING_KEY));
  }

  async add(endpoint: Endpoint, nowMs: number): Promise<Result<AddedEndpoint>> {
    const target = await checkTarget(endpoint.url, this.#rule);
    if (!target.ok) return target;
    const secret = newSecret();
    const sealed = await this.#sealed(endpoint.id, secret);
    const publicKey = await this.publicKey();
    // From here on nothing is waited for: the endpoint and its secret are written together, or neither.
    const added = this.endpoints.add(endpoint, this.#config.party.endpoints);
    if (!added.ok) return added;
    this.#secrets.put(sealed, nowMs, 0);
    return ok({ ...endpoint, secret, publicKey });
  }

  /** A new secret for an endpoint; what is sent is signed with the old one too until the overlap ends. */
  async rotate(id: string, nowMs: number, overlapMs: number): Promise<string> {
    const secret = newSecret();
    this.#secrets.put(await this.#sealed(id, secret), nowMs, overlapMs);
    return secret;
  }

  #sealed(id: string, secret: string): Promise<SealedSecret> {
    return this.#secrets.sealed(ownerOf(id), secret, this.#config.hookSecrets.get(ownerOf(id)) ?? []);
  }

  remove(id: string): Result<true> {
    if (!this.endpoints.remove(id)) return fault("NOT_FOUND", { thing: "such endpoint that was added here" });
    this.#secrets.forget(ownerOf(id));
    this.outbox.bury("webhook", id);
    return ok(true);
  }

  /** Writes down what each endpoint is to be told; answers which types anybody wants, so that nobody prepares the others. */
  notify(events: readonly CeremonyEvent[], nowMs: number): readonly string[] {
    const open = this.list().filter(({ disabledAtMs }) => disabledAtMs === null);
    for (const event of events) {
      this.#answer(event, nowMs);
      const wanted = open.filter(({ events: types }) => types.includes(event.type));
      if (wanted.length > 0) this.outbox.keep(event, nowMs);
      for (const { id } of wanted) this.outbox.enqueue("webhook", id, null, event.id, nowMs);
    }
    return [...new Set(open.flatMap(({ events: types }) => types))];
  }

  /** A sender waits for a ceremony's end; one that was told before it began to wait is answered at once. */
  await(ceremony: string, callback: Callback, nowMs: number): void {
    const end = this.answers.await(ceremony, callback);
    if (end !== null) this.#answer(end, nowMs);
  }

  /** Whoever asked for the ceremony by a delivery, and waits, is told how it ended. */
  #answer(event: CeremonyEvent, nowMs: number): void {
    const due = this.answers.due(event, nowMs);
    if (due === null) return;
    this.outbox.keep(due.answer, nowMs);
    this.outbox.enqueue("github", due.callback.source, due.callback.url, due.answer.id, nowMs);
  }

  /** Sends what is due: to each owner one thing after another, and to no more owners at once than there are connections. */
  async work(nowMs: number): Promise<void> {
    const lanes = Map.groupBy(this.outbox.take(nowMs), ({ road, owner }) => `${road} ${owner}`);
    await Promise.all([...lanes.values()].map((lane) => this.#sendAll(lane)));
  }

  /** Whoever has been slow for so long waits for the next round: meanwhile others have their turn. */
  async #sendAll(lane: readonly Due[]): Promise<void> {
    const startedMs = Date.now();
    for (const due of lane) {
      const nowMs = Date.now();
      if (nowMs - startedMs >= TURN_MS) this.outbox.release(due, nowMs);
      else await this.#send(due);
    }
  }

  async #send(due: Due): Promise<void> {
    const sent = due.road === "github" ? this.#toGithub(due) : this.#toEndpoint(due);
    const answered = await sent.catch((error: unknown): Answered => {
      const reason = error instanceof Error ? error.message : String(error);
      log("error", "delivery-failed", { source: due.owner, told: due.event, reason });
      return { atMs: Date.now(), tookMs: 0, http: null, why: `not sent: ${reason}`, retryAfterMs: null };
    });
    if (answered.http === GONE && due.road === "webhook") {
      this.outbox.note(due, answered, null);
      this.endpoints.disable(due.owner, answered.atMs, "it answered 410");
      this.outbox.bury("webhook", due.owner);
      return;
    }
    const [chance = 0] = crypto.getRandomValues(new Uint8Array(1));
    const pause = pauseAfter(due.attempts + 1, chance, answered.retryAfterMs);
    this.outbox.note(due, answered, pause === null ? null : answered.atMs + pause);
  }

  async #toGithub({ owner, target, ceremony, body }: Due): Promise<Answered> {
    const callback = this.answers.of(ceremony);
    const request = { source: owner, api: callback?.api ?? "", installation: callback?.installation ?? null };
    const token = await this.#tokens.of(request, this.#config.hookSecrets, this.#rule, Date.now());
    const headers = { ...GITHUB_HEADERS, authorization: `Bearer ${token}` };
    const answered = await attempt({ url: target ?? "", headers, body }, this.#rule);
    if (answered.http === 401 || answered.http === 403) this.#tokens.forget();
    return answered;
  }

  async #toEndpoint(due: Due): Promise<Answered> {
    const endpoint = this.list().find(({ id }) => id === due.owner);
    const nowMs = Date.now();
    if (endpoint === undefined || endpoint.disabledAtMs !== null)
      return { atMs: nowMs, tookMs: 0, http: null, why: "the endpoint is not in use", retryAfterMs: null };
    const configured = this.#config.hookSecrets.get(ownerOf(due.owner)) ?? [];
    const { secrets } = await this.#secrets.of(ownerOf(due.owner), configured, nowMs);
    const message = { id: due.event, atSeconds: Math.floor(nowMs / 1_000), body: due.body };
    const headers = await standardHeaders(message, secrets, await webhookSigner(this.#env.SIGNING_KEY));
    return attempt({ url: endpoint.url, headers, body: due.body }, this.#rule);
  }
}

/** Under which its secrets stand, in `HOOK_SECRETS` too: sources and endpoints may have the same name. */
function ownerOf(endpoint: string): string {
  return `endpoint:${endpoint}`;
}
