// The ceremony's side of an intake that is spread over several objects (SPEC §7.14): when it is, what goes to which, and how they are asked to hand over
// all before the witness is signed.
import type { Receipt } from "../shared/ceremony/effect.ts";
import { creditOf, mayTakePart, type Pack, shardFor, termsFor } from "../shared/ceremony/handover.ts";
import { askedOf, type ShardDepth, seatIn, shardsFor, unsealed } from "../shared/ceremony/spread.ts";
import { type CeremonyState, currentRound } from "../shared/ceremony/state.ts";
import type { Input } from "../shared/ceremony/step.ts";
import { type CeremonyView, viewOf } from "../shared/ceremony/view.ts";
import { openPack } from "../shared/observation/kept.ts";
import type { VerifiedObservation } from "../shared/observation/observation.ts";
import { reopen } from "../shared/observation/reopen.ts";
import { type AgentConfig, meshTime } from "./config.ts";
import type { AgentEnv } from "./env.ts";
import type { Enlisted, HandedPack, IntakeRpc } from "./intake-rpc.ts";
import { log } from "./log.ts";

/** Where a contribution is to be handed in instead. */
export type Elsewhere = { readonly round: number; readonly shards: number };
export type Handed = Receipt | Elsewhere;

/** What a shard is given to say how much waits there: people look, and must not wait. */
const DEPTH_WITHIN_MS = 500;
const SEAL_AGAIN_MS = 100;
const SECOND_MS = 1_000;

/** What shards of one ceremony are called by. */
export const shardName = (ceremony: string, shard: number) => `${ceremony}/${shard}`;

export class CeremonyShards {
  readonly #env: AgentEnv;
  readonly #config: AgentConfig;
  readonly #state: () => CeremonyState;
  readonly #turn: (input: Input) => readonly Receipt[];
  readonly #sealing = new Set<number>();
  #arrivals = { sinceMs: 0, count: 0, before: 0 };

  constructor(
    env: AgentEnv,
    config: AgentConfig,
    state: () => CeremonyState,
    turn: (input: Input) => readonly Receipt[],
  ) {
    this.#env = env;
    this.#config = config;
    this.#state = state;
    this.#turn = turn;
  }

  /** What a shard is to take in is sent on to it, unless it sent it back; the rest is one turn. */
  takeIn(observations: readonly VerifiedObservation[], ground: object = {}, isSentBack = false): readonly Handed[] {
    const now = meshTime(this.#config);
    const shards = this.#wanted(observations);
    if (shards > 0) this.#turn({ on: "spread", now, shards });
    const [state, round] = [this.#state(), currentRound(this.#state())];
    const turn = (here: readonly VerifiedObservation[]) =>
      this.#turn({ on: "observations", now, observations: here, ...ground });
    const spread = round?.intake.spread ?? null;
    if (round === undefined || spread === null || isSentBack) return turn(observations);
    const elsewhere = { round: round.index, shards: spread.shards };
    const away = observations.map((each) => shardFor(state, each, this.#now()) !== null);
    const here = observations.filter((_, index) => !away[index]);
    const receipts = here.length === 0 ? [] : turn(here);
    let next = 0;
    return away.map((is) => (is ? elsewhere : (receipts[next++] as Receipt)));
  }

  /** Mesh time by this party's corrected clock. */
  #now(): number {
    return meshTime(this.#config) + this.#state().clock.correction;
  }

  /** Over how many shards the intake is to be spread now that these have come; 0 for none, and where it is spread already. */
  #wanted(observations: readonly VerifiedObservation[]): number {
    const round = currentRound(this.#state());
    if (round === undefined || round.batched.size === 0 || round.intake.spread !== null) return 0;
    const arrived = observations.filter((observation) => round.batched.has(seatIn(observation) ?? -1)).length;
    return arrived === 0
      ? 0
      : shardsFor(this.#config.party.shards ?? askedOf(this.#state()), this.#rate(arrived, Date.now()));
  }

  /** Contributions of the present second and the one before, whichever has more. */
  #rate(arrived: number, nowMs: number): number {
    const { sinceMs, count } = this.#arrivals;
    const passed = nowMs - sinceMs;
    if (passed >= SECOND_MS)
      this.#arrivals = { sinceMs: nowMs, count: arrived, before: passed < 2 * SECOND_MS ? count : 0 };
    else this.#arrivals = { ...this.#arrivals, count: count + arrived };
    return Math.max(this.#arrivals.count, this.#arrivals.before);
  }

  enlist(shard: number): Enlisted | null {
    if (!mayTakePart(this.#state(), shard, this.#now())) return null;
    this.#turn({ on: "enlist", now: meshTime(this.#config), shard });
    const [terms, { call }] = [termsFor(this.#state(), shard, this.#now()), this.#state()];
    return terms === null || call === null ? null : { terms, call: call.frame };
  }

  /** Answers how many bytes may wait at the shard from now on. */
  takeOver(pack: Pack): number {
    this.#turn({ on: "pack", now: meshTime(this.#config), pack });
    const round = this.#state().rounds[pack.round];
    return round === undefined ? 0 : creditOf(round).waiting;
  }

  /** The ceremony as this party sees it, with what waits at its shards. */
  async shown(): Promise<CeremonyView & { readonly shards: readonly ShardDepth[] }> {
    const shards = await this.#depths();
    const view = viewOf(this.#state());
    return {
      ...view,
      contributions: shards.reduce((sum, { waiting }) => sum + (waiting ?? 0), view.contributions),
      shards,
    };
  }

  /** Asks those who have not handed over all to do so, as long as the witness waits for them; they also do by themselves at the close. */
  async seal(): Promise<void> {
    const round = currentRound(this.#state());
    if (round === undefined || round.intake.spread?.sealBy == null) return;
    const asked = unsealed(round).filter((shard) => !this.#sealing.has(shard));
    await Promise.all(asked.map((shard) => this.#sealOne(round.index, shard)));
  }

  async #sealOne(index: number, shard: number): Promise<void> {
    this.#sealing.add(shard);
    const waits = () => {
      const round = currentRound(this.#state());
      const own = round?.closing.own ?? null;
      return (
        round?.index === index && own !== null && !round.closing.witnesses.has(own) && unsealed(round).includes(shard)
      );
    };
    while (waits()) {
      try {
        await this.#shard(shard).seal(index);
      } catch (error) {
        log("error", "seal-failed", { ceremony: this.#state().ceremony, reason: String(error) });
      }
      if (waits()) await new Promise((resolve) => setTimeout(resolve, SEAL_AGAIN_MS));
    }
    this.#sealing.delete(shard);
  }

  /** Has shards hand over what they hold, before somebody is told of it. */
  async hasten(): Promise<void> {
    const round = currentRound(this.#state());
    const open = round === undefined ? [] : unsealed(round);
    await Promise.all(open.map((shard) => this.#within(this.#shard(shard).hasten())));
  }

  /** What each shard holds; `waiting` is null where it does not say in time. */
  async #depths(): Promise<readonly ShardDepth[]> {
    const round = currentRound(this.#state());
    const { spread = null } = round?.intake ?? {};
    if (round === undefined || spread === null) return [];
    const open = new Set(unsealed(round));
    const enlisted = [...spread.enlisted].sort((a, b) => a - b);
    return Promise.all(
      enlisted.map(async (shard) => {
        if (!open.has(shard)) return { shard, sealed: true, waiting: 0 };
        return { shard, sealed: false, waiting: await this.#within(this.#shard(shard).waiting()) };
      }),
    );
  }

  #shard(shard: number): IntakeRpc {
    return this.#env.INTAKE.getByName(shardName(this.#state().ceremony, shard));
  }

  /** Null where nobody answers in time. */
  async #within<T>(answer: Promise<T>): Promise<T | null> {
    let timer: ReturnType<typeof setTimeout> | undefined;
    const late = new Promise<null>((resolve) => {
      timer = setTimeout(() => resolve(null), DEPTH_WITHIN_MS);
    });
    return Promise.race([answer.catch(() => null), late]).finally(() => clearTimeout(timer));
  }
}

/** A pack as the fold takes it. */
export function packIn({ round, shard, last, taken, refused }: HandedPack): Pack {
  return {
    round,
    shard,
    last,
    taken: taken === null ? null : openPack(taken),
    refused: refused.map(({ frame, code, detail }) => ({
      observation: reopen(frame),
      fault: { code, detail: JSON.parse(detail) },
    })),
  };
}
