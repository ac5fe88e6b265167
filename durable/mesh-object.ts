// One mesh as one party stands in it: its facts and declarations, how it stands to other meshes, and the lineage of what crossed. A thin
// host round shared/mesh: a turn is pure work -> one transaction -> the outbox, with no await between reading the state and committing.
import { DurableObject } from "cloudflare:workers";
import { type Brought, newlyBrought } from "../shared/authority/brought.ts";
import type { Receipt } from "../shared/ceremony/effect.ts";
import type { ShownPolicy } from "../shared/coalition/shown.ts";
import { recognisedIn } from "../shared/evidence/trust-statement.ts";
import type { Entry, LinkedEntry } from "../shared/lineage/entry.ts";
import type { CarriedFile, FramesDocument, Imported, ShownExchanges } from "../shared/mesh/exchange/told.ts";
import type { Desk } from "../shared/mesh/live/turn.ts";
import type { Head } from "../shared/mesh/signed/draft.ts";
import type { Trusts } from "../shared/mesh/signed/open.ts";
import { FACTS_TOKEN } from "../shared/mesh/subject.ts";
import type { Draft } from "../shared/observation/author.ts";
import type { Id, VerifiedObservation } from "../shared/observation/observation.ts";
import { reopen } from "../shared/observation/reopen.ts";
import type { Under } from "../shared/observation/under.ts";
import { type Fault, ok, type Result } from "../shared/result.ts";
import { Alarm, LATE_MS } from "./alarm.ts";
import { CoalitionLedger, type CoalitionSource } from "./coalition-ledger.ts";
import { type AgentConfig, configOf, timeIn } from "./config.ts";
import { DecisionIndex } from "./decision-index.ts";
import type { AgentEnv } from "./env.ts";
import { ExchangeLedger } from "./exchange-ledger.ts";
import { log } from "./log.ts";
import {
  coalitionHere,
  effectiveHere,
  keepPulled,
  type PulledSource,
  review,
  revocationsHere,
  type ShownCoalition,
  type ShownRevocation,
  type ShownTranslator,
  translatorsHere,
} from "./mesh-coalition.ts";
import * as exchange from "./mesh-exchange.ts";
import { exchangesHere } from "./mesh-exchanged.ts";
import * as ground from "./mesh-ground.ts";
import { isOwn, takeHere } from "./mesh-intake.ts";
import { MeshLedger, type ReportRow } from "./mesh-ledger.ts";
import { Operations } from "./mesh-operations.ts";
import { MeshOutbox } from "./mesh-outbox.ts";
import { propagateOn } from "./mesh-propagation.ts";
import { type Answered, mergeWith, reconcileWith, storyIn, type Told } from "./mesh-reconciling.ts";
import type { Grounds, MeshHoldings, MeshPage, MeshSaying, ShownMesh } from "./mesh-rpc.ts";
import { meetPast, sayHere } from "./mesh-sayings.ts";
import { MeshTrust } from "./mesh-trust.ts";
import { holdingsOf, meshView } from "./mesh-view.ts";
import type { Standing } from "./standing.ts";

export class Mesh extends DurableObject<AgentEnv> {
  readonly ledger: MeshLedger;
  readonly books: CoalitionLedger;
  readonly decisions: DecisionIndex;
  /** Keys of the mesh's roots, and whom each stands for. */
  readonly roots: ReadonlyMap<string, string>;
  readonly config: AgentConfig;
  readonly standing: Standing;
  readonly operations: Operations;
  readonly exchanges: ExchangeLedger;
  readonly trust: MeshTrust;
  readonly wake: Alarm;
  readonly #outbox: MeshOutbox;
  #desk: Desk;
  #looking: Promise<void> | null = null;
  /** Settled once this instance has met the last that it said, in whatever store; see `meetPast`. */
  #current: Promise<Fault | null> | null = null;

  constructor(ctx: DurableObjectState, env: AgentEnv) {
    super(ctx, env);
    const config = configOf(env);
    if (!config.ok) throw new Error(`${config.fault.code}: ${JSON.stringify(config.fault.detail)}`);
    this.config = config.value;
    const standing = config.value.standings.get(ctx.id.name ?? "");
    if (standing === undefined) throw new Error(`the party does not stand in ${ctx.id.name}`);
    this.standing = standing;
    this.ledger = new MeshLedger(ctx.storage.sql);
    this.books = new CoalitionLedger(ctx.storage.sql);
    this.wake = new Alarm(ctx.storage, LATE_MS);
    this.operations = new Operations(ctx, env, this.wake, () => this.now());
    this.decisions = new DecisionIndex(ctx.storage.sql);
    this.trust = new MeshTrust(this, env);
    this.exchanges = new ExchangeLedger(ctx.storage.sql);
    this.roots = recognisedIn(standing.trust).roots;
    this.#desk = this.ledger.desk(standing.mesh);
    this.#outbox = new MeshOutbox(ctx, env, this);
    void ctx.blockConcurrencyWhile(() => this.wake.begin().then(() => this.#outbox.begin()));
  }

  get desk(): Desk {
    return this.#desk;
  }

  now(): number {
    return timeIn(this.config, this.standing);
  }

  async grounds(): Promise<Grounds> {
    return this.trust.grounds();
  }

  async trusts(): Promise<Result<Trusts>> {
    return this.trust.opened();
  }

  /** Frames handed to it have passed the party's own door; statements about authority have been opened there. */
  async submit(frames: readonly Uint8Array[], brought: Brought): Promise<Result<readonly Receipt[]>> {
    const room = newlyBrought(brought, this.ledger.kept);
    if (!room.ok) return room;
    const before = this.ledger.coalitionVersion();
    const receipts = this.commit(() => {
      this.ledger.learn(room.value);
      return frames.map((frame) => this.take(reopen(frame)));
    });
    if (this.ledger.coalitionVersion() !== before) await this.tick();
    return ok(receipts);
  }

  async say(sayings: readonly MeshSaying[]): Promise<Result<readonly Id[]>> {
    return sayHere(this, sayings);
  }

  async holdings(asker: string, upTo: number | null): Promise<MeshHoldings> {
    await this.trust.learn();
    return holdingsOf(this, asker, upTo);
  }

  async page(after: number, most: number): Promise<MeshPage> {
    const { frames, last } = this.ledger.page(after, most);
    return { frames, last, authority: this.ledger.authority(), more: frames.length === most };
  }

  async lineage(after: number, most: number): Promise<readonly LinkedEntry[]> {
    return this.ledger.entries(after, most);
  }

  async view(prefix: string, most: number): Promise<Result<ShownMesh>> {
    return meshView(this, prefix, most);
  }

  async coalition(operation: string | null): Promise<Result<ShownPolicy>> {
    return effectiveHere(this, operation);
  }

  async basis(request: ground.BasisRequest): Promise<Result<Under>> {
    return ground.basisHere(this, request);
  }

  async ground(ceremony: Id, under: Under, expiresAt: number): Promise<Result<ground.Ground>> {
    return ground.groundHere(this, ceremony, under, expiresAt);
  }

  async plan(request: ground.PlanRequest): Promise<Result<ground.ShownPlan>> {
    return ground.planHere(this, this.env, request);
  }

  async withdrawals(): Promise<readonly ground.ShownWithdrawal[]> {
    return ground.withdrawalsHere(this);
  }

  async distribution(): Promise<Result<ShownCoalition>> {
    await this.tick();
    return coalitionHere(this);
  }

  async translators(): Promise<Result<readonly ShownTranslator[]>> {
    return translatorsHere(this);
  }

  async reports(most: number): Promise<readonly ReportRow[]> {
    return this.ledger.reports(most);
  }

  async revocations(): Promise<readonly ShownRevocation[]> {
    await this.tick();
    return revocationsHere(this);
  }

  async pulled(source: PulledSource): Promise<CoalitionSource> {
    return keepPulled(this, source);
  }

  /** Somebody handed a revocation to these partners outside of this mesh's own outbox. */
  async told(revocation: Id, peers: readonly string[]): Promise<void> {
    this.commit(() => {
      for (const peer of peers) this.books.tell(revocation, peer, this.now());
    });
  }

  /** Looks at what has changed since the last time; one look at a time, each at all that there is. */
  async tick(): Promise<void> {
    await this.#looking;
    this.#looking ??= review(this)
      .catch((error: unknown) => log("error", "review-failed", { reason: String(error) }))
      .finally(() => {
        this.#looking = null;
      });
    await this.#looking;
    // What rests on a revocation is judged again by the alarm: whoever brought it does not wait for that.
    this.wake.set(Date.now());
  }

  async reconcile(other: string): Promise<Result<Answered>> {
    return reconcileWith(this, this.env, other);
  }

  async merge(other: string, ceremony: Id): Promise<Result<Answered>> {
    return mergeWith(this, this.env, other, ceremony);
  }

  /** Ids of all that it holds: what a file for it can leave out. */
  async ids(): Promise<readonly Id[]> {
    return this.ledger.ids();
  }

  async release(request: exchange.ReleaseRequest): Promise<Result<CarriedFile>> {
    return exchange.letOut(this, request);
  }

  async released(manifest: Id): Promise<Result<CarriedFile>> {
    return exchange.letOutAgain(this, manifest);
  }

  async receipt(id: Id): Promise<Result<FramesDocument>> {
    return exchange.receiptHere(this, id);
  }

  async arrive(brought: exchange.Brought, takes: boolean): Promise<Result<Imported>> {
    return (takes ? exchange.importHere : exchange.verifyHere)(this, this.env, brought);
  }

  async exchanged(): Promise<ShownExchanges> {
    return exchangesHere(this);
  }

  async story(id: Id): Promise<Result<Told>> {
    return storyIn(this, this.env, id);
  }

  override async alarm(): Promise<void> {
    this.wake.forget();
    await Promise.all([this.#outbox.drain(), this.operations.spread()]);
    await propagateOn(this, this.env, (atMs) => this.wake.set(atMs));
  }

  /** Within a turn. */
  take(statement: VerifiedObservation): Receipt {
    return takeHere(this, statement);
  }

  /** Signs, keeps and sends a statement of our own; within a turn. */
  publish(draft: (head: Head) => Draft): VerifiedObservation {
    const statement = this.standing.author(draft(this.ledger.head()));
    this.take(statement);
    this.tell(this.standing.mesh, [statement]);
    return statement;
  }

  /** Sends statements to our partners in a mesh; within a turn. */
  tell(mesh: string, statements: readonly VerifiedObservation[]): void {
    const partners = this.config.standings.get(mesh)?.partners ?? [];
    for (const statement of statements) {
      const own = isOwn(this, statement) && mesh === this.standing.mesh;
      this.ledger.enqueue(partners, `${mesh}.${FACTS_TOKEN}`, statement, own);
    }
  }

  /** Within a turn. */
  keepDesk(desk: Desk): void {
    this.ledger.keepDesk(this.#desk, desk);
    this.#desk = desk;
  }

  note(entries: readonly Entry[]): void {
    this.ledger.record(entries);
  }

  /** One turn: all of it is on disk, or none; what must still leave is a row. */
  commit<T>(work: () => T): T {
    const before = this.#desk;
    try {
      const done = this.ctx.storage.transactionSync(work);
      this.ctx.waitUntil(Promise.all([this.operations.spread(), this.#outbox.drain()]));
      return done;
    } catch (error) {
      this.#desk = before;
      throw error;
    }
  }

  /** Why this instance may not sign yet; null once it may. */
  async doubt(): Promise<Fault | null> {
    this.#current ??= meetPast(this, this.env);
    const doubt = await this.#current;
    if (doubt !== null) this.#current = null;
    return doubt;
  }
}
