// One mesh as one party stands in it: its facts and declarations, how it stands to other meshes, and the lineage of what crossed. A thin
// host round shared/mesh: a turn is pure work -> one transaction -> the outbox, with no await between reading the state and committing.
import { DurableObject } from "cloudflare:workers";
import type { Trust } from "../shared/authority/trust.ts";
import type { Receipt } from "../shared/ceremony/effect.ts";
import { openPool } from "../shared/coalition/open.ts";
import { type ShownPolicy, shownPolicy } from "../shared/coalition/shown.ts";
import { COALITION_TYPES } from "../shared/coalition/signed.ts";
import type { Entry, LinkedEntry } from "../shared/lineage/entry.ts";
import { arrivalEntries } from "../shared/mesh/live/entries.ts";
import { agedDesk, type Desk, linkTo, takeIn } from "../shared/mesh/live/turn.ts";
import { worldOf } from "../shared/mesh/live/world.ts";
import type { Head } from "../shared/mesh/signed/draft.ts";
import { openTrusts, type Trusts } from "../shared/mesh/signed/open.ts";
import { FACTS_TOKEN } from "../shared/mesh/subject.ts";
import { admit } from "../shared/observation/admit.ts";
import type { Draft } from "../shared/observation/author.ts";
import { reopen } from "../shared/observation/decode.ts";
import type { Id, VerifiedObservation } from "../shared/observation/observation.ts";
import { type Fault, fault, ok, type Result } from "../shared/result.ts";
import { type AgentConfig, configOf, timeIn } from "./config.ts";
import { type AgentEnv, DIRECTORY_NAME, LINK_NAME } from "./env.ts";
import { MeshLedger } from "./mesh-ledger.ts";
import { type Answered, mergeWith, reconcileWith, storyIn, type Told } from "./mesh-reconciling.ts";
import {
  type Grounds,
  type MeshHoldings,
  type MeshPage,
  type MeshSaying,
  type ShownMesh,
  shownRelations,
  shownSubjects,
} from "./mesh-rpc.ts";
import { draftOf, unsayable } from "./mesh-sayings.ts";
import type { Standing } from "./standing.ts";

const REPORTS_SHOWN = 32;
const DRAIN_ROWS = 64;
const RETRY_MS = 2_000;

export class Mesh extends DurableObject<AgentEnv> {
  readonly ledger: MeshLedger;
  readonly config: AgentConfig;
  readonly standing: Standing;
  #desk: Desk;
  #draining: Promise<void> | null = null;
  #learned = 0;
  #trusts: { readonly version: string; readonly trusts: Trusts } | null = null;
  /** Settled once this instance has met the last that it said, in whatever store; see `#meetPast`. */
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
    this.#desk = this.ledger.desk(standing.mesh);
    if (this.ledger.outboxDepth() > 0) void ctx.storage.setAlarm(Date.now() + RETRY_MS);
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
    return this.commit(() => {
      for (const frame of authority) this.ledger.learn(frame);
      return frames.map((frame) => this.take(reopen(frame)));
    });
  }

  async say(sayings: readonly MeshSaying[]): Promise<Result<readonly Id[]>> {
    const doubt = (await this.doubt()) ?? (await unsayable(this, sayings));
    if (doubt !== null) return { ok: false, fault: doubt };
    const now = this.now();
    return ok(this.commit(() => sayings.map((saying) => this.publish(draftOf(saying, now)).id)));
  }

  async holdings(asker: string, upTo: number | null): Promise<MeshHoldings> {
    await this.#learn();
    const { by } = linkTo(this.#desk, asker);
    return {
      frames: this.ledger.statements(upTo ?? undefined).map(({ frame }) => frame),
      authority: this.ledger.authority(),
      last: this.ledger.last(),
      apart: by === null ? null : { by: by.authority, reason: by.reason },
    };
  }

  async page(after: number, most: number): Promise<MeshPage> {
    const { frames, last } = this.ledger.page(after, most);
    return { frames, last, authority: this.ledger.authority(), more: frames.length === most };
  }

  async lineage(after: number, most: number): Promise<readonly LinkedEntry[]> {
    return this.ledger.entries(after, most);
  }

  async view(prefix: string, most: number): Promise<Result<ShownMesh>> {
    this.#age();
    const trusts = await this.trusts();
    if (!trusts.ok) return trusts;
    const at = this.now();
    const { mesh } = this.standing;
    const { subjects, dropped } = worldOf(this.ledger.statements(), mesh, trusts.value, at);
    const shown = { mesh, asSeenBy: this.config.party.name, at, held: this.ledger.counts(), dropped };
    const reports = this.ledger.reports(REPORTS_SHOWN);
    return ok({ ...shown, ...shownSubjects(subjects, prefix, most), ...shownRelations(this.#desk, reports, at) });
  }

  /** Our own effective policy in an operation, or outside of any, as the pool at hand gives it now. */
  async coalition(operation: string | null): Promise<Result<ShownPolicy>> {
    const { mesh } = this.standing;
    const trusts = await this.trusts();
    if (!trusts.ok) return trusts;
    const said = COALITION_TYPES.flatMap((type) => this.ledger.statements(undefined, type));
    const own = said.filter((statement) => statement.mesh === mesh).map(({ frame }) => frame);
    const pool = await openPool(own, mesh, trusts.value.get(mesh) as Trust);
    return shownPolicy(pool, { home: this.config.party.name, at: this.now(), operation });
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
    this.#drain();
    await this.#draining;
  }

  /** Takes one statement in; within a turn. What is already held is answered again, and changes nothing. */
  take(statement: VerifiedObservation): Receipt {
    const { id, key, mesh } = statement;
    if (this.ledger.holds(id)) return { id, verdict: "ignored", code: null, detail: {} };
    const turn = takeIn(this.#desk, statement, this.now());
    const deferred = turn.keep === "deferred";
    this.ledger.keep(statement, deferred, this.#isOwn(key, mesh));
    this.ledger.keepDesk(this.#desk, turn.desk);
    this.#desk = turn.desk;
    for (const effect of turn.link?.effects ?? []) {
      if (effect.do === "merge") this.ledger.release(effect.inbound);
      // Said ahead to those who are cut off, by whoever stands there too.
      if (effect.do === "announce") this.tell(turn.link?.with ?? "", [statement]);
    }
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

  note(entries: readonly Entry[]): void {
    this.ledger.record(entries);
  }

  /** One turn: all of it is on disk, or none; what must still leave is a row. */
  commit<T>(work: () => T): T {
    const before = this.#desk;
    try {
      const done = this.ctx.storage.transactionSync(work);
      this.#drain();
      return done;
    } catch (error) {
      this.#desk = before;
      throw error;
    }
  }

  /** Why this instance may not sign yet; null once it may. */
  async doubt(): Promise<Fault | null> {
    this.#current ??= this.#meetPast();
    const doubt = await this.#current;
    if (doubt !== null) this.#current = null;
    return doubt;
  }

  /** A store restored from an older copy would sign a used number again: the journal says what it said last (SPEC §14). */
  async #meetPast(): Promise<Fault | null> {
    try {
      const frames = await this.env.LINK.getByName(LINK_NAME).recall(`${this.standing.mesh}.${FACTS_TOKEN}`);
      const trusts = await this.trusts();
      const trust = trusts.ok ? trusts.value.get(this.standing.mesh) : undefined;
      for (const frame of frames) {
        const own = trust === undefined ? trusts : await admit(frame, trust);
        if (!own.ok) return fault("PAST_UNKNOWN", { reason: own.fault.code }).fault;
        this.commit(() => this.take(reopen(frame)));
      }
      return null;
    } catch (error) {
      return fault("PAST_UNKNOWN", { reason: error instanceof Error ? error.message : String(error) }).fault;
    }
  }

  #isOwn(key: string, mesh: string): boolean {
    return key === this.config.self.key && mesh === this.standing.mesh;
  }

  /** What was deferred longer than it is kept lapses; its id stays. */
  #age(): void {
    const aged = agedDesk(this.#desk, this.now());
    if ([...aged.links].every(([mesh, state]) => this.#desk.links.get(mesh) === state)) return;
    this.commit(() => {
      this.ledger.keepDesk(this.#desk, aged);
      for (const { lapsed } of aged.links.values()) this.ledger.forget(lapsed);
      this.#desk = aged;
    });
  }

  /** Hands the outbox to the link, after the commit; what fails is tried again by the alarm. */
  #drain(): void {
    if (this.ledger.outboxDepth() === 0) return;
    // Before anything can go wrong: whatever ends this instance, the rows are handed on by the next.
    void this.ctx.storage.setAlarm(Date.now() + RETRY_MS);
    if (this.#draining !== null) return;
    this.#draining = this.#handOn()
      .catch(async (error: unknown) => {
        console.error({ event: "drain-failed", mesh: this.standing.mesh, reason: String(error) });
        await this.ctx.storage.setAlarm(Date.now() + RETRY_MS);
      })
      .finally(() => {
        this.#draining = null;
      });
    this.ctx.waitUntil(this.#draining);
  }

  async #handOn(): Promise<void> {
    const link = this.env.LINK.getByName(LINK_NAME);
    for (let rows = this.ledger.outbox(DRAIN_ROWS); rows.length > 0; rows = this.ledger.outbox(DRAIN_ROWS)) {
      await link.send(
        rows.map(({ peer, topic, id, own, frame }) => ({ peer, topic, key: id, frame: new Uint8Array(frame), own })),
      );
      this.ledger.sent(rows);
    }
  }
}
