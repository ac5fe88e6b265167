// What became of statements, counted for monitoring: one call a batch. Losing it changes no answer.
import type { AgentConfig } from "../../durable/config.ts";
import type { ClockReading } from "../../durable/directory-counters.ts";
import type { CountedStatement } from "../../durable/directory-object.ts";
import { type AgentEnv, DIRECTORY_NAME } from "../../durable/env.ts";
import { log } from "../../durable/log.ts";
import { ceremonyOf, type VerifiedObservation } from "../../shared/observation/observation.ts";
import type { Answer } from "../hand-in.ts";
import type { Arrival } from "../ingest.ts";

type Counting = { -readonly [Field in keyof CountedStatement]: CountedStatement[Field] };

/** `said` are the statements that passed the door, in the order of the arrivals. */
export async function countStatements(
  env: AgentEnv,
  config: AgentConfig,
  arrivals: readonly Arrival[],
  said: readonly (VerifiedObservation | null)[],
  answers: readonly Answer[],
): Promise<void> {
  const counted = new Map<string, Counting>();
  let counting: Counting | undefined; // of a batch most are alike
  for (const [index, answer] of answers.entries()) {
    const statement = said[index] ?? null;
    const ceremony = statement === null ? null : ceremonyOf(statement);
    const [disposition, code] =
      "receipt" in answer ? [answer.receipt.verdict, answer.receipt.code ?? "none"] : ["refused", answer.refusal.code];
    if (counting?.ceremony !== ceremony || counting.disposition !== disposition || counting.code !== code)
      counting = countingIn(counted, ceremony, disposition, code);
    counting.n += 1;
  }
  if (counted.size === 0) return;
  try {
    const clocks = readClocks(config, arrivals, said, Date.now());
    await env.DIRECTORY.getByName(DIRECTORY_NAME).count([...counted.values()], clocks);
  } catch (error) {
    log("error", "statements-not-counted", { reason: String(error) });
  }
}

function countingIn(
  counted: Map<string, Counting>,
  ceremony: string | null,
  disposition: string,
  code: string,
): Counting {
  const key = `${ceremony} ${disposition} ${code}`;
  const counting = counted.get(key) ?? { ceremony, disposition, code, n: 0 };
  counted.set(key, counting);
  return counting;
}

/**
 * How long statements of each partner were under way by their own stamps. The shortest of many is the difference of the two clocks and
 * little more, since some always travel fast; it is below zero where the partner's clock is ahead.
 */
function readClocks(
  { party }: AgentConfig,
  arrivals: readonly Arrival[],
  said: readonly (VerifiedObservation | null)[],
  nowMs: number,
): readonly ClockReading[] {
  const least = new Map<string, number>();
  for (const [index, { account }] of arrivals.entries()) {
    const statement = said[index];
    if (account === null || statement === null || statement === undefined) continue;
    const lagMs = nowMs + party.clockOffsetMs - statement.at[1] / 1_000;
    least.set(account, Math.min(least.get(account) ?? lagMs, lagMs));
  }
  return [...least].map(([account, lagMs]) => ({ account, lagMs, nowMs }));
}
