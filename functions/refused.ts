// What the door refused is kept for whoever asks why, where it is an observation at all. Losing it changes no answer.
import { isUnproved, type RefusedAtDoor } from "../durable/directory-refused.ts";
import { type AgentEnv, DIRECTORY_NAME } from "../durable/env.ts";
import { log } from "../durable/log.ts";
import { parseObservation } from "../shared/observation/decode.ts";
import { refusalClass } from "../shared/refusals.ts";
import type { Result } from "../shared/result.ts";
import { Minutes } from "./http/minutes.ts";
import type { Arrival } from "./ingest.ts";

/** What nobody answers for is written so often in a minute and an isolate: forgeries cost their sender nothing. */
const UNPROVED_A_MINUTE = 300;
const unproved = new Minutes();

/** `judged` are the door's answers to the arrivals, in their order. */
export async function keepRefused(
  env: AgentEnv,
  arrivals: readonly Arrival[],
  judged: readonly Result<unknown>[],
): Promise<void> {
  try {
    const rows = judged.flatMap((result, index) => rowsOf(result, arrivals[index] as Arrival));
    if (rows.length > 0) await env.DIRECTORY.getByName(DIRECTORY_NAME).keepRefused(rows);
  } catch (error) {
    log("error", "refused-not-kept", { reason: String(error) });
  }
}

function rowsOf(result: Result<unknown>, { frame }: Arrival): readonly RefusedAtDoor[] {
  if (result.ok || refusalClass(result.fault.code) === "failed") return [];
  const { code, detail } = result.fault;
  if (isUnproved(code) && unproved.add("all", 1, Date.now()).used > UNPROVED_A_MINUTE) return [];
  const parsed = parseObservation(frame);
  return parsed.ok ? [{ id: parsed.value.observation.id, code, detail: JSON.stringify(detail), frame }] : [];
}
