// How long a unanimous close takes on a live stack: from the last contribution to the moment when every party shows the ending.
import { connect } from "nats.ws";
import type { LocalAgent } from "../../cli/stack/agent.ts";
import type { Stack } from "../../cli/stack/stack.ts";
import { TIMING } from "../../shared/policy/patterns/parts.ts";
import { ended, liveStack, show, until } from "./auction.ts";
import { quantile } from "./runtime.ts";

export type CloseCost = {
  readonly parties: number;
  readonly p50Ms: number;
  readonly p95Ms: number;
  /** Frames that left for a peer, for each ceremony, from its call to its end. */
  readonly messages: number;
  /** Part of the times above for which electors wait on purpose before they close early. */
  readonly settleMarginMs: number;
  /** A round trip to the same NATS server, at the same time. */
  readonly natsRoundTripMs: number;
};

export async function measureClose(parties: number, ceremonies: number): Promise<CloseCost> {
  const { stack, stop } = await liveStack(parties);
  try {
    await closeOnce(stack); // the first ceremony loads code
    const before = await framesSent(stack);
    const times: number[] = [];
    for (let run = 0; run < ceremonies; run++) times.push(await closeOnce(stack));
    const after = await framesSent(stack);
    return {
      parties,
      p50Ms: round(quantile(times, 0.5)),
      p95Ms: round(quantile(times, 0.95)),
      messages: Math.round((after - before) / ceremonies),
      settleMarginMs: TIMING.settleMargin / 1_000,
      natsRoundTripMs: round(await roundTrip(stack)),
    };
  } finally {
    await stop();
  }
}

const round = (ms: number) => Math.round(ms * 100) / 100;

async function closeOnce(stack: Stack): Promise<number> {
  const [opener] = stack.agents as readonly [LocalAgent];
  const seats = stack.parties.map(({ name }) => ({ authority: name, role: "approver", power: 1 }));
  const request = { pattern: "approval", title: "Bench", parties: seats, closesIn: 60, expiresIn: 120 };
  const { ceremony } = await opener.post<{ ceremony: string }>("/v1/ceremonies", request);
  await until(30, async () => {
    const views = await Promise.all(stack.agents.map((agent) => show(agent, ceremony)));
    return views.every(({ policy }) => policy);
  });
  await Promise.all(
    stack.agents.map((agent) => agent.post(`/v1/ceremonies/${ceremony}/attestations`, { choice: "approve" })),
  );
  const start = performance.now();
  const views = await ended(stack, ceremony, 90);
  if (views.some(({ phase }) => phase !== "final")) throw new Error("a ceremony did not become final");
  return performance.now() - start;
}

async function framesSent(stack: Stack): Promise<number> {
  const health = await Promise.all(
    stack.agents.map((agent) => agent.json<{ link: { counts: Record<string, number> } }>("/v1/health")),
  );
  return health.reduce((sum, { link }) => sum + (link.counts.SENT ?? 0), 0);
}

async function roundTrip(stack: Stack): Promise<number> {
  const { user, password } = stack.login(stack.parties[0]?.name as string);
  const connection = await connect({ servers: stack.nats.wsUrl, user, pass: password });
  try {
    const times: number[] = [];
    for (let run = 0; run < 50; run++) {
      const start = performance.now();
      await connection.flush();
      times.push(performance.now() - start);
    }
    return quantile(times, 0.5);
  } finally {
    await connection.close();
  }
}
