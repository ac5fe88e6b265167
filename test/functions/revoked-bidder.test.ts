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
import { type SaleHere, saleHere } from "../support/sale-here.ts";

afterEach(() => {
  vi.useRealTimers();
});

const sale = openSale(4);
const bids = bidsIn(sale, 8);
const best = sale.bidders[1] as Party;
const frame = revocationOf(best.identity.credentials[0] as Uint8Array, START - 1, best.root);
const SELLER = 0;

/** As a partner tells it, outside of every ceremony. */
async function tells(from: AgentHere, to: AgentHere, told = frame): Promise<void> {
  const [revocation] = await opened([told]);
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

/** What was decided, as an elector has it. */
async function decided(here: SaleHere, elector: number): Promise<string> {
  expect(new Set(await here.end()).size).toBe(1);
  const { outcome } = await (here.agents[elector] as AgentHere).ceremony(here.ceremony).view();
  expect(outcome?.status).toBe("decided");
  return JSON.stringify(outcome?.value);
}

it.each([
  ["an elector that took them in", SELLER, 2_000],
  ["an elector that they were brought to", 1, 2_000],
  ["an elector that took them in, just before the close", SELLER, 9_900],
  ["an elector that they were brought to, just before the close", 1, 9_900],
])(
  "bids do not count where a partner tells %s afterwards that their credential is withdrawn",
  async (_, hears, after) => {
    const here = await saleHere(sale, [0, 0, 0]);
    expect(new Set(await here.bid(SELLER, bids))).toEqual(new Set(["admitted"]));
    await here.pass(after);
    await tells(here.agents[2] as AgentHere, here.agents[hears] as AgentHere);
    expect(await decided(here, hears)).not.toContain(best.name);
  },
);

it("bids do not count where their ceremony was never told of what its agent knows", async () => {
  const here = await saleHere(sale, [0, 0, 0]);
  await here.bid(SELLER, bids);
  await here.pass(2_000);
  const [statement] = await opened([frame]);
  await (here.agents[1] as AgentHere).directory.learn([{ id: statement?.id as string, frame, payer: "" }]);
  expect(await decided(here, 1)).not.toContain(best.name);
});

it("bids do not count where it is another's business that ends the gathering", async () => {
  const here = await saleHere(sale, [0, 0, 0]);
  await here.bid(SELLER, bids);
  await here.pass(9_950);
  const { ceremony, directory } = here.agents[1] as AgentHere;
  const [statement] = await opened([frame]);
  await directory.learn([{ id: statement?.id as string, frame, payer: "" }]);
  vi.setSystemTime(Date.now() + 100);
  expect(await ceremony(here.ceremony).attest(new Map(), null)).toMatchObject([{ verdict: "refused" }]);
  expect(await decided(here, 1)).not.toContain(best.name);
});

it("is carried in though another bidder signs ever stricter ones", async () => {
  const here = await saleHere(sale, [0, 0, 0]);
  await here.bid(SELLER, bids);
  const [seller, , teller] = here.agents as [AgentHere, AgentHere, AgentHere];
  const other = sale.bidders[0] as Party;
  for (let more = 1; more <= 40; more++) {
    await tells(teller, seller, revocationOf(other.identity.credentials[0] as Uint8Array, START - more, other.root));
    await here.pass(50);
  }
  await tells(teller, seller);
  expect(await decided(here, SELLER)).not.toContain(best.name);
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
  const { directory } = here.agents[knows] as AgentHere;
  const [statement] = await opened([frame]);
  await directory.learn([{ id: statement?.id as string, frame, payer: "" }]);
  await here.pass(after);
  expect(new Set(await here.bid(SELLER, bids))).toEqual(new Set(["admitted"]));
  expect(await decided(here, knows)).not.toContain(best.name);
});
