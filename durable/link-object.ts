// The link of one agent to the bus: one Durable Object that owns the connection, the outbox and the pull loop.
// All that must survive is in SQLite; the connection, the loop and the timers are made anew whenever the object wakes.
import { DurableObject } from "cloudflare:workers";
import { buildJournalSubject } from "../shared/mesh/subject.ts";
import type { Bus } from "./bus.ts";
import type { InboundFrame } from "./link-inbound.ts";
import { gather, handOn } from "./link-inbound.ts";
import type { OutgoingFrame, PeerLane, SendReport, UnsentNotice } from "./link-outbox.ts";
import { Outbox } from "./link-outbox.ts";
import type { RefusedFrame, Trouble } from "./link-schema.ts";
import {
  counted,
  createTables,
  drainUntil,
  lastHeard,
  lastTrouble,
  listRefused,
  noteTrouble,
  setDrain,
} from "./link-schema.ts";
import { Unwritten } from "./link-unwritten.ts";
import { dialNats, type NatsLogin } from "./nats-link.ts";

export interface LinkEnv {
  readonly NATS_URL: string;
  /** Either these two, or NATS_CREDS: what a server in operator mode gave, whole. */
  readonly NATS_USER?: string;
  readonly NATS_PASSWORD?: string;
  readonly NATS_CREDS?: string;
  readonly OBSERVATIONS: Queue<InboundFrame>;
}

export type LinkHealth = {
  readonly connected: boolean;
  /** Takes nothing in, so that the agent can be stopped once the outbox is empty. */
  readonly draining: boolean;
  /** Frames stored and not yet received by their peer's stream. */
  readonly outbox: number;
  /** Messages in this party's own stream that wait to be taken in, as last looked within half a minute; null where that is not known. */
  readonly inbox: number | null;
  readonly lanes: readonly PeerLane[];
  readonly lastHeardMs: Readonly<Record<string, number>>;
  /** SENT, RECEIVED, OUTBOX_EXPIRED and one count per refusal code. */
  readonly counts: Readonly<Record<string, number>>;
  readonly lastError: Trouble | null;
};

const STREAM = "INBOX";
const JOURNAL = "OWN";
const CONSUMER = "agent";
/** Below the shortest eviction of an idle object (70 s), and the bound on noticing a half-open connection. */
const WATCH_MS = 20_000;
const ALIVE_MS = 5_000;
const PULL_MAX = 100;
const PULL_MS = 10_000;
/** Longer than a dial takes; past it the bus is away. */
const RECALL_MS = 3_000;
const RECALL_POLL_MS = 20;
/** An operator who forgets, or whose stop fails, has a deaf agent for no longer than this. */
const DRAIN_MAX_MS = 15 * 60_000;
const DRAIN_POLL_MS = 250;
const REDIAL_FIRST_MS = 200;
const REDIAL_MAX_MS = 5_000;

export class Link extends DurableObject<LinkEnv> {
  readonly #outbox: Outbox;
  readonly #unwritten: Unwritten;
  #bus: Bus | undefined;
  #inbox: number | null = null;
  #connected = false;
  #running = false;
  #watching = false;

  constructor(ctx: DurableObjectState, env: LinkEnv) {
    super(ctx, env);
    this.#unwritten = new Unwritten(ctx.storage);
    this.#outbox = new Outbox(ctx.storage, () => (this.#connected ? this.#bus : undefined), this.#unwritten);
    void ctx.blockConcurrencyWhile(async () => {
      createTables(ctx.storage.sql);
      if ((await ctx.storage.getAlarm()) === null) await ctx.storage.setAlarm(Date.now() + WATCH_MS);
    });
    this.#start();
  }

  /** Wakes the link: called when the agent starts, by cron and by health checks. */
  async start(): Promise<void> {
    this.#start();
  }

  async send(items: readonly OutgoingFrame[]): Promise<SendReport> {
    const report = this.#outbox.put(items, Date.now());
    this.#start();
    this.#outbox.pump();
    return report;
  }

  /**
   * The last of this party's own statements under a topic: the one that still waits here, and the one in the journal of its own account,
   * which outlives this object's storage and so tells an agent restored from an older copy what it has forgotten. Rejects while the
   * bus is away.
   */
  async recall(topic: string): Promise<readonly Uint8Array[]> {
    this.#start();
    const pattern = buildJournalSubject(topic, null);
    if (!pattern.ok) throw new Error(pattern.fault.code);
    for (const end = Date.now() + RECALL_MS; !this.#connected && Date.now() < end; ) await sleep(RECALL_POLL_MS);
    if (this.#bus === undefined) throw new Error(lastTrouble(this.ctx.storage.sql)?.what ?? "not connected");
    const found = [this.#outbox.lastOwn(topic), await this.#bus.recall(pattern.value)];
    return found.filter((frame) => frame !== null);
  }

  async health(): Promise<LinkHealth> {
    this.#start();
    const { sql } = this.ctx.storage;
    const lanes = this.#outbox.lanes();
    const outbox = lanes.reduce((total, { rows }) => total + rows, 0);
    const lastError = lastTrouble(sql);
    const draining = this.#isDraining();
    return {
      connected: this.#connected,
      draining,
      outbox,
      inbox: this.#inbox,
      lanes,
      lastHeardMs: lastHeard(sql),
      counts: counted(sql),
      lastError,
    };
  }

  async unsentNotices(): Promise<readonly UnsentNotice[]> {
    return this.#outbox.unsentNotices();
  }

  /** Stops taking frames in, while what waits still goes out; or goes on. What is not taken in stays in the party's stream. */
  async drain(on: boolean): Promise<LinkHealth> {
    setDrain(this.ctx.storage.sql, on ? Date.now() + DRAIN_MAX_MS : 0);
    this.#outbox.pump();
    return this.health();
  }

  async refused(): Promise<RefusedFrame[]> {
    return listRefused(this.ctx.storage.sql);
  }

  override async alarm(): Promise<void> {
    // First of all: an alarm that has fired is used up, and without the next one nothing would wake this object again.
    await this.ctx.storage.setAlarm(Date.now() + WATCH_MS);
    this.#start();
    try {
      await this.#watch();
      this.#outbox.expire(Date.now());
      this.#outbox.pump();
    } catch (error) {
      noteTrouble(this.ctx.storage.sql, "watch", error, Date.now());
    }
  }

  #start(): void {
    if (this.#running) return;
    this.#running = true;
    // The loop ends only when storage throws, which is how an object learns that another instance has superseded it.
    this.#run().catch(() => {
      this.#running = false;
      this.#drop(this.#bus);
    });
  }

  /** Dials, pulls and hands on, for as long as the object lives; every failure ends in dialling anew. */
  async #run(): Promise<void> {
    let failures = 0;
    for (;;) {
      try {
        const bus = this.#bus ?? (await this.#dial());
        const deliveries = await (this.#isDraining() ? bus.pull(0, DRAIN_POLL_MS) : bus.pull(PULL_MAX, PULL_MS));
        failures = 0;
        await gather(deliveries, bus);
        // Asked for before the drain began: left in the stream until that request is over.
        if (this.#isDraining()) for (const delivery of deliveries) delivery.retry(PULL_MS);
        else await handOn(deliveries, this.ctx.storage.sql, this.env.OBSERVATIONS, this.#unwritten);
        this.#unwritten.writeIfDue();
      } catch (error) {
        this.#drop(this.#bus);
        noteTrouble(this.ctx.storage.sql, "receive", error, Date.now());
        await sleep(redialDelay(failures));
        failures += 1;
      }
    }
  }

  #isDraining(): boolean {
    return drainUntil(this.ctx.storage.sql) > Date.now();
  }

  async #dial(): Promise<Bus> {
    let dialled: Bus | undefined;
    const bus = await dialNats({
      url: this.env.NATS_URL,
      login: loginOf(this.env),
      stream: STREAM,
      durable: CONSUMER,
      journal: JOURNAL,
      // A bus that was dropped may still report; only the present one counts.
      onStatus: (connected) => {
        if (dialled === this.#bus) this.#setConnected(connected);
      },
    });
    dialled = bus;
    this.#bus = bus;
    this.#setConnected(true);
    void this.#look(bus);
    return bus;
  }

  /** How much waits to be taken in: nobody depends on it, so a server that does not say is no failure. */
  async #look(bus: Bus): Promise<void> {
    const inbox = await bus.waiting().catch(() => null);
    if (bus === this.#bus) this.#inbox = inbox;
  }

  async #watch(): Promise<void> {
    const bus = this.#bus;
    if (bus === undefined || this.#watching) return;
    this.#watching = true;
    const alive = await bus.alive(ALIVE_MS).finally(() => {
      this.#watching = false;
    });
    if (alive) await this.#look(bus);
    else this.#drop(bus);
  }

  #drop(bus: Bus | undefined): void {
    if (bus === undefined || bus !== this.#bus) return;
    this.#bus = undefined;
    this.#inbox = null;
    this.#setConnected(false);
    bus.close();
  }

  #setConnected(connected: boolean): void {
    this.#connected = connected;
    if (connected) this.#outbox.resume();
  }
}

function redialDelay(failures: number): number {
  return Math.min(REDIAL_FIRST_MS * 2 ** Math.min(failures, 8), REDIAL_MAX_MS) * (0.75 + Math.random() / 2);
}

function sleep(ms: number): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, ms));
}

function loginOf({ NATS_CREDS, NATS_USER = "", NATS_PASSWORD = "" }: LinkEnv): NatsLogin {
  return NATS_CREDS === undefined ? { user: NATS_USER, password: NATS_PASSWORD } : { credentials: NATS_CREDS };
}
