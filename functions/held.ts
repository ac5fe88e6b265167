// What a ceremony keeps has been through the door, whatever it made of it. A packed batch has hundreds of signatures, and comes again with each report of
// a peer that is behind; a partner that means harm could have them all checked as often as it likes.
import type { AgentConfig } from "../durable/config.ts";
import type { AgentEnv } from "../durable/env.ts";
import { log } from "../durable/log.ts";
import { equalBytes, toHex } from "../shared/bytes.ts";
import { parseStatement } from "../shared/cose/sign1.ts";
import { inTime } from "./hand-in.ts";
import type { Arrival } from "./ingest.ts";
import { isKnown } from "./known.ts";

/** What is smaller costs less to check than to ask for. */
const ASKED_FROM_BYTES = 8_192;

/** Whether the ceremony that a partner's subject names keeps this very frame. Where that cannot be told, it goes through the door again. */
export async function isHeld(env: AgentEnv, { party }: AgentConfig, arrival: Arrival): Promise<boolean> {
  const { account, topic, frame } = arrival;
  const [mesh, ceremony] = topic?.split(".") ?? [];
  if (account === null || mesh !== party.mesh || ceremony === undefined || frame.length < ASKED_FROM_BYTES)
    return false;
  const statement = parseStatement(frame, "quorate/observation/1");
  if (!statement.ok) return false;
  try {
    if (!(await isKnown(env, ceremony))) return false;
    const kept = await inTime(env.CEREMONY.getByName(ceremony).framesOf(toHex(statement.value.id)));
    return kept.some((each) => equalBytes(each, frame));
  } catch (error) {
    log("error", "held-not-told", { ceremony, reason: String(error) });
    return false;
  }
}
