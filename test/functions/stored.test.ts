// A packed batch that a ceremony stores already comes again with the reports of whoever is behind, or of whoever means harm: its hundreds of signatures
// are not checked again, and nothing else about it is answered otherwise.
import { afterEach, describe, expect, it, vi } from "vitest";
import { type Arrival, ingest } from "../../functions/ingest.ts";
import { parseObservation } from "../../shared/observation/decode.ts";
import type { AgentHere } from "../support/agent-here.ts";
import { bidsIn, openSale } from "../support/bidders.ts";
import { answered, type SaleHere, saleHere } from "../support/sale-here.ts";

afterEach(() => {
  vi.restoreAllMocks();
  vi.useRealTimers();
});

const sale = openSale(20);
const bids = bidsIn(sale, 100);

/** The batch of the first elector that the second stores, as it comes by the bus. */
async function brought(here: SaleHere): Promise<Arrival> {
  await here.bid(0, bids);
  await here.pass(1_000);
  const second = (here.agents[1] as AgentHere).ceremony(here.ceremony);
  for (const { kind, about } of await second.lineage()) {
    const [kept] = kind === "admission" ? await second.framesOf(about[0] as string) : [];
    const parsed = kept === undefined ? null : parseObservation(kept.frame);
    if (kept !== undefined && parsed?.ok && parsed.value.observation.body.kind === "batch")
      return { road: "nats", account: "ACME", topic: `${parsed.value.observation.mesh}.${here.ceremony}`, ...kept };
  }
  throw new Error("no batch has come");
}

/** What the second elector answers, and for how many signatures. */
async function arrives(here: SaleHere, arrival: Arrival): Promise<readonly [string, number]> {
  const { env, config } = here.agents[1] as AgentHere;
  const checks = vi.spyOn(crypto.subtle, "verify");
  const [answer] = await ingest(env, config, [arrival]);
  const counted = checks.mock.calls.length;
  checks.mockRestore();
  return [answer === undefined ? "nothing" : answered(answer), counted];
}

describe("a batch that is stored already", () => {
  it("is known by its bytes, and its signatures are not checked again", async () => {
    const here = await saleHere(sale, [0, 0, 0]);
    const batch = await brought(here);
    expect(batch.frame.length).toBeGreaterThan(8_192);
    expect(await arrives(here, batch)).toEqual(["DUPLICATE", 0]);
  });

  it("is checked where its signature is another one, and refused", async () => {
    const here = await saleHere(sale, [0, 0, 0]);
    const { frame, ...rest } = await brought(here);
    const spoilt = frame.with(frame.length - 1, (frame.at(-1) as number) ^ 1);
    const [answer, checks] = await arrives(here, { ...rest, frame: spoilt });
    expect([answer, checks > 0]).toEqual(["SIGNATURE_INVALID", true]);
  });

  it("is checked where its subject names another ceremony, and refused for that", async () => {
    const here = await saleHere(sale, [0, 0, 0]);
    const batch = await brought(here);
    const topic = `${batch.topic?.split(".")[0]}.${"ab".repeat(32)}`;
    const [answer, checks] = await arrives(here, { ...batch, topic });
    expect([answer, checks > 0]).toEqual(["SUBJECT_MISMATCH", true]);
  });

  it("is checked where no partner brings it, and refused for that", async () => {
    const here = await saleHere(sale, [0, 0, 0]);
    const batch = await brought(here);
    expect(await arrives(here, { ...batch, account: "MALLORY" })).toEqual(["ACCOUNT_UNKNOWN", 0]);
  });

  it("goes through the door as before where the ceremony cannot be asked", async () => {
    const here = await saleHere(sale, [0, 0, 0]);
    const batch = await brought(here);
    vi.spyOn((here.agents[1] as AgentHere).ceremony(here.ceremony), "framesOf").mockRejectedValue(new Error("away"));
    const [answer, checks] = await arrives(here, batch);
    expect([answer, checks > 100]).toEqual(["DUPLICATE", true]);
  });
});
