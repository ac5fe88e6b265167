// How long a unanimous close takes on a live stack: from the last contribution to the moment when every party shows the ending.
import { setTimeout as sleep } from "node:timers/promises";
import { connect } from "nats.ws";
import type { LocalAgent } from "../../cli/stack/agent.ts";
import type { Stack } from "../../cli/stack/stack.ts";
import { TIMING } from "../../shared/policy/patterns/parts.ts";
import { ended, liveStack, shown } from "./auction.ts";
import { quantile } from "./runtime.ts";

export type CloseCost = {
  readonly parties: number;
  readonly p50Ms: number;
  readonly p95Ms: number;
  /** Frames that left for a peer, for each ceremony, from its call to its end. */
  readonly messages: number;
  /** Part of the times above for which electors wait on purpose before they close early. */
  readonly settleMarginMs: number;
  /** A round trip to the same NATS server, in the midst of the same closes. */
  readonly natsRoundTripMs: number;
  /** Round trips that fit into the median, less the settle margin. */
  readonly roundTripsAdded: number;
};

/** A size that did not come to an end here, and why: it says something of the machine, and nothing of the others. */
export type Unfinished = { readonly parties: number; readonly reason: string };

export async function measureClose(parties: number, ceremonies: number): Promise<CloseCost> {
  const { stack, stop } = await liveStack(parties);
  try {
    await closeOnce(stack); // the first ceremony loads code
    const before = await framesSent(stack);
    const times: number[] = [];
    const trip = await roundTrips(stack, async () => {
      for (let run = 0; run < ceremonies; run++) times.push(await closeOnce(stack));
    });
    const after = await framesSent(stack);
    const settleMarginMs = TIMING.settleMargin / 1_000;
    const p50 = quantile(times, 0.5);
    return {
      parties,
      p50Ms: round(p50),
      p95Ms: round(quantile(times, 0.95)),
      messages: Math.round((after - before) / ceremonies),
      settleMarginMs,
      natsRoundTripMs: round(trip),
      roundTripsAdded: round((p50 - settleMarginMs) / trip),
    };
  } finally {
    await stop();
  }
}

/** For each party: an agent that is asked all the time has less time to close. */
const POLL_MS_EACH = 2;
const TRIP_EVERY_MS = 20;

const round = (ms: number) => Math.round(ms * 100) / 100;

async function closeOnce(stack: Stack): Promise<number> {
  const [opener] = stack.agents as readonly [LocalAgent];
  const seats = stack.parties.map(({ name }) => ({ authority: name, role: "approver", power: 1 }));
  const request = { pattern: "approval", title: "Bench", parties: seats, closesIn: 120, expiresIn: 240 };
  const { ceremony } = await opener.post<{ ceremony: string }>("/v1/ceremonies", request);
  const pollMs = POLL_MS_EACH * seats.length;
  await shown(stack, ceremony, ({ policy }) => policy !== null, 60, pollMs);
  await Promise.all(
    stack.agents.map((agent) => agent.post(`/v1/ceremonies/${ceremony}/attestations`, { choice: "approve" })),
  );
  const start = performance.now();
  const views = await ended(stack, ceremony, 150, pollMs);
  if (views.some(({ phase }) => phase !== "final")) throw new Error("a ceremony did not become final");
  return performance.now() - start;
}

async function framesSent(stack: Stack): Promise<number> {
  const health = await Promise.all(
    stack.agents.map((agent) => agent.json<{ link: { counts: Record<string, number> } }>("/v1/health")),
  );
  return health.reduce((sum, { link }) => sum + (link.counts.SENT ?? 0), 0);
}

/** The median round trip to the server while some work goes on. */
async function roundTrips(stack: Stack, work: () => Promise<void>): Promise<number> {
  const { user, password } = stack.login(stack.parties[0]?.name as string);
  const connection = await connect({ servers: stack.nats.wsUrl, user, pass: password });
  const times: number[] = [];
  let goesOn = true;
  const sampled = (async () => {
    while (goesOn) {
      const start = performance.now();
      await connection.flush();
      times.push(performance.now() - start);
      await sleep(TRIP_EVERY_MS);
    }
  })();
  try {
    await work();
  } finally {
    goesOn = false;
    await sampled;
    await connection.close();
  }
  return quantile(times, 0.5);
}
