// One shard of the intake of one ceremony of one party (SPEC §7.14), named CEREMONY/NUMBER: a thin host round the pure judge of shared/ceremony/shard.ts.
// A turn is judged, stored in one transaction and answered; what is stored goes to the ceremony in packs until it has them, whatever crashes between.
import { DurableObject } from "cloudflare:workers";
import type { Receipt } from "../shared/ceremony/effect.ts";
import {
  handedOver,
  nextPack,
  openShard,
  type ShardState,
  shardAgain,
  takeInShard,
  waitingIn,
} from "../shared/ceremony/shard.ts";
import type { Taken } from "../shared/ceremony/taken.ts";
import { BATCH_MEMBERS_MAX } from "../shared/limits.ts";
import { packUp } from "../shared/observation/batch.ts";
import type { Call, Observation, VerifiedObservation } from "../shared/observation/observation.ts";
import { reopen } from "../shared/observation/reopen.ts";
import { shardName } from "./ceremony-shards.ts";
import { type AgentConfig, configOf, meshTime } from "./config.ts";
import { type AgentEnv, type CeremonyRpc, DIRECTORY_NAME } from "./env.ts";
import { IntakeLedger } from "./intake-ledger.ts";
import { log } from "./log.ts";

/** The longest that a contribution waits here while the ceremony answers, and the shortest before the close. */
const HAND_OVER_MS = 1_000;
const HAND_OVER_MS_MIN = 50;
const AGAIN_MS = 500;
const AGAIN_MOST_MS = 30_000;
/** What waits is told to whoever watches the agent so often at most, and once nothing does any more. */
const TELL_MS = 1_000;

type Shard = { readonly state: ShardState; readonly sealing: boolean };

export class Intake extends DurableObject<AgentEnv> {
  readonly #ledger: IntakeLedger;
  readonly #config: AgentConfig;
  readonly #ceremony: string;
  readonly #number: number;
  #shard: Shard | null = null;
  #joining: Promise<void> | null = null;
  #handing: Promise<void> | null = null;
  #failures = 0;
  #failingSinceMs: number | null = null;
  #told = { waiting: 0, atMs: 0 };

  constructor(ctx: DurableObjectState, env: AgentEnv) {
    super(ctx, env);
    const config = configOf(env);
    if (!config.ok) throw new Error(`${config.fault.code}: ${JSON.stringify(config.fault.detail)}`);
    this.#config = config.value;
    const [ceremony = "", shard = ""] = (ctx.id.name ?? "").split("/");
    this.#ceremony = ceremony;
    this.#number = Number(shard);
    this.#ledger = new IntakeLedger(ctx.storage.sql);
    this.#shard = this.#load();
    void ctx.blockConcurrencyWhile(async () => {
      if (this.#shard !== null && (await ctx.storage.getAlarm()) === null) this.#arm();
    });
  }

  async submit(frames: readonly Uint8Array[]): Promise<readonly (Receipt | null)[]> {
    const observations = frames.map(reopen);
    if (this.#shard === null) await this.#join();
    const shard = this.#shard;
    if (shard === null || shard.sealing) return frames.map(() => null);
    const step = takeInShard(shard.state, meshTime(this.#config), observations);
    this.#commit({ ...shard, state: step.state }, () => this.#ledger.commit(step));
    if (waitingIn(step.state).size >= BATCH_MEMBERS_MAX) void this.#handOver();
    return step.receipts;
  }

  async seal(round: number): Promise<void> {
    if (this.#shard?.state.terms.round !== round) return;
    this.#close();
    await this.#handOver();
  }

  async hasten(): Promise<void> {
    await this.#handOver();
  }

  async waiting(): Promise<number> {
    return this.#shard === null ? 0 : waitingIn(this.#shard.state).size;
  }

  override async alarm(): Promise<void> {
    if (this.#shard === null) return;
    // A fired alarm is used up: the next one is set whatever becomes of this one.
    await this.ctx.storage.setAlarm(Date.now() + this.#pause());
    if (this.#isOver()) this.#close();
    await this.#handOver();
  }

  /** Whether the round's close time has come by this party's clock. */
  #isOver(): boolean {
    const terms = this.#shard?.state.terms;
    return terms !== undefined && meshTime(this.#config) + terms.correction >= terms.closesAt;
  }

  #close(): void {
    const shard = this.#shard;
    if (shard !== null && !shard.sealing) this.#commit({ ...shard, sealing: true }, () => this.#ledger.seal());
  }

  /** One asking for all that wait for it. */
  async #join(): Promise<void> {
    this.#joining ??= this.#enlist().finally(() => {
      this.#joining = null;
    });
    await this.#joining;
  }

  async #enlist(): Promise<void> {
    const enlisted = await this.#parent().enlist(this.#number);
    if (enlisted === null || this.#shard !== null) return;
    const call = reopen(enlisted.call) as VerifiedObservation & Observation<Call>;
    const state = openShard(this.#config.self, call, enlisted.terms);
    this.#commit({ state, sealing: false }, () => this.#ledger.begin(enlisted));
  }

  #parent(): CeremonyRpc {
    return this.env.CEREMONY.getByName(this.#ceremony);
  }

  #load(): Shard | null {
    const kept = this.#ledger.load();
    if (kept === null) return null;
    const { enlisted, sealing, taken, handed } = kept;
    const call = reopen(enlisted.call) as VerifiedObservation & Observation<Call>;
    const said = taken.map(reopen) as readonly VerifiedObservation[] as readonly Taken[];
    const ids = new Set(said.slice(0, handed).map(({ id }) => id));
    return { state: shardAgain(openShard(this.#config.self, call, enlisted.terms), said, ids), sealing };
  }

  #commit(next: Shard, write: () => void): void {
    try {
      this.ctx.storage.transactionSync(write);
    } catch (error) {
      this.#shard = this.#load(); // whatever the disk holds now is what happened
      throw error;
    }
    this.#shard = next;
    this.#arm();
  }

  #arm(): void {
    void this.ctx.storage.getAlarm().then((at) => {
      const due = Date.now() + this.#pause();
      if (this.#shard !== null && (at === null || at > due)) void this.ctx.storage.setAlarm(due);
    });
  }

  /** Soon while something waits, or is to be sealed; else at the close of the round. */
  #pause(): number {
    if (this.#failures > 0) return Math.min(AGAIN_MS * 2 ** (this.#failures - 1), AGAIN_MOST_MS);
    const shard = this.#shard;
    if (shard === null || shard.sealing) return HAND_OVER_MS;
    const { closesAt, correction } = shard.state.terms;
    const left = Math.max(0, Math.ceil((closesAt - correction - meshTime(this.#config)) / 1_000));
    if (waitingIn(shard.state).size === 0) return left;
    // What waits is on its way when half of the time that remains has passed, so that the others hear of it before they close.
    return Math.min(HAND_OVER_MS, Math.max(HAND_OVER_MS_MIN, Math.floor(left / 2)));
  }

  #handOver(): Promise<void> {
    this.#handing ??= this.#handAll()
      .then(() => {
        this.#failures = 0;
        this.#failingSinceMs = null;
      })
      .catch((error: unknown) => {
        this.#failures += 1;
        this.#failingSinceMs ??= Date.now();
        log("error", "handing-over-failed", { ceremony: this.#ceremony, reason: String(error) });
      })
      .finally(() => {
        this.#handing = null;
        this.#arm();
        this.ctx.waitUntil(this.#tell());
      });
    this.ctx.waitUntil(this.#handing);
    return this.#handing;
  }

  /** Losing it changes nothing. */
  async #tell(): Promise<void> {
    const waiting = this.#shard === null ? 0 : waitingIn(this.#shard.state).size;
    const atMs = Date.now();
    if (waiting === this.#told.waiting || (waiting > 0 && atMs - this.#told.atMs < TELL_MS)) return;
    this.#told = { waiting, atMs };
    const shard = shardName(this.#ceremony, this.#number);
    const row = { shard, waiting, sinceMs: this.#failingSinceMs ?? atMs };
    await this.env.DIRECTORY.getByName(DIRECTORY_NAME)
      .shard(row)
      .catch((error: unknown) => log("error", "waiting-not-told", { ceremony: this.#ceremony, reason: String(error) }));
  }

  async #handAll(): Promise<void> {
    for (let shard = this.#shard; shard !== null; shard = this.#shard) {
      const { sealing, state } = shard;
      const group = nextPack(state);
      const { refused, upTo, all } = this.#ledger.untold();
      const last = sealing && all && group.length === waitingIn(state).size;
      if (group.length + refused.length === 0 && !last) return;
      const taken = group.length === 0 ? null : packUp(group);
      const { round } = state.terms;
      const credit = await this.#parent().handOver({ round, shard: this.#number, taken, refused, last });
      if (last) return this.#end();
      this.#handed(group, credit, upTo);
    }
  }

  #handed(group: readonly Taken[], credit: number, refused: number): void {
    const shard = this.#shard as Shard;
    const state = handedOver(shard.state, group, credit);
    this.#commit({ ...shard, state }, () => this.#ledger.handed(group.at(-1)?.id ?? null, refused));
  }

  /** The ceremony has all, and answers for all that comes. */
  async #end(): Promise<void> {
    this.#shard = null;
    await this.ctx.storage.deleteAll();
    await this.ctx.storage.deleteAlarm();
  }
}
