// The one road into a ceremony's objects: decode and verify here, where the platform scales out, then one call for each ceremony.
// Queue, HTTP and NATS all come through this function, so the same frame has the same verdict on every road.
import type { AgentConfig } from "../durable/config.ts";
import type { AgentEnv } from "../durable/env.ts";
import type { Receipt } from "../shared/ceremony/effect.ts";
import { admit } from "../shared/observation/admit.ts";
import { ceremonyOf, isOfMesh, type VerifiedObservation } from "../shared/observation/observation.ts";
import { type Fault, fault } from "../shared/result.ts";

/** A frame and how it came. `account` and `topic` are set where a NATS server stamped them. */
export type Arrival = {
  readonly road: "nats" | "http" | "queue";
  readonly account: string | null;
  readonly topic: string | null;
  readonly frame: Uint8Array;
};

/** The answer to one arrival: the ceremony's receipt, or the refusal of the door. */
export type Answer = { readonly receipt: Receipt } | { readonly refusal: Fault };

/** Frames handed to one object in one call. */
const FRAMES_PER_CALL = 100;

export async function ingest(
  env: AgentEnv,
  config: AgentConfig,
  arrivals: readonly Arrival[],
): Promise<readonly Answer[]> {
  const judged = await Promise.all(arrivals.map((arrival) => judge(config, arrival)));
  const answers: (Answer | undefined)[] = judged.map((result) => (result.ok ? undefined : { refusal: result.fault }));
  const groups = new Map<string, number[]>();
  for (const [index, result] of judged.entries()) {
    if (!result.ok) continue;
    const ceremony = ceremonyOf(result.value);
    groups.set(ceremony, [...(groups.get(ceremony) ?? []), index]);
  }
  for (const [ceremony, indexes] of groups) {
    for (let from = 0; from < indexes.length; from += FRAMES_PER_CALL) {
      const part = indexes.slice(from, from + FRAMES_PER_CALL);
      const receipts = await env.CEREMONY.getByName(ceremony).submit(
        part.map((index) => (arrivals[index] as Arrival).frame),
      );
      for (const [at, index] of part.entries()) answers[index] = { receipt: receipts[at] as Receipt };
    }
  }
  return answers as readonly Answer[];
}

/** The road's own checks, then the door. A subject is never evidence, but one that contradicts its frame is refused. */
async function judge(
  config: AgentConfig,
  arrival: Arrival,
): Promise<{ ok: true; value: VerifiedObservation } | { ok: false; fault: Fault }> {
  const { account, topic, frame } = arrival;
  if (account !== null && !config.party.partners.some((partner) => partner.account === account))
    return fault("ACCOUNT_UNKNOWN", { account });
  const trust = await config.trust();
  if (!trust.ok) return trust;
  const admitted = await admit(frame, trust.value);
  if (!admitted.ok) return admitted;
  if (isOfMesh(admitted.value)) return fault("MESH_STATEMENT", { kind: admitted.value.body.kind });
  const found = `${admitted.value.mesh}.${ceremonyOf(admitted.value)}`;
  return topic === null || topic === found ? admitted : fault("SUBJECT_MISMATCH", { found });
}

/** The fault in an answer, if it is a refusal. */
export function faultOf(answer: Answer): Fault | null {
  if ("refusal" in answer) return answer.refusal;
  const { code, detail, verdict } = answer.receipt;
  return verdict === "refused" && code !== null ? { code, detail } : null;
}
