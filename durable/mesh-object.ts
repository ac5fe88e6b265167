// One mesh as one party stands in it: its facts and declarations, how it stands to other meshes, and the lineage of what crossed. A thin
// host round shared/mesh: a turn is pure work -> one transaction -> the outbox, with no await between reading the state and committing.

import { DurableObject } from "cloudflare:workers";
import type { Receipt } from "../shared/ceremony/effect.ts";
import type { ShownPolicy } from "../shared/coalition/shown.ts";
import { speakerOf } from "../shared/coalition/signed.ts";
import { recognisedIn } from "../shared/evidence/trust-statement.ts";
import type { Entry, LinkedEntry } from "../shared/lineage/entry.ts";
import { arrivalEntries } from "../shared/mesh/live/entries.ts";
import { type Desk, takeIn } from "../shared/mesh/live/turn.ts";
import type { Head } from "../shared/mesh/signed/draft.ts";
import { openTrusts, type Trusts } from "../shared/mesh/signed/open.ts";
import { FACTS_TOKEN } from "../shared/mesh/subject.ts";
import type { Draft } from "../shared/observation/author.ts";
import type { Id, VerifiedObservation } from "../shared/observation/observation.ts";
import { reopen } from "../shared/observation/reopen.ts";
import type { Under } from "../shared/observation/under.ts";
import { withdrawalIn } from "../shared/observation/withdrawal.ts";
import { type Fault, ok, type Result } from "../shared/result.ts";
import { CoalitionLedger, type CoalitionSource } from "./coalition-ledger.ts";
import { type AgentConfig, configOf, timeIn } from "./config.ts";
import { DecisionIndex } from "./decision-index.ts";
import { type AgentEnv, DIRECTORY_NAME } from "./env.ts";
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
import * as ground from "./mesh-ground.ts";
import { MeshLedger, type ReportRow } from "./mesh-ledger.ts";
import { Operations } from "./mesh-operations.ts";
import { MeshOutbox } from "./mesh-outbox.ts";
import { propagateOn } from "./mesh-propagation.ts";
import { type Answered, mergeWith, reconcileWith, storyIn, type Told } from "./mesh-reconciling.ts";
import type { Grounds, MeshHoldings, MeshPage, MeshSaying, ShownMesh } from "./mesh-rpc.ts";
import { meetPast, sayHere } from "./mesh-sayings.ts";
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
  readonly #outbox: MeshOutbox;
  #desk: Desk;
  #looking: Promise<void> | null = null;
  #learned = 0;
  #trusts: { readonly version: string; readonly trusts: Trusts } | null = null;
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
    this.operations = new Operations(ctx, env, () => this.now());
    this.decisions = new DecisionIndex(ctx.storage.sql);
    this.roots = recognisedIn(standing.trust).roots;
    this.#desk = this.ledger.desk(standing.mesh);
    const { ledger, books } = this;
    this.#outbox = new MeshOutbox(ctx, env, { mesh: standing.mesh, ledger, books, now: () => this.now() });
  }

  get desk(): Desk {
    return this.#desk;
  }

  now(): number {
    return timeIn(this.config, this.standing);
  }

  /** Revocations that have reached the agent by whatever road count here too. */
  async #learn(): Promise<void> {
    const news = await this.env.DIRECTORY.getByName(DIRECTORY_NAME).revocations(this.#learned);
    if (news.frames.length > 0) this.commit(() => news.frames.map((frame) => this.ledger.learn(frame)));
    this.#learned = news.upTo;
  }

  async grounds(): Promise<Grounds> {
    await this.#learn();
    const agreements = this.ledger.statements(undefined, "agreement").filter(({ mesh }) => mesh === this.standing.mesh);
    return {
      version: this.ledger.groundsVersion(),
      agreements: agreements.map(({ frame }) => frame),
      authority: this.ledger.authority(),
    };
  }

  /** Trust in every mesh that speaks here, as it is known now. */
  async trusts(): Promise<Result<Trusts>> {
    const { version, agreements, authority } = await this.grounds();
    if (this.#trusts?.version === version) return ok(this.#trusts.trusts);
    const opened = await openTrusts(this.standing.trust, { frames: agreements, statements: [], mesh: null }, authority);
    if (opened.ok) this.#trusts = { version, trusts: opened.value };
    return opened;
  }

  /** Frames handed to it have passed the party's own door; statements about authority have been opened there. */
  async submit(frames: readonly Uint8Array[], authority: readonly Uint8Array[]): Promise<readonly Receipt[]> {
    const before = this.ledger.coalitionVersion();
    const receipts = this.commit(() => {
      for (const frame of authority) this.ledger.learn(frame);
      return frames.map((frame) => this.take(reopen(frame)));
    });
    if (this.ledger.coalitionVersion() !== before) await this.tick();
    return receipts;
  }

  async say(sayings: readonly MeshSaying[]): Promise<Result<readonly Id[]>> {
    return sayHere(this, sayings);
  }

  async holdings(asker: string, upTo: number | null): Promise<MeshHoldings> {
    await this.#learn();
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
    void this.ctx.storage.setAlarm(Date.now());
  }

  async reconcile(other: string): Promise<Result<Answered>> {
    return reconcileWith(this, this.env, other);
  }

  async merge(other: string, ceremony: Id): Promise<Result<Answered>> {
    return mergeWith(this, this.env, other, ceremony);
  }

  async story(id: Id): Promise<Result<Told>> {
    return storyIn(this, this.env, id);
  }

  override async alarm(): Promise<void> {
    await Promise.all([this.#outbox.drain(), this.operations.spread()]);
    await propagateOn(this, this.env, (atMs) => void this.ctx.storage.setAlarm(atMs));
  }

  /** Takes one statement in; within a turn. What is already held is answered again, and changes nothing. */
  take(statement: VerifiedObservation): Receipt {
    const { id, key, mesh } = statement;
    if (this.ledger.holds(id)) return { id, verdict: "ignored", code: null, detail: {} };
    const turn = takeIn(this.#desk, statement, this.now());
    const deferred = turn.keep === "deferred";
    this.ledger.keep(statement, deferred, this.#isOwn(key, mesh));
    this.keepDesk(turn.desk);
    for (const effect of turn.link?.effects ?? []) {
      if (effect.do === "merge") this.ledger.release(effect.inbound);
      // Said ahead to those who are cut off, by whoever stands there too.
      if (effect.do === "announce") this.tell(turn.link?.with ?? "", [statement]);
    }
    if (mesh === this.standing.mesh) this.books.spoke(speakerOf(statement, this.roots), this.now());
    if (mesh === this.standing.mesh && withdrawalIn(statement).ok) this.operations.note(statement);
    this.note(arrivalEntries(statement, turn, this.config.party.name, this.now()));
    return { id, verdict: deferred ? "held" : "admitted", code: null, detail: {} };
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
      const isOwn = this.#isOwn(statement.key, statement.mesh) && mesh === this.standing.mesh;
      this.ledger.enqueue(partners, `${mesh}.${FACTS_TOKEN}`, statement, isOwn);
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

  #isOwn(key: string, mesh: string): boolean {
    return key === this.config.self.key && mesh === this.standing.mesh;
  }
}
