// One ceremony of one party: a thin host round the pure step (SPEC §7.5). A turn is step (synchronous) -> one transaction -> effects;
// there is no await between reading the state and committing, and memory follows the disk.
import { DurableObject } from "cloudflare:workers";
import { type Revocation, reopenRevocation } from "../shared/authority/statement.ts";
import type { Json } from "../shared/cbor/json.ts";
import type { CborMap } from "../shared/cbor/value.ts";
import type { Contest } from "../shared/ceremony/contest.ts";
import { type DraftedContribution, draftContribution, stepDraft } from "../shared/ceremony/draft.ts";
import { type Receipt, refusedFor } from "../shared/ceremony/effect.ts";
import { pictureOf } from "../shared/ceremony/picture.ts";
import { type Preview, previewOf } from "../shared/ceremony/preview.ts";
import { type CeremonyState, emptyState, hasEnded } from "../shared/ceremony/state.ts";
import { type Input, type Step, step } from "../shared/ceremony/step.ts";
import { type Explanation, explainOne } from "../shared/evidence/explain.ts";
import { inclusionDocument } from "../shared/evidence/inclusion.ts";
import type { LinkedEntry } from "../shared/lineage/entry.ts";
import { buildTopic } from "../shared/mesh/subject.ts";
import type { TranslatorRevocation } from "../shared/mesh/translator.ts";
import { reopen } from "../shared/observation/reopen.ts";
import { type Fault, ok, type Result } from "../shared/result.ts";
import { Alarm } from "./alarm.ts";
import { alertOf, logAlert, type ShownCeremony, type ShownPicture } from "./alerts.ts";
import { Carrying } from "./ceremony-carrying.ts";
import { groundFor, uptakeOf, withdrawalFrom } from "./ceremony-ground.ts";
import { HandingOn, handOn } from "./ceremony-handing.ts";
import { CeremonyLedger } from "./ceremony-ledger.ts";
import { meetPast } from "./ceremony-past.ts";
import { CeremonyShards, type Handed, packIn } from "./ceremony-shards.ts";
import { Telling } from "./ceremony-telling.ts";
import { noRoomFor, Readers } from "./ceremony-waiting.ts";
import { type AgentConfig, configOf, meshTime } from "./config.ts";
import { type AgentEnv, DIRECTORY_NAME, type Followed } from "./env.ts";
import { type Exported, exportEvidence } from "./evidence-export.ts";
import type { Enlisted, HandedPack } from "./intake-rpc.ts";
import { log } from "./log.ts";
import type { Uptake } from "./mesh-operations.ts";

const RETRY_MS = 2_000;

type Frames = readonly Uint8Array[];

export class Ceremony extends DurableObject<AgentEnv> {
  readonly #ledger: CeremonyLedger;
  readonly #config: AgentConfig;
  readonly #telling: Telling;
  #state: CeremonyState;
  readonly #carrying: Carrying;
  readonly #readers = new Readers();
  readonly #handing: HandingOn;
  readonly #shards: CeremonyShards;
  readonly #alarm: Alarm;
  /** Settled once this instance has met whatever it signed before, in whatever store; see `meetPast`. */
  #current: Promise<Fault | null> | null = null;

  constructor(ctx: DurableObjectState, env: AgentEnv) {
    super(ctx, env);
    const config = configOf(env);
    if (!config.ok) throw new Error(`${config.fault.code}: ${JSON.stringify(config.fault.detail)}`);
    this.#config = config.value;
    this.#ledger = new CeremonyLedger(ctx.storage.sql);
    this.#alarm = new Alarm(ctx.storage);
    this.#telling = new Telling(env, this.#ledger);
    const state = () => this.#state;
    this.#shards = new CeremonyShards(env, config.value, state, (input) => this.#turn(input));
    const now = () => meshTime(config.value);
    this.#carrying = new Carrying(state, (revocation) => this.#turn({ on: "revocation", now: now(), revocation }), now);
    this.#state = this.#ledger.load(ctx.id.name ?? "", config.value.self);
    this.#handing = new HandingOn(
      () => handOn(env, this.#ledger, this.#telling, this.#topic(), state),
      (error) => log("error", "drain-failed", { ceremony: this.ctx.id.name, reason: String(error) }),
    );
    void ctx.blockConcurrencyWhile(() => this.#keepAlarm());
  }

  async submit(frames: Frames, revocations: Frames = [], isSentBack = false): Promise<readonly Handed[]> {
    const observations = frames.map(reopen);
    const doubt = (await noRoomFor(this.env, this.#state, observations)) ?? (await this.#doubt());
    const ground = doubt === null ? await groundFor(this.env, this.#config, this.#state, observations) : null;
    if (doubt === null) this.#carrying.carry(revocations.map(reopenRevocation), observations);
    const receipts =
      doubt === null
        ? this.#shards.takeIn(observations, ground?.input, isSentBack)
        : frames.map(() => refusedFor(doubt));
    if (ground !== null) this.#carrying.carry(ground.withdrawals);
    await this.#forgetUnknown();
    return receipts;
  }

  /** Takes note of revocations that were told outside of the ceremony. */
  async hear(revocations: Frames): Promise<void> {
    this.#carrying.leave(revocations.map(reopenRevocation));
    this.#arm();
  }

  /** What a shard of this ceremony's intake begins with; null where it is to take in nothing. */
  async enlist(shard: number): Promise<Enlisted | null> {
    return (await this.#doubt()) === null ? this.#shards.enlist(shard) : null;
  }

  /** Takes over what a shard has answered for; answers how many bytes may wait there from now on. */
  async handOver(pack: HandedPack): Promise<number> {
    const doubt = await this.#doubt();
    if (doubt !== null) throw new Error(doubt.code); // it comes again
    const opened = packIn(pack);
    this.#carrying.carry([], opened.taken?.members);
    return this.#shards.takeOver(opened);
  }

  async withdraw(frames: readonly Uint8Array[]): Promise<readonly Uptake[]> {
    const [doubt, withdrawals] = [await this.#doubt(), frames.map(withdrawalFrom)];
    if (doubt === null) this.#carrying.carry(withdrawals);
    return withdrawals.map((withdrawal) => uptakeOf(this.#state, doubt, withdrawal));
  }

  async preview(mesh: string, revocation: TranslatorRevocation | Revocation): Promise<Preview | null> {
    return previewOf(this.#state, mesh, revocation);
  }

  /** Carries a revocation into the ceremony, whomever it concerns. */
  async carry(revocation: Uint8Array): Promise<readonly Receipt[]> {
    return this.#speak({ on: "revocation", now: meshTime(this.#config), revocation: reopenRevocation(revocation) });
  }

  async open(call: Uint8Array): Promise<readonly Receipt[]> {
    // What begins here has no past; a webhook that comes while the bus is away still opens its ceremony.
    const begins = this.#state.call === null && this.#state.parked.size === 0;
    if (begins) this.#current = Promise.resolve(null);
    const doubt = begins ? null : await this.#doubt();
    if (doubt !== null) return [refusedFor(doubt)];
    const opened = reopen(call);
    const { input, withdrawals } = await groundFor(this.env, this.#config, this.#state, [opened]);
    const receipts = this.#turn({ on: "open", now: meshTime(this.#config), call: opened, ...input });
    this.#carrying.carry(withdrawals);
    return receipts;
  }

  async attest(content: CborMap, item: string | null): Promise<readonly Receipt[]> {
    return this.#speak({ on: "attest", now: meshTime(this.#config), content, item });
  }

  async contest(contest: Contest): Promise<readonly Receipt[]> {
    return this.#speak({ on: "contest", now: meshTime(this.#config), contest });
  }

  /** Signs nothing before it is known what was signed before. */
  async #speak(input: Input): Promise<readonly Receipt[]> {
    const doubt = await this.#doubt(input.on === "contest");
    return doubt === null ? this.#turn(input) : [refusedFor(doubt)];
  }

  /** What attesting would sign now; nothing is kept. */
  async draft(content: CborMap, item: string | null = null): Promise<Result<DraftedContribution>> {
    return draftContribution(this.#state, content, meshTime(this.#config), this.#config.author, item);
  }

  /** Signs what was shown as a draft, and nothing else. */
  async attestDraft(
    content: CborMap,
    draft: { readonly id: string; readonly at: number; readonly item?: string | null },
  ): Promise<Result<readonly Receipt[]>> {
    const doubt = await this.#doubt();
    if (doubt !== null) return { ok: false, fault: doubt };
    const stepped = stepDraft(this.#state, content, draft, meshTime(this.#config), this.#config.author);
    return stepped.ok ? ok(this.#commit(stepped.value)) : stepped;
  }

  async view(): Promise<ShownCeremony> {
    await this.#keepAlarm();
    return { ...(await this.#shards.shown()), alerts: this.#ledger.alerts().map(alertOf) };
  }

  /** The sweep by cron ends here. */
  async wake(): Promise<void> {
    await this.alarm();
  }

  /** The call's frame: what whoever is not named needs so that it can join. */
  async call(): Promise<Uint8Array | null> {
    return this.#state.call?.frame ?? null;
  }

  async lineage(after = -1, most?: number): Promise<readonly LinkedEntry[]> {
    return this.#ledger.lineage(after, most);
  }

  async entryAt(hash: string): Promise<number | null> {
    return this.#ledger.entryAt(hash);
  }

  /** Entries after an index, and whether the ceremony has ended; where there are none yet, whatever comes within the time. */
  async follow(after: number, most: number, withinMs: number): Promise<Followed> {
    const read = (limit = most) => this.#ledger.lineage(after, limit);
    return this.#readers.follow(read, () => hasEnded(this.#state), withinMs);
  }

  async framesOf(id: string): Promise<readonly Uint8Array[]> {
    return this.#ledger.framesOf(id);
  }

  /** Who said what, what of it was admitted, and what each statement cites; the newest `most` contributions one by one. */
  async picture(most: number): Promise<ShownPicture> {
    return { ...pictureOf(this.#state, this.#ledger.refused(), most), entries: this.#ledger.entryCount() };
  }

  /** The evidence bundle as a stream of JSON text; null while the ceremony has no certified ending. */
  async evidence(): Promise<Exported | null> {
    return exportEvidence(this.#state, this.#ledger, this.#config);
  }

  async inclusion(id: string): Promise<Result<Json>> {
    return inclusionDocument(this.#state, id);
  }

  async explain(id: string): Promise<Result<Explanation>> {
    await this.#shards.hasten();
    return explainOne(this.#state, { refused: this.#ledger.refused(), stored: () => this.#ledger.stored(id) }, id);
  }

  override async alarm(): Promise<void> {
    this.#alarm.forget();
    // A fired alarm is used up, and the platform retries a failed one six times and then never: so the next one is set here, whatever happened.
    const doubt = await this.#doubt();
    try {
      if (doubt === null) this.#carrying.carry([]);
      if (doubt === null) this.#turn({ on: "clock", now: meshTime(this.#config) });
      else this.#arm(Date.now() + RETRY_MS);
    } catch (error) {
      log("error", "alarm-failed", { ceremony: this.ctx.id.name, reason: String(error) });
      this.#arm(Date.now() + RETRY_MS);
    }
    await this.#handing.settled();
    await this.#forgetUnknown();
  }

  /** Nothing of a ceremony stays whose call nobody had when the asking ended; whoever speaks of it again begins anew. */
  async #forgetUnknown(): Promise<void> {
    if (this.#state.call !== null || this.#ledger.wakeMicros() !== null) return;
    this.#state = emptyState(this.#state.ceremony, this.#config.self);
    this.#current = null;
    this.#alarm.forget();
    await this.ctx.storage.deleteAll(); // nothing else runs meanwhile
    this.#ledger.forget();
    this.#telling.forget();
    await this.env.DIRECTORY.getByName(DIRECTORY_NAME).leave(this.#state.ceremony);
  }

  /** Why this instance may not take a turn yet; null once it may. An ended ceremony signs nothing but disputes, a mute one nothing. */
  async #doubt(disputes = false): Promise<Fault | null> {
    if (this.#state.mute || (this.#state.ending !== null && !disputes)) return null;
    this.#current ??= meetPast(this.env, this.#config, this.#topic(), (own) => {
      if (!this.#ledger.holds(own.id))
        this.#turn({ on: "observations", now: meshTime(this.#config), observations: [own] });
    });
    const doubt = await this.#current;
    if (doubt !== null) this.#current = null;
    else await this.#carrying.recall(this.env.DIRECTORY.getByName(DIRECTORY_NAME));
    return doubt;
  }

  #topic(): string {
    const topic = buildTopic(this.#config.party.mesh, this.#state.ceremony);
    if (!topic.ok) throw new Error(topic.fault.code);
    return topic.value;
  }

  #turn(input: Input): readonly Receipt[] {
    return this.#commit(step(this.#state, input, this.#config.author));
  }

  #commit(stepped: Step): readonly Receipt[] {
    try {
      this.ctx.storage.transactionSync(() => this.#ledger.commit(stepped)); // the commit point
    } catch (error) {
      this.#state = this.#ledger.load(this.#state.ceremony, this.#config.self); // whatever the disk holds now is what happened
      throw error;
    }
    this.#state = stepped.state;
    for (const effect of stepped.effects)
      if (effect.do === "record" && effect.entry.kind === "alert") logAlert(this.ctx.id.name, effect.entry);
    this.#readers.tell();
    this.#arm();
    this.ctx.waitUntil(Promise.all([this.#handing.start(), this.#shards.seal()]));
    return stepped.receipts;
  }

  /** An alarm that was lost, with an earlier instance or after the platform's last retry, is set again by whatever event comes. */
  async #keepAlarm(): Promise<void> {
    if (!(await this.#alarm.isSet())) this.#arm();
  }

  /** One alarm: the earliest of what the protocol waits for and of what is still to be handed on. */
  #arm(earliest = 0): void {
    const wake = this.#ledger.wakeMicros();
    const isBehind = this.#ledger.outboxDepth() > 0 || this.#telling.isBehind();
    const retry = isBehind ? Date.now() + RETRY_MS : null;
    const due = wake === null ? null : Math.ceil(wake / 1_000) - this.#config.party.clockOffsetMs;
    const times = [due, retry, this.#carrying.dueMs()].filter((at) => at !== null);
    if (times.length > 0) this.#alarm.set(Math.max(Math.min(...times), earliest));
  }
}
