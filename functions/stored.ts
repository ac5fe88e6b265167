// What a ceremony stores has been through the door. A packed batch has hundreds of signatures, and comes again with each report of a peer that is
// behind; a partner that means harm could have them all checked as often as it likes.
import type { AgentConfig } from "../durable/config.ts";
import type { AgentEnv } from "../durable/env.ts";
import { log } from "../durable/log.ts";
import { equalBytes, toHex } from "../shared/bytes.ts";
import { parseStatement } from "../shared/cose/sign1.ts";
import type { Id } from "../shared/observation/observation.ts";
import { inTime } from "./hand-in.ts";
import type { Arrival } from "./ingest.ts";
import { isKnown } from "./known.ts";

/** What is smaller costs less to check than to ask for. */
const ASKED_FROM_BYTES = 8_192;

/**
 * The id of a frame that the ceremony which a partner's subject names stores, signature and all; null where it does not, or cannot be asked. Then
 * the frame goes through the door.
 */
export async function storedId(env: AgentEnv, { party }: AgentConfig, arrival: Arrival): Promise<Id | null> {
  const { account, topic, frame } = arrival;
  const [mesh, ceremony] = topic?.split(".") ?? [];
  if (account === null || mesh !== party.mesh || ceremony === undefined || frame.length < ASKED_FROM_BYTES) return null;
  const statement = parseStatement(frame, "quorate/observation/1");
  if (!statement.ok) return null;
  const id = toHex(statement.value.id);
  try {
    if (!(await isKnown(env, ceremony))) return null;
    const kept = await inTime(env.CEREMONY.getByName(ceremony).framesOf(id));
    return kept.some((each) => !each.isRefused && equalBytes(each.frame, frame)) ? id : null;
  } catch (error) {
    log("error", "stored-not-told", { ceremony, reason: String(error) });
    return null;
  }
}
