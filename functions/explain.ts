// Why an observation was, or was not, admitted here: asked of its ceremony and, where none has it, of what the door refused. What is in
// neither never arrived.
import type { AgentConfig } from "../durable/config.ts";
import type { DirectoryRpc } from "../durable/directory-object.ts";
import { type AgentEnv, DIRECTORY_NAME } from "../durable/env.ts";
import { emptyState } from "../shared/ceremony/state.ts";
import { type Explanation, explainOne } from "../shared/evidence/explain.ts";
import { parseObservation } from "../shared/observation/decode.ts";
import type { Id } from "../shared/observation/observation.ts";
import type { RefusalCode } from "../shared/refusals.ts";
import { fault, ok, type Result } from "../shared/result.ts";

/** Ceremonies that are asked, the newest first, where the asker names none. */
const ASKED_MAX = 200;
const ASKED_AT_ONCE = 10;

/** `id` may be the beginning of one; `ceremony` is null where the asker does not know it. */
export async function explainHere(
  env: AgentEnv,
  config: AgentConfig,
  id: Id,
  ceremony: Id | null,
): Promise<Result<Explanation>> {
  const directory = env.DIRECTORY.getByName(DIRECTORY_NAME);
  const asked = ceremony === null ? await heldBy(directory) : [ceremony];
  let absent: Result<never> | null = null;
  for (let from = 0; from < asked.length; from += ASKED_AT_ONCE) {
    const some = asked.slice(from, from + ASKED_AT_ONCE);
    const answers = await Promise.all(some.map((one) => env.CEREMONY.getByName(one).explain(id)));
    for (const answer of answers) {
      if (answer.ok || answer.fault.code !== "NEVER_ARRIVED") return answer;
      absent = answer.fault.detail.reported === undefined ? absent : answer;
    }
  }
  const refused = await directory.refusedAtDoor(id);
  const rows = refused.map((row) => ({ ...row, code: row.code as RefusalCode, detail: JSON.parse(row.detail) }));
  const found = explainOne(emptyState(ceremony ?? "", config.self), { refused: rows, stored: () => [] }, id);
  if (found.ok || found.fault.code !== "NEVER_ARRIVED") return found;
  return absent ?? fault("NEVER_ARRIVED", { ...found.fault.detail, by: config.self.authority });
}

/** Those that are listed, and those of which something is held until their call comes. */
async function heldBy(directory: DirectoryRpc): Promise<readonly Id[]> {
  const [rows, waiting] = await Promise.all([directory.list(ASKED_MAX), directory.waiting(ASKED_MAX)]);
  return [...rows.map(({ ceremony }) => ceremony), ...waiting];
}

/** The one frame whose id begins so, of whichever ceremony has it, or of those that the door refused. */
export async function frameHere(env: AgentEnv, config: AgentConfig, id: Id): Promise<Result<Uint8Array>> {
  const directory = env.DIRECTORY.getByName(DIRECTORY_NAME);
  const asked = await heldBy(directory);
  const found: Uint8Array[] = [];
  for (let from = 0; from < asked.length && found.length === 0; from += ASKED_AT_ONCE) {
    const some = asked.slice(from, from + ASKED_AT_ONCE);
    found.push(...(await Promise.all(some.map((one) => env.CEREMONY.getByName(one).framesOf(id)))).flat());
  }
  // An id does not cover the signature: what the door refused may be a copy of what a ceremony holds, spoilt by anybody.
  if (found.length === 0) found.push(...(await directory.refusedAtDoor(id)).map(({ frame }) => frame));
  const byId = new Map(found.map((frame) => [idOf(frame), frame]));
  const [frame] = byId.values();
  if (byId.size > 1) return fault("ID_AMBIGUOUS", { id, found: [...byId.keys()].sort().join(" ") });
  return frame === undefined ? fault("NEVER_ARRIVED", { id, by: config.self.authority }) : ok(frame);
}

function idOf(frame: Uint8Array): Id {
  const parsed = parseObservation(frame);
  return parsed.ok ? parsed.value.observation.id : "";
}
