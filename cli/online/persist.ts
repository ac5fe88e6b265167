// A lost connection, for whoever follows an agent: asked again a stated number of times, each of which is told, and then given up.
import { setTimeout as sleep } from "node:timers/promises";
import type { Agent } from "../agent-client.ts";
import { type Call, EXIT, Refused, refused } from "../registry.ts";

const LOST_MAX = 5;
const LOST_MS = 500;

export async function persistently<T>({ say }: Call, { url }: Agent, ask: () => Promise<T>): Promise<T> {
  for (let lost = 1; ; lost += 1) {
    try {
      return await ask();
    } catch (error) {
      if (!(error instanceof Refused) || error.exit !== EXIT.unreachable) throw error;
      const { reason = error.told?.why } = error.fault.detail;
      if (lost > LOST_MAX) throw gone(url, `${reason}; it was tried again ${LOST_MAX} times`);
      say(`${url} does not answer (${reason}); trying again, ${lost} of ${LOST_MAX}`);
      await sleep(LOST_MS * 2 ** (lost - 1));
    }
  }
}

function gone(url: string, reason: string): Refused {
  return refused("UNREACHABLE", { url, reason });
}
