// What the door of this agent goes by: the party's own trust statement, and the revocations that have reached the agent since (SPEC §14.1).
import type { AgentConfig } from "../durable/config.ts";
import type { LearnedRevocation } from "../durable/directory-object.ts";
import { type AgentEnv, DIRECTORY_NAME } from "../durable/env.ts";
import { rootOf } from "../shared/authority/chain.ts";
import { type Revocation, reopenRevocation } from "../shared/authority/statement.ts";
import type { Trust } from "../shared/authority/trust.ts";
import { isKind, type VerifiedObservation } from "../shared/observation/observation.ts";
import type { Result } from "../shared/result.ts";
import { compareText } from "../shared/text.ts";

export type Door = {
  /** As the trust statement has it. */
  readonly stated: Trust;
  /** The same with what was learned: what the door goes by. */
  readonly trust: Trust;
  readonly learned: readonly Revocation[];
};

let known: { readonly door: Door; readonly upTo: number } | null = null;

/** Asks the agent's own list for what is new each time: what one isolate learned, the next frame at any other is judged by. */
export async function doorOf(env: AgentEnv, config: AgentConfig): Promise<Result<Door>> {
  const stated = await config.trust();
  if (!stated.ok) return stated;
  const before = known?.door.stated === stated.value ? known : null;
  const list = env.DIRECTORY.getByName(DIRECTORY_NAME);
  const news = await list.revocations(before?.upTo ?? 0);
  const door = before?.door ?? { stated: stated.value, trust: stated.value, learned: [] };
  if (news.frames.length === 0) return { ok: true, value: door };
  const learned = [...door.learned, ...news.frames.map(reopenRevocation)];
  const revocations = new Map([...stated.value.revocations, ...learned].map((each) => [each.id, each]));
  const sorted = [...revocations.values()].sort((a, b) => compareText(a.id, b.id));
  // The memory of proved chains is shared: it changes no answer.
  known = { door: { stated: stated.value, trust: { ...stated.value, revocations: sorted }, learned }, upTo: news.upTo };
  return { ok: true, value: known.door };
}

/** What an admitted observation brings that the door does not go by yet; each at the cost of whoever signed it, if that is known. */
export function newsIn(observation: VerifiedObservation, { trust }: Door): LearnedRevocation | null {
  if (!isKind(observation, "notice") || "withdrawal" in observation.body) return null;
  const { id, frame, signer, body } = observation.body.revocation;
  if (body.mesh !== observation.mesh || trust.revocations.some((each) => each.id === id)) return null;
  const payer = trust.roots.get(signer) ?? `carried by ${trust.roots.get(rootOf(observation.chain)) ?? "nobody"}`;
  return { id, frame, payer };
}
