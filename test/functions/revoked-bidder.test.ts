// A bidder's credential is withdrawn while bids arrive: whichever elector knows of it sees to it that what was signed with it does not count.
import { afterEach, expect, it, vi } from "vitest";
import type { Party } from "../../cli/stack/party.ts";
import type { AgentHere } from "../support/agent-here.ts";
import { bidsIn, openSale } from "../support/bidders.ts";
import { START } from "../support/network.ts";
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
