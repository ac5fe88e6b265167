// What the door refused is kept for whoever asks why, where it is an observation at all. Losing it changes no answer.
import type { RefusedAtDoor } from "../durable/directory-object.ts";
import { type AgentEnv, DIRECTORY_NAME } from "../durable/env.ts";
import { log } from "../durable/log.ts";
import { parseObservation } from "../shared/observation/decode.ts";
import { refusalClass } from "../shared/refusals.ts";
import type { Result } from "../shared/result.ts";
import type { Arrival } from "./ingest.ts";

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
  const parsed = parseObservation(frame);
  const { code, detail } = result.fault;
  return parsed.ok ? [{ id: parsed.value.observation.id, code, detail: JSON.stringify(detail), frame }] : [];
}
