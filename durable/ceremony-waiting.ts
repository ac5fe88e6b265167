// Whoever waits at a ceremony: statements whose call is not known yet, and readers who want to be told when something happens.
import { rootOf } from "../shared/authority/chain.ts";
import type { CeremonyState } from "../shared/ceremony/state.ts";
import { WAITING_MAX } from "../shared/limits.ts";
import type { LinkedEntry } from "../shared/lineage/entry.ts";
import type { VerifiedObservation } from "../shared/observation/observation.ts";
import { type Fault, fault } from "../shared/result.ts";
import { type AgentEnv, DIRECTORY_NAME, type Followed } from "./env.ts";

/** Why statements that wait for an unknown call may not begin to wait here: their signers have too many waiting already. */
export async function noRoomFor(
  env: AgentEnv,
  { call, parked, ceremony, self }: CeremonyState,
  observations: readonly VerifiedObservation[],
): Promise<Fault | null> {
  if (call !== null || parked.size > 0 || observations.some(({ id }) => id === ceremony)) return null;
  const names = observations.map(({ chain }) => self.roots.get(rootOf(chain)) ?? "nobody");
  const waits = await env.DIRECTORY.getByName(DIRECTORY_NAME).wait(ceremony, [...new Set(names)], Date.now());
  return waits ? null : fault("CEREMONIES_WAITING", { authority: names[0], limit: WAITING_MAX }).fault;
}

/** Readers of one ceremony who wait at a time; each is a stream that somebody has open. */
const READERS_MAX = 64;

/** Readers wait here for the next commit, so that a quiet ceremony is asked once in a while and not every second. */
export class Readers {
  readonly #waiting = new Set<() => void>();

  /** True where something happened in time; at once where too many wait, who then ask again as often as they like. */
  async wait(withinMs: number): Promise<boolean> {
    if (this.#waiting.size >= READERS_MAX) return false;
    return new Promise((resolve) => {
      const tell = () => done(true);
      const timer = setTimeout(() => done(false), withinMs);
      const done = (happened: boolean) => {
        clearTimeout(timer);
        this.#waiting.delete(tell);
        resolve(happened);
      };
      this.#waiting.add(tell);
    });
  }

  /** What `read` finds; where that is nothing and the end has not come, what it finds after the next commit, or when the time is over. */
  async follow(
    read: (most?: number) => readonly LinkedEntry[],
    ended: () => boolean,
    withinMs: number,
  ): Promise<Followed> {
    if (read(1).length === 0 && !ended()) await this.wait(withinMs);
    return { entries: read(), ended: ended() };
  }

  tell(): void {
    for (const tell of [...this.#waiting]) tell();
  }
}
