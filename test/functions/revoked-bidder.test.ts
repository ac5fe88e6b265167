// A bidder's credential is withdrawn while bids arrive: whichever elector knows of it sees to it that what was signed with it does not count.
import { afterEach, expect, it, vi } from "vitest";
import type { Party } from "../../cli/stack/party.ts";
import { meshTime } from "../../durable/config.ts";
import { ingest } from "../../functions/ingest.ts";
import type { Revocation } from "../../shared/authority/statement.ts";
import type { AgentHere } from "../support/agent-here.ts";
import { bidsIn, openSale } from "../support/bidders.ts";
import { SECOND, START } from "../support/network.ts";
import { opened, revocationOf } from "../support/recipes.ts";
import { saleHere } from "../support/sale-here.ts";

afterEach(() => {
  vi.useRealTimers();
});

const sale = openSale(4);
const bids = bidsIn(sale, 8);
const best = sale.bidders[1] as Party;
const frame = revocationOf(best.identity.credentials[0] as Uint8Array, START - 1, best.root);
const SELLER = 0;

/** As a partner tells it, outside of every ceremony. */
async function tells(from: AgentHere, to: AgentHere): Promise<void> {
  const [revocation] = await opened([frame]);
  const now = meshTime(from.config);
  const notice = from.config.author({
    ceremony: null,
    round: null,
    slot: { seat: null, attempt: null, item: null },
    at: [now, now],
    timeToLive: 3_600 * SECOND,
    lineage: { sequence: 0, prev: null, parents: [], sources: [], derivation: null },
    body: { kind: "notice", revocation: revocation as Revocation },
  });
  const account = from.config.party.name.toUpperCase();
  const topic = `${notice.mesh}.${notice.id}`;
  const [answer] = await ingest(to.env, to.config, [{ road: "nats", account, topic, frame: notice.frame }]);
  expect(answer).toMatchObject({ receipt: { verdict: "admitted" } });
}

it.each([
  ["an elector that took them in", SELLER],
  ["an elector that they were brought to", 1],
])("bids do not count where a partner tells %s afterwards that their credential is withdrawn", async (_, hears) => {
  const here = await saleHere(sale, [0, 0, 0]);
  expect(new Set(await here.bid(SELLER, bids))).toEqual(new Set(["admitted"]));
  await here.pass(2_000);
  await tells(here.agents[2] as AgentHere, here.agents[hears] as AgentHere);
  expect(new Set(await here.end()).size).toBe(1);
  const { outcome } = await (here.agents[hears] as AgentHere).ceremony(here.ceremony).view();
  expect(outcome?.status).toBe("decided");
  expect(JSON.stringify(outcome?.value)).not.toContain(best.name);
});

it("is carried in once where all electors are told", async () => {
  const here = await saleHere(sale, [0, 0, 0]);
  await here.bid(SELLER, bids);
  await here.pass(2_000);
  const [teller, ...others] = here.agents.toReversed() as [AgentHere, ...AgentHere[]];
  for (const other of others) await tells(teller, other);
  await here.pass(4_000);
  for (const agent of here.agents) {
    const lineage = await agent.ceremony(here.ceremony).lineage();
    expect(lineage.filter(({ detail }) => detail.kind === "notice" && "revokes" in detail)).toHaveLength(1);
  }
});

it.each([
  ["an elector that took them in early", 0, SELLER, 100],
  ["an elector that took them in just before the close", 0, SELLER, 9_950],
  ["an elector whose shards took them in early", 4, SELLER, 100],
  ["an elector whose shards took them in just before the close", 4, SELLER, 9_950],
  ["an elector that they were brought to in another's batch", 0, 1, 100],
])("bids under a withdrawn credential do not count where it is known to %s", async (_, shards, knows, after) => {
  const here = await saleHere(sale, [shards, 0, 0]);
  const { directory, ceremony } = here.agents[knows] as AgentHere;
  const [statement] = await opened([frame]);
  await directory.learn([{ id: statement?.id as string, frame, payer: "" }]);
  await here.pass(after);
  expect(new Set(await here.bid(SELLER, bids))).toEqual(new Set(["admitted"]));
  expect(new Set(await here.end()).size).toBe(1);
  const { outcome } = await ceremony(here.ceremony).view();
  expect(outcome?.status).toBe("decided");
  expect(JSON.stringify(outcome?.value)).not.toContain(best.name);
});
