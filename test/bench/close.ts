// How long a unanimous close takes on a live stack: from the last contribution until every party has ended, on a loopback or over a road to the
// bus that takes time.
import { setTimeout as sleep } from "node:timers/promises";
import { connect } from "nats.ws";
import type { LocalAgent } from "../../cli/stack/agent.ts";
import type { Road, Stack } from "../../cli/stack/stack.ts";
import type { LinkedEntry } from "../../shared/lineage/entry.ts";
import { TIMING } from "../../shared/policy/patterns/parts.ts";
import { ended, liveStack, shown } from "./auction.ts";
import { quantile } from "./runtime.ts";
import { slowRoad } from "./slow-road.ts";

export type CloseCost = {
  readonly parties: number;
  readonly p50Ms: number;
  readonly p95Ms: number;
  /** Frames that left for a peer, for each ceremony, from its call to its end. */
  readonly messages: number;
  /** Part of the times above for which electors wait on purpose before they close early. */
  readonly settleMarginMs: number;
  /** Between each agent and the bus, each way; 0 is a loopback. */
  readonly delayMs: number;
  /** A round trip from an agent's place to the same NATS server, in the midst of the same closes. */
  readonly natsRoundTripMs: number;
  /** Round trips that fit into the median, less the settle margin. */
  readonly roundTripsAdded: number;
  /** The same from one agent's place through the server to another's, and back. */
  readonly peerRoundTripMs: number;
  readonly peerRoundTripsAdded: number;
};

/** A size that did not come to an end here, and why: it says something of the machine, and nothing of the others. */
export type Unfinished = { readonly parties: number; readonly reason: string };

export async function measureClose(parties: number, ceremonies: number, delayMs = 0): Promise<CloseCost> {
  let road: Road | undefined;
  const slow = async (url: string) => (road = await slowRoad(url, delayMs));
  const { stack, stop } = await liveStack(parties, [], { road: delayMs === 0 ? undefined : slow });
  try {
    await closeOnce(stack); // the first ceremony loads code
    const before = await framesSent(stack);
    const times: number[] = [];
    const trips = await roundTrips(stack, road?.url ?? stack.nats.wsUrl, async () => {
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
      delayMs,
      natsRoundTripMs: round(trips.server),
      roundTripsAdded: round((p50 - settleMarginMs) / trips.server),
      peerRoundTripMs: round(trips.peer),
      peerRoundTripsAdded: round((p50 - settleMarginMs) / trips.peer),
    };
  } finally {
    await stop();
  }
}

/** For each party: an agent that is asked all the time has less time to close, and nothing that is measured hangs on it. */
const POLL_MS_EACH = 40;
const TRIP_EVERY_MS = 50;
const WITHIN_S = 150;

const round = (ms: number) => Math.round(ms * 100) / 100;

/**
 * Milliseconds from when every party's contribution was taken, as whoever handed them in sees it, to the latest ending, as each party dates it in its
 * own lineage: all have this machine's clock.
 */
async function closeOnce(stack: Stack): Promise<number> {
  const [opener] = stack.agents as readonly [LocalAgent];
  const seats = stack.parties.map(({ name }) => ({ authority: name, role: "approver", power: 1 }));
  const request = { pattern: "approval", title: "Bench", parties: seats, closesIn: 120, expiresIn: 240 };
  const { ceremony } = await opener.post<{ ceremony: string }>("/v1/ceremonies", request);
  const pollMs = POLL_MS_EACH * seats.length;
  await shown(stack, ceremony, ({ policy }) => Boolean(policy), 60, pollMs); // who has not heard of it shows no ceremony
  await Promise.all(stack.agents.map((agent) => approve(agent, ceremony)));
  const start = Date.now();
  const views = await ended(stack, ceremony, WITHIN_S, pollMs);
  if (views.some(({ phase }) => phase !== "final"))
    throw new Error(`not every agent ended so: ${views.map(({ phase }) => phase).join(", ")}`);
  const endings = await Promise.all(stack.agents.map((agent) => endingOf(agent, ceremony)));
  return Math.max(...endings) - start;
}

async function approve(agent: LocalAgent, ceremony: string): Promise<void> {
  const answer = await agent.post<{ code?: string | null }>(`/v1/ceremonies/${ceremony}/attestations`, {
    choice: "approve",
  });
  if (typeof answer.code === "string") throw new Error(`an approval is refused: ${JSON.stringify(answer)}`);
}

async function endingOf(agent: LocalAgent, ceremony: string): Promise<number> {
  const { lineage } = await agent.json<{ lineage: readonly LinkedEntry[] }>(
    `/v1/ceremonies/${ceremony}/lineage?limit=1000`,
  );
  const outcome = lineage.find(({ kind }) => kind === "outcome");
  if (outcome === undefined) throw new Error("an ended ceremony has no outcome in its lineage");
  return outcome.at / 1_000;
}

async function framesSent(stack: Stack): Promise<number> {
  const health = await Promise.all(
    stack.agents.map((agent) => agent.json<{ link: { counts: Record<string, number> } }>("/v1/health")),
  );
  return health.reduce((sum, { link }) => sum + (link.counts.SENT ?? 0), 0);
}

/** Median round trips while some work goes on, of a client in an agent's place: to the server, and to another such client. */
async function roundTrips(
  stack: Stack,
  url: string,
  work: () => Promise<void>,
): Promise<{ readonly server: number; readonly peer: number }> {
  const { user, password } = stack.login(stack.parties[0]?.name as string);
  const [here, there] = await Promise.all([1, 2].map(() => connect({ servers: url, user, pass: password })));
  if (here === undefined || there === undefined) throw new Error("no connection");
  there.subscribe("bench.echo", { callback: (_, msg) => void msg.respond() });
  await there.flush();
  const [server, peer]: [number[], number[]] = [[], []];
  let goesOn = true;
  const timed = async (times: number[], trip: () => Promise<unknown>) => {
    const start = performance.now();
    await trip();
    times.push(performance.now() - start);
  };
  const sampled = (async () => {
    while (goesOn) {
      await timed(server, () => here.flush());
      await timed(peer, () => here.request("bench.echo", undefined, { timeout: 30_000 }));
      await sleep(TRIP_EVERY_MS);
    }
  })();
  try {
    await work();
  } finally {
    goesOn = false;
    await sampled;
    await Promise.all([here.close(), there.close()]);
  }
  return { server: quantile(server, 0.5), peer: quantile(peer, 0.5) };
}
