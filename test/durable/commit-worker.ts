// The real Ceremony object over a storage that fails on cue, beside a link that remembers what left: crashes at each step of a turn.
// Time is what the test says and alarms are only noted, but for the one test that leaves both to the platform.
import { DurableObject } from "cloudflare:workers";
import { Ceremony } from "../../durable/ceremony-object.ts";
import { Directory } from "../../durable/directory-object.ts";
import type { AgentEnv } from "../../durable/env.ts";
import type { OutgoingFrame } from "../../durable/link-outbox.ts";
import { parseBase64 } from "../../shared/bytes.ts";
import type { Crash, Left, Play, Played, Point, Stored, Turn } from "./commit-plan.ts";

export { Directory };

interface TestEnv extends AgentEnv {
  readonly FAULTY: DurableObjectNamespace<Faulty>;
  readonly SPY: DurableObjectNamespace<Spy>;
}

/** Alarms in a row after which the platform gives up, and one more. */
const ALARMS_FAILING = 7;

let armed: Crash | null = null;
let fails = 0;
let wall: number | null = null;
let alarmAt: number | null = null;
const realNow = Date.now;
Date.now = () => wall ?? realNow();

function arm(crash: Crash | null, times = 1): void {
  armed = crash;
  fails = times;
}

function strike(ctx: DurableObjectState, at: Point): void {
  if (armed?.at !== at) return;
  const { by } = armed;
  fails -= 1;
  if (fails <= 0) armed = null;
  if (by === "abort") ctx.abort(`crash at ${at}`);
  while (by === "hang");
  throw new Error(`fault at ${at}`);
}

/** Puts the faults between the object and its storage; the product knows nothing of them. */
function bend(ctx: DurableObjectState): DurableObjectState {
  const { storage } = ctx;
  const { sql, setAlarm, getAlarm } = storage;
  const [transaction, exec] = [storage.transactionSync.bind(storage), sql.exec.bind(sql)];
  let writes = -1;
  sql.exec = ((query: string, ...bindings: unknown[]) => {
    if (writes >= 0 && writes++ === 0) strike(ctx, "writing-first");
    if (query.startsWith("DELETE FROM outbox WHERE n")) strike(ctx, "forgetting");
    const rows = exec(query, ...bindings);
    if (writes >= 0 && query.startsWith("INSERT INTO memo")) strike(ctx, "writing-last");
    return rows;
  }) as typeof sql.exec;
  storage.transactionSync = (work) => {
    writes = 0;
    try {
      return transaction(work);
    } finally {
      writes = -1;
      if (armed?.at === "committed") strike(ctx, "committed");
    }
  };
  storage.setAlarm = async (at, options) => {
    strike(ctx, "alarm");
    alarmAt = Number(at);
    if (wall === null) await setAlarm.call(storage, at, options);
  };
  storage.getAlarm = async () => (wall === null ? getAlarm.call(storage) : alarmAt);
  return ctx;
}

export class Faulty extends Ceremony {
  constructor(ctx: DurableObjectState, env: TestEnv) {
    const spy = env.SPY.getByName("spy");
    const link = {
      recall: async () => (await spy.recall()).map((frame) => new Uint8Array(frame)),
      send: async (items: readonly OutgoingFrame[]) => {
        strike(ctx, "handing");
        const report = await spy.send(items);
        strike(ctx, "handed");
        return report;
      },
    };
    const directory = {
      note: async (row: Parameters<Directory["note"]>[0]) => {
        strike(ctx, "noting");
        await env.DIRECTORY.getByName("directory").note(row);
      },
    };
    const hooks = { notify: async () => [] };
    const named = <T>(rpc: T) => ({ getByName: () => rpc });
    super(bend(ctx), {
      ...env,
      LINK: named(link),
      DIRECTORY: named(directory),
      HOOKS: named(hooks),
    } as unknown as AgentEnv);
  }

  async take({ on, frames, choice }: Turn): Promise<void> {
    strike(this.ctx, "received");
    const bytes = frames.map((frame) => parseBase64(frame) as Uint8Array);
    if (on === "observations") await this.submit(bytes);
    else if (on === "open") await this.open(bytes[0] as Uint8Array);
    else if (on === "attest") await this.attest(new Map([["choice", choice]]), null);
    else await this.wake();
    if (armed?.at === "answered") await this.ctx.storage.sync();
    strike(this.ctx, "answered");
  }

  async stored(): Promise<Stored> {
    const { sql } = this.ctx.storage;
    const written = sql.exec("SELECT 1 FROM sqlite_master WHERE name = 'frames'").toArray().length > 0;
    const ids = written ? sql.exec<{ id: string }>("SELECT id FROM frames ORDER BY n").toArray() : [];
    const { outcome, mute } = await this.view();
    const lineage = (await this.lineage()).map(({ hash }) => hash);
    return { frames: ids.map(({ id }) => id), lineage, digest: outcome?.digest ?? null, mute };
  }

  async end(erase: boolean): Promise<void> {
    if (erase) await this.ctx.storage.deleteAll();
    await this.ctx.storage.sync();
    this.ctx.abort("a new instance");
  }
}

/** What left the ceremony, in order, and what the journal outside its storage has of it. */
export class Spy extends DurableObject {
  readonly #sql: SqlStorage;
  #hidden = false;

  constructor(ctx: DurableObjectState, env: object) {
    super(ctx, env);
    this.#sql = ctx.storage.sql;
    this.#sql.exec("CREATE TABLE IF NOT EXISTS sent (n INTEGER PRIMARY KEY, key TEXT, own INTEGER, frame BLOB)");
  }

  send(items: readonly OutgoingFrame[]) {
    for (const { key, own, frame } of items)
      this.#sql.exec("INSERT INTO sent (key, own, frame) VALUES (?, ?, ?)", key, own, frame);
    return { stored: items.length, refused: [] };
  }

  recall(): readonly ArrayBuffer[] {
    const last = "SELECT frame FROM sent WHERE own IS NOT NULL ORDER BY own DESC LIMIT 1";
    const rows = this.#hidden ? [] : this.#sql.exec<{ frame: ArrayBuffer }>(last).toArray();
    return rows.map(({ frame }) => frame);
  }

  show(journal: Play["journal"]): void {
    this.#hidden = journal === "hidden";
    if (journal === "forgotten") this.#sql.exec("DELETE FROM sent");
  }

  left(): readonly Left[] {
    return this.#sql.exec<Left>("SELECT key, own FROM sent ORDER BY n").toArray();
  }
}

class Player {
  readonly #env: TestEnv;
  readonly #play: Play;

  constructor(env: TestEnv, play: Play) {
    this.#env = env;
    this.#play = play;
  }

  get #object(): DurableObjectStub<Faulty> {
    return this.#env.FAULTY.getByName(this.#play.ceremony);
  }

  get #spy(): DurableObjectStub<Spy> {
    return this.#env.SPY.getByName("spy");
  }

  async run(): Promise<Played> {
    const { turns, crash, alarms, erase, journal } = this.#play;
    arm(null);
    alarmAt = null;
    await this.#spy.show(journal);
    await this.#object.end(erase).catch(() => undefined);
    const leaked: string[] = [];
    let [kept, unarmed] = [0, 0];
    for (const turn of turns) {
      wall = turn.now / 1_000;
      const found = crash === null ? null : await this.#crash(turn, crash);
      leaked.push(...(found?.leaked ?? []));
      kept += found?.kept ? 1 : 0;
      if (turn.on !== "clock") await this.#attempt(turn, alarms === "given");
      else await this.#tick(turn);
      const { digest } = await this.#object.stored();
      const given = turn.on !== "clock" || alarms !== "lost";
      if (given && digest === null && (alarmAt === null || alarmAt <= wall)) unarmed += 1;
    }
    return { stored: await this.#object.stored(), left: await this.#spy.left(), leaked, kept, unarmed };
  }

  /** One turn that ends in a crash: whether it was stored all the same, and own statements that left without being stored. */
  async #crash(turn: Turn, crash: Crash) {
    const before = await this.#object.stored();
    arm(crash);
    await this.#attempt(turn, true);
    arm(null);
    const { frames, lineage } = await this.#object.stored();
    const left = await this.#spy.left();
    const leaked = left.filter(({ key, own }) => own !== null && !frames.includes(key)).map(({ key }) => key);
    return { leaked, kept: lineage.length > before.lineage.length };
  }

  async #tick(turn: Turn): Promise<void> {
    const times = { given: 1, repeated: 3, lost: 0, failing: ALARMS_FAILING }[this.#play.alarms];
    if (this.#play.alarms === "failing") arm({ at: "writing-first", by: "throw" }, ALARMS_FAILING);
    for (let time = 0; time < times; time++) await this.#attempt(turn, false);
    arm(null);
  }

  /** Takes a turn and, where asked to, hands on what the alarm would. */
  async #attempt(turn: Turn, wake: boolean): Promise<void> {
    try {
      await this.#object.take(turn);
      if (wake) await this.#object.wake();
    } catch {
      // What a crash leaves behind is what the test looks at.
    }
  }
}

/** Takes a call and leaves the rest to the platform's clock and alarms, of which the first `failing` fail. */
async function leaveAlone(env: TestEnv, ceremony: string, turn: Turn, failing: number): Promise<void> {
  wall = null;
  arm(null);
  await env.FAULTY.getByName(ceremony).take(turn);
  arm({ at: "writing-first", by: "throw" }, failing);
}

async function answer(request: Request, env: TestEnv): Promise<unknown> {
  const body = await request.json<Play & { readonly failing: number }>();
  if (new URL(request.url).pathname === "/play") return new Player(env, body).run();
  if (body.turns[0] !== undefined) await leaveAlone(env, body.ceremony, body.turns[0], body.failing);
  return { failing: armed === null ? 0 : fails, stored: await env.FAULTY.getByName(body.ceremony).stored() };
}

export const worker = {
  async fetch(request: Request, env: TestEnv): Promise<Response> {
    return Response.json(await answer(request, env));
  },
};
