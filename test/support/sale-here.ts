// The auction of `bidders.ts` at three whole agents in this process, each with real objects: what is handed in comes by the edge, and the time is the test's.
import { vi } from "vitest";
import type { Answer } from "../../functions/hand-in.ts";
import { faultOf, ingest } from "../../functions/ingest.ts";
import type { VerifiedObservation } from "../../shared/observation/observation.ts";
import { type AgentHere, agentHere } from "./agent-here.ts";
import { busBetween } from "./agents-here.ts";
import { ELECTORS, type Sale } from "./bidders.ts";
import { START } from "./network.ts";

export type SaleHere = {
  readonly agents: readonly AgentHere[];
  readonly ceremony: string;
  /** To an elector's edge; answers codes, or verdicts where there are none. */
  readonly bid: (elector: number, bids: readonly VerifiedObservation[]) => Promise<readonly string[]>;
  /** Lets so many milliseconds pass, in steps of 50. */
  readonly pass: (milliseconds: number) => Promise<void>;
  /** Lets time pass until all have ended; their digests. */
  readonly end: () => Promise<readonly (string | null)[]>;
};

const STEP_MS = 50;
export const answered = (answer: Answer) =>
  faultOf(answer)?.code ?? ("receipt" in answer ? (answer.receipt.code ?? answer.receipt.verdict) : "");

/** `shards` is what each elector's document asks for. */
export async function saleHere({ net, parties }: Sale, shards: readonly (number | null)[]): Promise<SaleHere> {
  vi.useFakeTimers({ toFake: ["Date"], now: START / 1_000 });
  const apart = new Set<string>();
  const bus = busBetween(ELECTORS, apart);
  const agents = ELECTORS.map((name, index) => {
    const party = parties[index] as (typeof parties)[number];
    return agentHere(party, parties, { shards: shards[index] ?? null }, undefined, {}, bus.linkOf(name));
  });
  const { id, frame } = net.call;
  const turn = async () => {
    for (let hops = 0; hops < 3; hops++) {
      await bus.handOn(agents);
      await new Promise((resolve) => setImmediate(resolve));
    }
  };
  const pass = async (milliseconds: number) => {
    for (let passed = 0; passed < milliseconds; passed += STEP_MS) {
      vi.setSystemTime(Date.now() + STEP_MS);
      for (const agent of agents) await agent.wake();
      await turn();
    }
  };
  const digests = () =>
    Promise.all(agents.map(async (agent) => (await agent.ceremony(id).view()).outcome?.digest ?? null));
  await (agents[0] as AgentHere).ceremony(id).open(frame);
  await turn();
  return {
    agents,
    ceremony: id,
    pass,
    bid: async (elector, bids) => {
      const { env, config } = agents[elector] as AgentHere;
      const arrivals = bids.map((bid) => ({ road: "http", account: null, topic: null, frame: bid.frame }) as const);
      return (await ingest(env, config, arrivals)).map(answered);
    },
    end: async () => {
      for (let steps = 0; steps < 60 && (await digests()).includes(null); steps++) await pass(500);
      return digests();
    },
  };
}
