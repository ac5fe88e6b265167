// Ceremonies by their ids, as others give them: an object is made by being asked, and stays for ever, so only what the party's own list has
// is asked.
import type { ShownCeremony } from "../durable/alerts.ts";
import { type AgentEnv, type CeremonyRpc, DIRECTORY_NAME } from "../durable/env.ts";

type Env = Pick<AgentEnv, "CEREMONY" | "DIRECTORY">;

const ID = /^[0-9a-f]{64}$/;
/** Ids remembered in one isolate: what is known once stays known. */
const REMEMBERED_MAX = 10_000;
const remembered = new WeakMap<object, Set<string>>();

async function isKnown({ DIRECTORY }: Env, id: string): Promise<boolean> {
  const known = remembered.get(DIRECTORY) ?? new Set();
  remembered.set(DIRECTORY, known);
  if (known.has(id)) return true;
  if (!ID.test(id) || !(await DIRECTORY.getByName(DIRECTORY_NAME).knows(id))) return false;
  if (known.size >= REMEMBERED_MAX) known.clear();
  known.add(id);
  return true;
}

export type Known = { readonly ceremony: CeremonyRpc; readonly view: ShownCeremony };

/** A ceremony that this party holds, or null. */
export async function ceremonyKnown(env: Env, id: string): Promise<Known | null> {
  if (!(await isKnown(env, id))) return null;
  const ceremony = env.CEREMONY.getByName(id);
  const view = await ceremony.view();
  const { policy, refusal, hold } = view;
  return policy === null && refusal === null && hold === null ? null : { ceremony, view };
}
