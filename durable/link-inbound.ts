// Incoming frames: each delivery is refused with a record or handed to the party's queue, and answered only after that
// is durable. Nothing here judges a frame; the door does that behind the queue.
import { FRAME_BYTES_MAX } from "../shared/limits.ts";
import { parseInboundSubject } from "../shared/mesh/subject.ts";
import type { RefusalCode } from "../shared/refusals.ts";
import type { Bus, Delivery } from "./bus.ts";
import { noteRefused, noteTrouble } from "./link-schema.ts";
import type { Unwritten } from "./link-unwritten.ts";

/** What the queue carries for each frame. The account is what the server stamped, not what the frame claims. */
export type InboundFrame = {
  readonly road: "nats";
  readonly account: string;
  readonly topic: string;
  readonly frame: Uint8Array;
};

/** Limits of one `sendBatch`: 100 messages and 256,000 bytes, with room for what the queue adds itself. */
const BATCH_MESSAGES_MAX = 100;
const BATCH_BYTES_MAX = 240_000;
const MESSAGE_OVERHEAD_BYTES = 1_024;
const RETRY_MS = 2_000;

/** Peers say the same things at the same time: what comes within this goes on together, as each handing on is a turn of queue, Worker and object. */
const GATHERED_MS = 5;
/** So many are worth a turn already. */
const GATHERED_ENOUGH = 16;

/** Adds to what has come whatever else comes within a moment. */
export async function gather(deliveries: Delivery[], bus: Pick<Bus, "pull">): Promise<void> {
  if (deliveries.length === 0 || deliveries.length >= GATHERED_ENOUGH) return;
  await new Promise((resolve) => setTimeout(resolve, GATHERED_MS));
  deliveries.push(...(await bus.pull(0, 0)));
}

type Pending = { readonly delivery: Delivery; readonly body: InboundFrame };

export async function handOn(
  deliveries: readonly Delivery[],
  sql: SqlStorage,
  queue: Queue<InboundFrame>,
  unwritten: Unwritten,
): Promise<void> {
  const pending: Pending[] = [];
  for (const delivery of deliveries) {
    const body = read(delivery);
    if (typeof body === "string") refuse(delivery, body, sql);
    else pending.push({ delivery, body });
  }
  await Promise.all(batches(pending).map((batch) => enqueue(batch, sql, queue, unwritten)));
}

function read({ subject, data }: Delivery): InboundFrame | RefusalCode {
  if (data.byteLength > FRAME_BYTES_MAX) return "FRAME_TOO_LARGE";
  const parsed = parseInboundSubject(subject);
  if (!parsed.ok) return parsed.fault.code;
  // A copy: cloning a view would carry the whole socket buffer behind it, neighbours' frames included.
  return { road: "nats", account: parsed.value.account, topic: parsed.value.topic, frame: data.slice() };
}

function refuse(delivery: Delivery, code: RefusalCode, sql: SqlStorage): void {
  noteRefused(sql, { code, subject: delivery.subject, bytes: delivery.data.byteLength, atMs: Date.now() });
  delivery.deadLetter();
}

function batches(pending: readonly Pending[]): Pending[][] {
  const found: Pending[][] = [];
  let bytes = Number.POSITIVE_INFINITY;
  for (const item of pending) {
    const size = item.body.frame.byteLength + MESSAGE_OVERHEAD_BYTES;
    const open = found.at(-1);
    if (open !== undefined && open.length < BATCH_MESSAGES_MAX && bytes + size <= BATCH_BYTES_MAX) {
      open.push(item);
      bytes += size;
    } else {
      found.push([item]);
      bytes = size;
    }
  }
  return found;
}

async function enqueue(
  batch: readonly Pending[],
  sql: SqlStorage,
  queue: Queue<InboundFrame>,
  unwritten: Unwritten,
): Promise<void> {
  try {
    await queue.sendBatch(batch.map(({ body }) => ({ body, contentType: "v8" as const })));
  } catch (error) {
    noteTrouble(sql, "hand on to the queue", error, Date.now());
    for (const { delivery } of batch) delivery.retry(RETRY_MS);
    return;
  }
  const nowMs = Date.now();
  for (const [account, frames] of tally(batch)) unwritten.heard(account, frames, nowMs);
  unwritten.count("RECEIVED", batch.length);
  for (const { delivery } of batch) delivery.ack();
}

function tally(batch: readonly Pending[]): Map<string, number> {
  const frames = new Map<string, number>();
  for (const { body } of batch) frames.set(body.account, (frames.get(body.account) ?? 0) + 1);
  return frames;
}
