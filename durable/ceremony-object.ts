// One ceremony of one party: a thin host round the pure step (SPEC §7.5). A turn is step (synchronous) -> one transaction -> effects;
// there is no await between reading the state and committing, and memory follows the disk.
import { DurableObject } from "cloudflare:workers";
import type { Json } from "../shared/cbor/json.ts";
import type { CborMap } from "../shared/cbor/value.ts";
import { type DraftedContribution, draftContribution, stepDraft } from "../shared/ceremony/draft.ts";
import type { Receipt } from "../shared/ceremony/effect.ts";
import type { CeremonyState } from "../shared/ceremony/state.ts";
import { type Input, type Step, step } from "../shared/ceremony/step.ts";
import { type CeremonyView, viewOf } from "../shared/ceremony/view.ts";
import { makeBundle, writeBundle } from "../shared/evidence/bundle.ts";
import { type Explanation, explainIn } from "../shared/evidence/explain.ts";
import { statementFrames } from "../shared/evidence/trust-statement.ts";
import type { LinkedEntry } from "../shared/lineage/entry.ts";
import { buildTopic } from "../shared/mesh/subject.ts";
import { reopen } from "../shared/observation/decode.ts";
import { ok, type Result } from "../shared/result.ts";
import { CeremonyLedger } from "./ceremony-ledger.ts";
import { type AgentConfig, meshTime, readConfig } from "./config.ts";
import { type AgentEnv, DIRECTORY_NAME, LINK_NAME } from "./env.ts";

/** What a ceremony answers over RPC. Frames handed to it have passed the party's own door. */
export type CeremonyRpc = {
  readonly submit: (frames: readonly Uint8Array[]) => Promise<readonly Receipt[]>;
  readonly open: (call: Uint8Array) => Promise<readonly Receipt[]>;
  readonly attest: (content: CborMap, item: string | null) => Promise<readonly Receipt[]>;
  readonly draft: (content: CborMap) => Promise<Result<DraftedContribution>>;
  readonly attestDraft: (
    content: CborMap,
    draft: { readonly id: string; readonly at: number },
  ) => Promise<Result<readonly Receipt[]>>;
  readonly view: () => Promise<CeremonyView>;
  readonly lineage: () => Promise<readonly LinkedEntry[]>;
  readonly evidence: () => Promise<string | null>;
  readonly explain: (id: string) => Promise<Explanation | null>;
};

const DRAIN_ROWS = 64;
const RETRY_MS = 2_000;

export class Ceremony extends DurableObject<AgentEnv> {
  readonly #ledger: CeremonyLedger;
  readonly #config: AgentConfig;
  #state: CeremonyState;
  #draining: Promise<void> | null = null;
  #noted = "";

  constructor(ctx: DurableObjectState, env: AgentEnv) {
    super(ctx, env);
    const config = readConfig(env);
    if (!config.ok) throw new Error(`${config.fault.code}: ${JSON.stringify(config.fault.detail)}`);
    this.#config = config.value;
    this.#ledger = new CeremonyLedger(ctx.storage.sql);
    this.#state = this.#load();
    void ctx.blockConcurrencyWhile(async () => {
      // An alarm that was lost with an earlier instance is set again by whatever event wakes this one.
      if ((await ctx.storage.getAlarm()) === null) this.#arm();
    });
  }

  async submit(frames: readonly Uint8Array[]): Promise<readonly Receipt[]> {
    return this.#turn({ on: "observations", now: meshTime(this.#config), observations: frames.map(reopen) });
  }

  async open(call: Uint8Array): Promise<readonly Receipt[]> {
    return this.#turn({ on: "open", now: meshTime(this.#config), call: reopen(call) });
  }

  async attest(content: CborMap, item: string | null): Promise<readonly Receipt[]> {
    return this.#turn({ on: "attest", now: meshTime(this.#config), content, item });
  }

  /** What attesting would sign now; nothing is kept. */
  async draft(content: CborMap): Promise<Result<DraftedContribution>> {
    return draftContribution(this.#state, content, meshTime(this.#config), this.#config.author);
  }

  /** Signs what was shown as a draft, and nothing else. */
  async attestDraft(
    content: CborMap,
    draft: { readonly id: string; readonly at: number },
  ): Promise<Result<readonly Receipt[]>> {
    const stepped = stepDraft(this.#state, content, draft, meshTime(this.#config), this.#config.author);
    return stepped.ok ? ok(this.#commit(stepped.value)) : stepped;
  }

  async view(): Promise<CeremonyView> {
    return viewOf(this.#state);
  }

  async lineage(): Promise<readonly LinkedEntry[]> {
    return this.#ledger.lineage();
  }

  /** The evidence bundle as JSON text; null while the ceremony has no certified ending. */
  async evidence(): Promise<string | null> {
    const refused = this.#ledger.refused();
    const statements = statementFrames(this.#config.party.trust).filter((frame) => frame !== null);
    const bundle = makeBundle(this.#state, this.#ledger.frames(), refused, this.#ledger.lineage(), statements);
    return bundle === null ? null : JSON.stringify(writeBundle(bundle) satisfies Json, null, 1);
  }

  async explain(id: string): Promise<Explanation | null> {
    return explainIn(this.#state, this.#ledger.refused(), id);
  }

  override async alarm(): Promise<void> {
    try {
      this.#turn({ on: "clock", now: meshTime(this.#config) });
    } finally {
      this.#arm(); // a fired alarm is used up: set the next one whatever happened
    }
    await this.#draining;
  }

  #load(): CeremonyState {
    return this.#ledger.load(this.ctx.id.name ?? "", this.#config.self);
  }

  #turn(input: Input): readonly Receipt[] {
    return this.#commit(step(this.#state, input, this.#config.author));
  }

  #commit(stepped: Step): readonly Receipt[] {
    try {
      this.ctx.storage.transactionSync(() => this.#ledger.commit(stepped)); // the commit point
    } catch (error) {
      this.#state = this.#load(); // whatever the disk holds now is what happened
      throw error;
    }
    this.#state = stepped.state;
    this.#arm();
    this.#drain();
    return stepped.receipts;
  }

  /** One alarm: the earliest of what the protocol waits for and of what is still to be handed on. */
  #arm(): void {
    const wake = this.#ledger.wakeMicros();
    const retry = this.#ledger.outboxDepth() > 0 ? Date.now() + RETRY_MS : null;
    const times = [wake === null ? null : Math.ceil(wake / 1_000) - this.#config.party.clockOffsetMs, retry].filter(
      (at) => at !== null,
    );
    if (times.length > 0) void this.ctx.storage.setAlarm(Math.min(...times));
  }

  /** Hands the outbox to the link, after the commit; what fails is tried again by the alarm. */
  #drain(): void {
    if (this.#draining !== null) return;
    this.#draining = this.#handOn()
      .catch((error: unknown) =>
        console.error({ event: "drain-failed", ceremony: this.ctx.id.name, reason: String(error) }),
      )
      .finally(() => {
        this.#draining = null;
      });
    this.ctx.waitUntil(this.#draining);
  }

  async #handOn(): Promise<void> {
    const topic = buildTopic(this.#config.party.mesh, this.#state.ceremony);
    if (!topic.ok) throw new Error(topic.fault.code);
    const link = this.env.LINK.getByName(LINK_NAME);
    for (let rows = this.#ledger.outbox(DRAIN_ROWS); rows.length > 0; rows = this.#ledger.outbox(DRAIN_ROWS)) {
      const items = rows.map(({ peer, key, frame }) => ({
        peer,
        topic: topic.value,
        key: key === "status" ? `status/${this.#state.ceremony}` : key,
        frame: new Uint8Array(frame),
      }));
      await link.send(items);
      this.#ledger.sent(rows);
    }
    await this.#note();
  }

  /** Tells the party's own list; it can be rebuilt, so a failure costs nothing but its freshness. */
  async #note(): Promise<void> {
    const { ceremony, title, phase } = viewOf(this.#state);
    if (`${title}/${phase}` === this.#noted) return;
    await this.env.DIRECTORY.getByName(DIRECTORY_NAME).note({ ceremony, title, phase, atMs: Date.now() });
    this.#noted = `${title}/${phase}`;
  }
}
