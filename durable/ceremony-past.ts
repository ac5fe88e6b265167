// A store restored from an older copy looks like any other. So before its first turn an instance of a ceremony takes in the last statement that the
// journal has of it: where the store lacks it, the protocol makes the party mute (SPEC §8.6), before it can sign a used place again.
import { admit } from "../shared/observation/admit.ts";
import type { VerifiedObservation } from "../shared/observation/observation.ts";
import { type Fault, fault } from "../shared/result.ts";
import type { AgentConfig } from "./config.ts";
import { type AgentEnv, LINK_NAME } from "./env.ts";

/** Hands over the last that was said under a topic; a fault while nobody can tell what that is. */
export async function meetPast(
  env: Pick<AgentEnv, "LINK">,
  config: AgentConfig,
  topic: string,
  meet: (own: VerifiedObservation) => void,
): Promise<Fault | null> {
  try {
    const frames = await env.LINK.getByName(LINK_NAME).recall(topic);
    const trust = await config.trust();
    for (const frame of frames) {
      const own = trust.ok ? await admit(frame, trust.value) : trust;
      if (!own.ok) return fault("PAST_UNKNOWN", { reason: own.fault.code }).fault;
      meet(own.value);
    }
    return null;
  } catch (error) {
    return fault("PAST_UNKNOWN", { reason: error instanceof Error ? error.message : String(error) }).fault;
  }
}
