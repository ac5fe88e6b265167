// A revocation bears on what was said before it came: the ceremonies that are open are told, and carry in what concerns them (SPEC §7.10).
import { type AgentEnv, DIRECTORY_NAME } from "../durable/env.ts";
import { inTime } from "./hand-in.ts";

/** Open ceremonies that are told of one, the oldest first; the others learn of it with the next statement that it concerns. */
export const TOLD_MAX = 100;

/** Answers how many were told. */
export async function tellCeremonies(env: AgentEnv, revocations: readonly Uint8Array[]): Promise<number> {
  if (revocations.length === 0) return 0;
  const open = await env.DIRECTORY.getByName(DIRECTORY_NAME).open(TOLD_MAX);
  await Promise.allSettled(open.map((id) => inTime(env.CEREMONY.getByName(id).submit([], revocations))));
  return open.length;
}
