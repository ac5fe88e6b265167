// Outgoing frames: a row is stored before anything is sent and deleted only on the receipt of the peer's stream.
// Each peer has its own lane, so that a peer which cannot be reached holds up nobody else.
import { equalBytes } from "../shared/bytes.ts";
import { FRAME_BYTES_MAX } from "../shared/limits.ts";
import { buildOutboundSubject } from "../shared/mesh/subject.ts";
import type { RefusalCode } from "../shared/refusals.ts";
import type { Bus } from "./bus.ts";
import { Bodies, count, leave, noteTrouble } from "./link-schema.ts";
import { Unwritten } from "./link-unwritten.ts";

export type OutgoingFrame = {
  readonly peer: string;
  readonly topic: string;
  /** A later frame with the same key replaces an earlier unsent one to the same peer. */
  readonly key: string;
  readonly frame: Uint8Array;
  /**
   * Its number among the party's own statements; null for what is not numbered or not its own. An own statement goes to the party's journal
   * before it goes to anyone, so that no copy of the agent, however old, can sign its place a second time unknowingly.
   */
  readonly own: number | null;
};

export type SendReport = {
  readonly stored: number;
  readonly refused: readonly { readonly peer: string; readonly key: string; readonly code: RefusalCode }[];
};

export type PeerLane = { readonly peer: string; readonly rows: number; readonly failures: number };

/** Revocations told outside of any ceremony that wait for a peer, and since when the oldest does. */
export type UnsentNotice = { readonly peer: string; readonly n: number; readonly sinceMs: number };

/** In flight per peer: 32 receipts at 50 ms give 640 frames a second, and 3 MB at most. */
const WINDOW = 32;
const BACKOFF_FIRST_MS = 250;
const BACKOFF_MAX_MS = 15_000;
/** As long as a peer's stream would keep the frame; what is older is brought by repair, if anyone still needs it. */
const ROW_AGE_MAX_MS = 7 * 86_400_000;

/** The lane of the journal; not a token, so that no peer can be called so. */
const JOURNAL_LANE = "(journal)";

/** Only hints about pace live in memory; losing them with the object costs one early attempt. */
type Lane = {
  /** Message ids by row; of a row that was replaced meanwhile, none. */
  readonly inFlight: Map<number, string | null>;
  /** Nothing is there besides what is in flight. */
  empty: boolean;
  failures: number;
  dueMs: number;
  timer: ReturnType<typeof setTimeout> | undefined;
};
type Row = {
  readonly id: number;
  readonly topic: string;
  readonly body: number;
  readonly msg_id: string;
  readonly attempts: number;
  readonly due: number;
  /** 1 while the journal has not been given it. */
  readonly held: number;
};

export class Outbox {
  readonly #storage: DurableObjectStorage;
  readonly #sql: SqlStorage;
  readonly #bus: () => Bus | undefined;
  readonly #unwritten: Unwritten;
  readonly #lanes = new Map<string, Lane>();
  /**
   * Rows of the journal that the present connection was given: what follows them there cannot reach the server without them, so nobody
   * waits for the receipt. Where one fails, whatever comes next waits for it.
   */
  readonly #given = new Set<number>();

  constructor(storage: DurableObjectStorage, bus: () => Bus | undefined, unwritten = new Unwritten(storage)) {
    this.#storage = storage;
    this.#sql = storage.sql;
    this.#bus = bus;
    this.#unwritten = unwritten;
    this.#lane(JOURNAL_LANE); // the first: it is filled before those that wait for it
  }

  put(items: readonly OutgoingFrame[], nowMs: number): SendReport {
    const refused: { peer: string; key: string; code: RefusalCode }[] = [];
    this.#unwritten.write();
    this.#storage.transactionSync(() => {
      const bodies = new Bodies(this.#sql);
      for (const item of items) {
        const code = unsendable(item);
        if (code === undefined) this.#store(item, bodies, nowMs);
        else refused.push({ peer: item.peer, key: item.key, code });
      }
    });
    return { stored: items.length - refused.length, refused };
  }

  /** Starts what is due. Safe to call at any time, from anywhere. */
  pump(): void {
    for (const [peer, lane] of this.#lanes) if (!lane.empty) this.#fill(peer, lane);
  }

  /** The link is up, or up again: what waited before this instance, or was put off because of it, is due now. */
  resume(): void {
    this.#given.clear(); // a connection that was lost may have lost them
    for (const peer of this.#waiting()) this.#lane(peer);
    for (const lane of this.#lanes.values()) {
      lane.failures = 0;
      lane.dueMs = 0;
      lane.empty = false;
    }
    this.#sql.exec("UPDATE sending SET due = 0 WHERE due > 0");
    this.pump();
  }

  expire(nowMs: number): void {
    this.#unwritten.write();
    const old = this.#sql.exec("DELETE FROM sending WHERE stored < ? RETURNING id", nowMs - ROW_AGE_MAX_MS).toArray();
    if (old.length === 0) return;
    this.#sql.exec("DELETE FROM bodies WHERE id NOT IN (SELECT body FROM sending)");
    count(this.#sql, "OUTBOX_EXPIRED", old.length);
  }

  /** The last own statement that still waits for the journal. */
  lastOwn(topic: string): Uint8Array | null {
    this.#unwritten.write();
    const rows = this.#sql
      .exec<{ topic: string; body: number }>("SELECT topic, body FROM sending WHERE peer = ?", JOURNAL_LANE)
      .toArray();
    const numbered = rows
      .filter((row) => row.topic.startsWith(`${topic}.`))
      .map((row) => ({ ...row, sequence: Number(row.topic.slice(topic.length + 1)) }));
    const [last] = numbered.sort((one, other) => other.sequence - one.sequence);
    return last === undefined ? null : this.#frameOf(last.body);
  }

  lanes(): PeerLane[] {
    this.#unwritten.write();
    const rows = this.#sql
      .exec<{ peer: string; n: number }>("SELECT peer, count(*) AS n FROM sending GROUP BY peer")
      .toArray();
    return rows.map(({ peer, n }) => ({ peer, rows: n, failures: this.#lanes.get(peer)?.failures ?? 0 }));
  }

  /** A notice that belongs to no ceremony travels under its own id. */
  unsentNotices(): UnsentNotice[] {
    this.#unwritten.write();
    return this.#sql
      .exec<UnsentNotice>(
        "SELECT peer, count(*) AS n, min(stored) AS sinceMs FROM sending WHERE substr(topic, -1 - length(key)) = '.' || key GROUP BY peer",
      )
      .toArray();
  }

  #waiting(): string[] {
    const rows = this.#sql.exec<{ peer: string }>("SELECT DISTINCT peer FROM sending").toArray();
    return rows.map(({ peer }) => peer);
  }

  #store(item: OutgoingFrame, bodies: Bodies, nowMs: number): void {
    if (item.own !== null)
      this.#insert({ ...item, peer: JOURNAL_LANE, topic: `${item.topic}.${item.own}` }, bodies, nowMs);
    this.#insert(item, bodies, nowMs);
  }

  #insert({ peer, topic, key, frame }: OutgoingFrame, bodies: Bodies, nowMs: number): void {
    const lane = this.#lane(peer);
    const before = this.#sql
      .exec<Pick<Row, "id" | "topic" | "body">>(
        "SELECT id, topic, body FROM sending WHERE peer = ? AND key = ?",
        ...[peer, key],
      )
      .toArray()[0];
    if (before !== undefined && before.topic === topic && equalBytes(this.#frameOf(before.body), frame)) return;
    lane.empty = false;
    const fields = [peer, topic, key, bodies.of(frame), crypto.randomUUID(), nowMs];
    if (before === undefined) {
      this.#sql.exec(
        "INSERT INTO sending (peer, topic, key, body, msg_id, attempts, due, stored) VALUES (?, ?, ?, ?, ?, 0, 0, ?)",
        ...fields,
      );
      return;
    }
    this.#sql.exec(
      "UPDATE sending SET topic = ?2, body = ?4, msg_id = ?5, attempts = 0, due = 0, stored = ?6 WHERE peer = ?1 AND key = ?3",
      ...fields,
    );
    if (lane.inFlight.has(before.id)) lane.inFlight.set(before.id, null);
    leave(this.#sql, before.body);
  }

  #frameOf(body: number): Uint8Array {
    return new Uint8Array(
      this.#sql.exec<{ frame: ArrayBuffer }>("SELECT frame FROM bodies WHERE id = ?", body).one().frame,
    );
  }

  #lane(peer: string): Lane {
    const known = this.#lanes.get(peer);
    if (known !== undefined) return known;
    const lane: Lane = { inFlight: new Map(), empty: false, failures: 0, dueMs: 0, timer: undefined };
    this.#lanes.set(peer, lane);
    return lane;
  }

  /** True where something was sent. */
  #fill(peer: string, lane: Lane): boolean {
    const bus = this.#bus();
    if (bus === undefined) return false;
    const nowMs = Date.now();
    // A lane in trouble sends one row as a probe; its receipt opens the window again.
    const room = (lane.failures > 0 ? 1 : WINDOW) - lane.inFlight.size;
    if (room <= 0) return false;
    if (nowMs < lane.dueMs) {
      this.#later(peer, lane, lane.dueMs - nowMs);
      return false;
    }
    const arrived = this.#unwritten.rows;
    const rows = this.#sql
      .exec<Row>(
        `SELECT id, topic, body, msg_id, attempts, due, peer <> ?2 AND EXISTS (
           SELECT 1 FROM sending AS own
           WHERE own.peer = ?2 AND own.key = sending.key AND own.id NOT IN (SELECT value FROM json_each(?4))) AS held
         FROM sending WHERE peer = ?1 AND id NOT IN (SELECT value FROM json_each(?3)) ORDER BY held, due, id LIMIT ${WINDOW * 2}`,
        ...[peer, JOURNAL_LANE, JSON.stringify(arrived), JSON.stringify([...arrived, ...this.#given])],
      )
      .toArray()
      .filter(({ id }) => !lane.inFlight.has(id));
    const due = rows.filter(({ held }) => held === 0);
    const ready = due.filter((row) => row.due <= nowMs).slice(0, room);
    lane.empty = ready.length === rows.length;
    for (const row of ready) void this.#publish(bus, peer, lane, row);
    const next = due[0];
    if (ready.length === 0 && next !== undefined) this.#later(peer, lane, next.due - nowMs);
    return ready.length > 0;
  }

  async #publish(bus: Bus, peer: string, lane: Lane, row: Row): Promise<void> {
    lane.inFlight.set(row.id, row.msg_id);
    try {
      const subject = peer === JOURNAL_LANE ? `own.${row.topic}` : `to.${peer}.${row.topic}`;
      const receipt = bus.publish(subject, this.#frameOf(row.body), row.msg_id);
      if (peer === JOURNAL_LANE && lane.failures === 0) this.#given.add(row.id);
      await receipt;
      // The row may have been replaced meanwhile; then it has a new message id and goes out again.
      if (lane.inFlight.get(row.id) === row.msg_id) this.#unwritten.arrived(row.id, row.body);
      lane.failures = 0;
      lane.dueMs = 0;
      if (peer !== JOURNAL_LANE) this.#unwritten.count("SENT", 1);
      else if (!this.#given.has(row.id)) this.pump();
    } catch (error) {
      const nowMs = Date.now();
      this.#sql.exec(
        "UPDATE sending SET attempts = attempts + 1, due = ? WHERE id = ? AND msg_id = ?",
        ...[nowMs + backoff(row.attempts), row.id, row.msg_id],
      );
      // A whole window fails together: that is one failure of the lane, not 32.
      if (nowMs >= lane.dueMs) {
        lane.dueMs = nowMs + backoff(lane.failures);
        lane.failures += 1;
      }
      noteTrouble(this.#sql, `publish to ${peer}`, error, nowMs);
    } finally {
      if (!this.#unwritten.has(row.id)) lane.empty = false; // it failed, or was replaced
      lane.inFlight.delete(row.id);
      this.#given.delete(row.id);
      if (lane.failures > 0 || lane.inFlight.size <= WINDOW / 2) this.#refill(peer, lane);
    }
  }

  #later(peer: string, lane: Lane, ms: number): void {
    clearTimeout(lane.timer);
    lane.timer = setTimeout(() => this.#refill(peer, lane), Math.max(ms, 10));
  }

  /** What the journal was given may leave. */
  #refill(peer: string, lane: Lane): void {
    if (!lane.empty && this.#fill(peer, lane) && peer === JOURNAL_LANE) this.pump();
  }
}

function unsendable({ peer, topic, frame }: OutgoingFrame): RefusalCode | undefined {
  if (frame.byteLength > FRAME_BYTES_MAX) return "FRAME_TOO_LARGE";
  const subject = buildOutboundSubject(peer, topic);
  return subject.ok ? undefined : subject.fault.code;
}

/** Doubling, with jitter, so that many links do not return in step. */
function backoff(failures: number): number {
  const ms = Math.min(BACKOFF_FIRST_MS * 2 ** Math.min(failures, 16), BACKOFF_MAX_MS);
  return Math.round(ms * (0.75 + Math.random() / 2));
}
