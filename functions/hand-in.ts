// Handing statements that have passed the door to the object that takes them in: the ceremony's own, or where its intake is spread, the shard of their
// seat (SPEC §7.14). A ceremony says so itself, and this isolate remembers it until a shard says otherwise.
import { type Elsewhere, shardName } from "../durable/ceremony-shards.ts";
import type { AgentEnv } from "../durable/env.ts";
import { log } from "../durable/log.ts";
import type { Receipt } from "../shared/ceremony/effect.ts";
import { seatIn, shardOf } from "../shared/ceremony/spread.ts";
import { BATCH_FRAMES_MAX } from "../shared/limits.ts";
import type { VerifiedObservation } from "../shared/observation/observation.ts";
import type { RefusalCode } from "../shared/refusals.ts";
import { type Fault, fault } from "../shared/result.ts";

/** The answer to one arrival: the ceremony's receipt, or the refusal of the door. */
export type Answer = { readonly receipt: Receipt } | { readonly refusal: Fault };

/** Frames handed to one object in one call. */
const FRAMES_PER_CALL = BATCH_FRAMES_MAX;
/**
 * Calls to one object for one batch: enough to find the one frame of so many that it cannot bear by halving. What is left over then
 * fails, and its messages are tried again.
 */
const CALLS_PER_OBJECT = 16;
/** Far longer than any turn: past it the object hangs, and must not hold up the ceremonies beside it. */
const CALL_WITHIN_MS = 10_000;
/** A statement is sent on twice at most: to its shard, and back where that one takes in nothing more. */
const ROADS_MAX = 3;
/** Ceremonies of which an isolate remembers how they are spread. */
const REMEMBERED_MAX = 1_000;

/** What an object answers to one frame: a receipt, where else it belongs, or, by a shard, that the ceremony has to answer. */
type Told = Receipt | Elsewhere | null;
type Call = (frames: readonly Uint8Array[]) => Promise<readonly Told[]>;

/** By the objects' namespace, so that agents which share a process, as in tests, share no memory. */
const remembered = new WeakMap<object, Map<string, Elsewhere>>();

/** Hands in what was said in one ceremony; `learned` are the revocations that bear on it. Answers in the order of the statements. */
export async function handIn(
  env: AgentEnv,
  ceremony: string,
  said: readonly VerifiedObservation[],
  learned: readonly Uint8Array[],
): Promise<readonly Answer[]> {
  const known = remembered.get(env.CEREMONY) ?? new Map<string, Elsewhere>();
  remembered.set(env.CEREMONY, known);
  const own = env.CEREMONY.getByName(ceremony);
  const answers: (Answer | undefined)[] = said.map(() => undefined);
  const sentBack = new Set<number>();
  let told = learned.length === 0;
  for (let road = 0; road < ROADS_MAX; road++) {
    const left = said.flatMap((_, index) => (answers[index] === undefined ? [index] : []));
    if (left.length === 0) break;
    const spread = known.get(ceremony);
    const groups = Map.groupBy(left, (index) =>
      sentBack.has(index) ? "sent back" : shardOfOne(said[index] as VerifiedObservation, spread),
    );
    if (!told && !groups.has(null) && !groups.has("sent back"))
      await own.submit([], learned).catch((error) => failed(error, ceremony));
    told = true;
    const calls = [...groups].map(async ([shard, indexes]) => {
      const call: Call = (frames) =>
        shard === null || shard === "sent back"
          ? own.submit(frames, learned, shard !== null)
          : env.INTAKE.getByName(shardName(ceremony, shard)).submit(frames);
      const frames = indexes.map((index) => (said[index] as VerifiedObservation).frame);
      const all = await submitAll(call, ceremony, frames);
      for (const [position, index] of indexes.entries()) {
        const one = all[position] as Answer | Elsewhere | null;
        if (one === null) sentBack.add(index);
        else if ("shards" in one) remember(known, ceremony, one);
        else answers[index] = one;
      }
    });
    await Promise.all(calls);
  }
  // What is out of place is sent back too: whoever sends such must not make all others ask the ceremony first.
  if ([...sentBack].some((index) => showsShut(answers[index]))) known.delete(ceremony);
  return answers.map((answer) => answer ?? { refusal: failed("sent from object to object", ceremony).fault });
}

const OVER: readonly (RefusalCode | null)[] = ["ROUND_CLOSED", "INTAKE_CLOSED", "CEREMONY_OVER"];

/** Whether the ceremony's answer to what a shard sent back shows that the shard takes in nothing more. */
function showsShut(answer: Answer | undefined): boolean {
  return (
    answer !== undefined &&
    "receipt" in answer &&
    (answer.receipt.verdict === "admitted" || OVER.includes(answer.receipt.code))
  );
}

/** Null for the ceremony itself. */
function shardOfOne(said: VerifiedObservation, spread: Elsewhere | undefined): number | null {
  const seat = seatIn(said);
  return spread === undefined || seat === null || said.round !== spread.round ? null : shardOf(seat, spread.shards);
}

function remember(known: Map<string, Elsewhere>, ceremony: string, spread: Elsewhere): void {
  if (known.size >= REMEMBERED_MAX) known.clear();
  known.set(ceremony, spread);
}

async function submitAll(
  call: Call,
  ceremony: string,
  frames: readonly Uint8Array[],
): Promise<readonly (Answer | Elsewhere | null)[]> {
  const budget = { calls: CALLS_PER_OBJECT };
  const answers: (Answer | Elsewhere | null)[] = [];
  for (let from = 0; from < frames.length; from += FRAMES_PER_CALL)
    answers.push(...(await submit(call, ceremony, frames.slice(from, from + FRAMES_PER_CALL), budget)));
  return answers;
}

/** One call; where it fails, one for each half, so that a frame that the object cannot bear fails alone. */
async function submit(
  call: Call,
  ceremony: string,
  frames: readonly Uint8Array[],
  budget: { calls: number },
): Promise<readonly (Answer | Elsewhere | null)[]> {
  if (budget.calls === 0) {
    const refusal = failed(`${frames.length} frames were not tried`, ceremony).fault;
    return frames.map(() => ({ refusal }));
  }
  budget.calls -= 1;
  try {
    const told = await inTime(call(frames));
    if (told.length !== frames.length) throw new Error(`${told.length} answers to ${frames.length} frames`);
    return told.map((one) => (one === null || "shards" in one ? one : { receipt: one }));
  } catch (error) {
    const refusal = failed(error, ceremony).fault;
    if (frames.length === 1) return [{ refusal }];
    const half = Math.ceil(frames.length / 2);
    const first = await submit(call, ceremony, frames.slice(0, half), budget);
    return [...first, ...(await submit(call, ceremony, frames.slice(half), budget))];
  }
}

export async function inTime<T>(answer: Promise<T>): Promise<T> {
  let timer: ReturnType<typeof setTimeout> | undefined;
  const late = new Promise<never>((_, reject) => {
    timer = setTimeout(() => reject(new Error(`no answer within ${CALL_WITHIN_MS} ms`)), CALL_WITHIN_MS);
  });
  return Promise.race([answer, late]).finally(() => clearTimeout(timer));
}

/** The log has the reason, under a number of its own. */
export function failed(error: unknown, ceremony: string | null = null): { ok: false; fault: Fault } {
  const request = crypto.randomUUID();
  log("error", "ingest-failed", { request, ceremony, reason: String(error) });
  return fault("INTERNAL", { request });
}
