// Examples of what the shards of an intake turn away, and of what a ceremony tells of them.
import { alertOf } from "../../durable/alerts.ts";
import { type Terms, termsFor } from "../../shared/ceremony/handover.ts";
import { openShard, takeInShard } from "../../shared/ceremony/shard.ts";
import type { Entry } from "../../shared/lineage/entry.ts";
import { batchOf } from "../../shared/observation/batch.ts";
import { adviceOn } from "../../shared/policy/advice.ts";
import type { INTAKE_REFUSALS } from "../../shared/refusals/intake.ts";
import type { Fault } from "../../shared/result.ts";
import { auctionWith, bidsIn, close, openSale, type Sale } from "../support/bidders.ts";
import type { Examples } from "./example.ts";

/** A sale whose first elector has one shard, and the terms of it. */
function spread(): { readonly sale: Sale; readonly terms: Terms } {
  const sale = openSale(2);
  const { net } = sale;
  net.turn("acme", { on: "spread", now: net.now, shards: 1 });
  net.turn("acme", { on: "enlist", now: net.now, shard: 0 });
  return { sale, terms: termsFor(net.agent("acme").state, 0, net.now) as Terms };
}

function alerted({ net }: Sale) {
  const entries = net.agent("acme").effects.flatMap((effect) => (effect.do === "record" ? [effect.entry] : []));
  return alertOf(entries.findLast(({ kind }) => kind === "alert") as Entry);
}

export const SHARDS: Examples<typeof INTAKE_REFUSALS> = {
  SHARDS_IDLE: () => adviceOn(auctionWith({ "roles.seller.shards": 4 }).policy)[0],
  SHARD_BEHIND: (): Fault => {
    const { sale, terms } = spread();
    const opened = openShard(sale.net.agent("acme").state.self, sale.net.call as never, terms);
    const shard = { ...opened, credit: { ...opened.credit, waiting: 1 } };
    const [, receipt] = takeInShard(shard, sale.net.now, bidsIn(sale, 2)).receipts;
    return { code: receipt?.code ?? "INTERNAL", detail: receipt?.detail ?? {} };
  },
  SHARD_SILENT: () => {
    const { sale } = spread();
    close(sale);
    return alerted(sale);
  },
  SHARD_LATE: () => {
    const { sale } = spread();
    const taken = bidsIn(sale, 2);
    close(sale);
    const pack = { round: 0, shard: 0, taken: batchOf(taken as never), refused: [], last: true };
    sale.net.turn("acme", { on: "pack", now: sale.net.now, pack });
    return alerted(sale);
  },
};
