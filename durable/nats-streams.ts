// What a party keeps at its NATS server: the inbox that its peers fill, one consumer that works it off, and the journal of its own
// statements. Written for the oldest server we meet (2.9): one filter subject, no metadata, no fields that strict servers refuse.
import type { ConsumerConfig, JetStreamManager, StreamConfig } from "nats.ws";
import { AckPolicy, DeliverPolicy, DiscardPolicy, nanos, ReplayPolicy, RetentionPolicy, StorageType } from "nats.ws";
import { FRAME_BYTES_MAX } from "../shared/limits.ts";

export type StreamNames = {
  readonly stream: string;
  readonly durable: string;
  /** The stream of the party's own statements. */
  readonly journal: string;
};

const DAY_MS = 86_400_000;
/** A frame that waited a week is past every use that a live exchange has for it; repair brings what still matters. */
const MESSAGE_AGE_MS = 7 * DAY_MS;
/** Far longer than any ceremony that is still open; what is older can no longer be contradicted. */
const JOURNAL_AGE_MS = 90 * DAY_MS;
/**
 * More than two thousand of the largest frames. A full inbox refuses: the sender keeps its frame and tries again, while one that made room would
 * let a flood by one peer push out what the others had been promised to be kept.
 */
const INBOX_BYTES_MAX = 256 * 1_048_576;
/** Room for NATS headers, and for frames slightly too large, which are then refused with a record instead of silently. */
const HEADROOM_BYTES = 8_192;
const ACK_WAIT_MS = 30_000;
const ACK_PENDING_MAX = 256;

export async function ensureStreams(manager: JetStreamManager, names: StreamNames): Promise<void> {
  await ensureStream(manager, inbox(names.stream));
  await ensureStream(manager, journal(names.journal));
  await ensureConsumer(manager, names.stream, names.durable);
}

type WantedStream = Partial<StreamConfig> & Pick<StreamConfig, "name" | "retention">;

/** What was taken is gone, and what was not taken stays, whoever is away: one consumer works the queue off. */
function inbox(name: string): WantedStream {
  return {
    name,
    subjects: ["inbox.>"],
    retention: RetentionPolicy.Workqueue,
    discard: DiscardPolicy.New,
    max_age: nanos(MESSAGE_AGE_MS),
    max_bytes: INBOX_BYTES_MAX,
    max_msg_size: FRAME_BYTES_MAX + HEADROOM_BYTES,
  };
}

function journal(name: string): WantedStream {
  return {
    name,
    subjects: ["own.>"],
    retention: RetentionPolicy.Limits,
    discard: DiscardPolicy.Old,
    max_age: nanos(JOURNAL_AGE_MS),
    max_msgs_per_subject: 1,
    max_msg_size: FRAME_BYTES_MAX + HEADROOM_BYTES,
  };
}

async function ensureStream(manager: JetStreamManager, wanted: WantedStream): Promise<void> {
  let found = await manager.streams.info(wanted.name).catch(absent);
  if (found !== undefined && found.config.retention !== wanted.retention) {
    // No server changes the retention of a stream that it has. What waited in it is brought again by repair.
    await manager.streams.delete(wanted.name);
    found = undefined;
  }
  if (found === undefined) {
    await manager.streams.add({ ...wanted, storage: StorageType.File });
    return;
  }
  const { config } = found;
  const names = Object.keys(wanted) as (keyof WantedStream)[];
  const same = names.every((name) => String(config[name]) === String(wanted[name]));
  if (!same) await manager.streams.update(wanted.name, wanted);
}

async function ensureConsumer(manager: JetStreamManager, stream: string, durable: string): Promise<void> {
  const found = await manager.consumers.info(stream, durable).catch(absent);
  if (found !== undefined) return;
  const config: Partial<ConsumerConfig> = {
    durable_name: durable,
    ack_policy: AckPolicy.Explicit,
    deliver_policy: DeliverPolicy.All,
    replay_policy: ReplayPolicy.Instant,
    ack_wait: nanos(ACK_WAIT_MS),
    // Unlimited deliveries: every delivery is either handed on or dead-lettered by us, and our own queue may be down for hours.
    max_deliver: -1,
    max_ack_pending: ACK_PENDING_MAX,
  };
  await manager.consumers.add(stream, config);
}

function absent(error: unknown): undefined {
  const code = (error as { api_error?: { code?: number } }).api_error?.code;
  if (code === 404) return undefined;
  throw error;
}
