// Partners' statements from static addresses (SPEC §15.11): fetched on the sweep or when asked, and put through the same door as what comes by
// any other road. Nothing waits for an address: one that is silent is shown, and tried again.
import type { CoalitionSource } from "../durable/coalition-ledger.ts";
import type { AgentConfig } from "../durable/config.ts";
import type { AgentEnv } from "../durable/env.ts";
import { log } from "../durable/log.ts";
import type { PulledSource } from "../durable/mesh-coalition.ts";
import { readSource } from "../shared/coalition/source.ts";
import { STATEMENTS_BYTES_MAX } from "../shared/limits.ts";
import { fault, type Result } from "../shared/result.ts";
import { readBytes } from "./http/body.ts";
import { faultOf } from "./ingest.ts";
import { submitToMesh } from "./mesh-road.ts";

const WITHIN_MS = 10_000;
/** Fetched at a time: half of the connections that the platform gives one invocation. */
const AT_A_TIME = 3;

/** Pulls every configured address of a mesh, or of all; answers what came of each. */
export async function pullSources(
  env: AgentEnv,
  config: AgentConfig,
  mesh: string | null = null,
): Promise<readonly CoalitionSource[]> {
  const pulls = config.party.pulls.filter((pull) => mesh === null || pull.mesh === mesh);
  const states: CoalitionSource[] = [];
  for (let at = 0; at < pulls.length; at += AT_A_TIME) {
    const some = pulls.slice(at, at + AT_A_TIME);
    const done = await Promise.allSettled(some.map((pull) => pullOne(env, config, pull)));
    for (const one of done) {
      if (one.status === "fulfilled") states.push(one.value);
      else log("error", "pull-failed", { reason: String(one.reason) });
    }
  }
  return states;
}

async function pullOne(
  env: AgentEnv,
  config: AgentConfig,
  { mesh, url }: { readonly mesh: string; readonly url: string },
): Promise<CoalitionSource> {
  const none = { url, frames: [], refused: [], fresh: 0 };
  const keep = (pulled: PulledSource) => env.MESH.getByName(mesh).pulled(pulled);
  const bytes = await fetchBytes(url);
  const file = bytes.ok ? readSource(bytes.value, url) : bytes;
  if (!file.ok) return keep({ ...none, code: file.fault.code as PulledSource["code"] });
  const { frames, statements } = file.value;
  const answered = await submitToMesh(env, config, mesh, frames, { statements, by: url });
  if (!answered.ok) return keep({ ...none, code: answered.fault.code as PulledSource["code"] });
  const answers = answered.value;
  const refused = answers.flatMap((answer, index) => {
    const refusal = faultOf(answer);
    return refusal === null ? [] : [{ id: `frame ${index}`, code: refusal.code }];
  });
  const taken = frames.filter((_, index) => faultOf(answers[index] ?? { refusal: lost(url) }) === null);
  const fresh = answers.filter((answer) => "receipt" in answer && answer.receipt.verdict === "admitted").length;
  return keep({ url, frames: taken, refused: refused.slice(0, REFUSED_SHOWN), fresh, code: null });
}

/** Refused frames of one address that are told. */
const REFUSED_SHOWN = 32;

function lost(url: string) {
  return fault("SOURCE_SILENT", { url, reason: "no answer" }).fault;
}

async function fetchBytes(url: string): Promise<Result<Uint8Array>> {
  const silent = (reason: string) => fault("SOURCE_SILENT", { url, reason });
  try {
    const response = await fetch(url, { signal: AbortSignal.timeout(WITHIN_MS) });
    if (!response.ok) return silent(`it answers ${response.status}`);
    const bytes = await readBytes(response, STATEMENTS_BYTES_MAX, WITHIN_MS);
    if (bytes.ok) return bytes;
    return bytes.fault.code === "BODY_TOO_LARGE"
      ? fault("SOURCE_TOO_LARGE", { url, limit: STATEMENTS_BYTES_MAX })
      : silent(bytes.fault.code);
  } catch (error) {
    return silent(error instanceof Error ? error.message : String(error));
  }
}
