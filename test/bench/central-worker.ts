// The floor: one owner's auction, in one Durable Object, with no signature and nobody to agree with. Whoever runs it must be trusted.
import { DurableObject } from "cloudflare:workers";

type Env = { readonly AUCTION: DurableObjectNamespace<Auction> };
type Bid = { readonly bidder: string; readonly item: string; readonly amount: number };

export class Auction extends DurableObject<Env> {
  constructor(ctx: DurableObjectState, env: Env) {
    super(ctx, env);
    ctx.storage.sql.exec(
      "CREATE TABLE IF NOT EXISTS bids (bidder TEXT, item TEXT, amount INTEGER, PRIMARY KEY (bidder, item))",
    );
  }

  async bid(bids: readonly Bid[]): Promise<number> {
    this.ctx.storage.transactionSync(() => {
      for (const { bidder, item, amount } of bids)
        this.ctx.storage.sql.exec("INSERT OR IGNORE INTO bids VALUES (?, ?, ?)", bidder, item, amount);
    });
    return bids.length;
  }

  async close(): Promise<{ bids: number; winners: number }> {
    const { n } = this.ctx.storage.sql.exec<{ n: number }>("SELECT count(*) AS n FROM bids").one();
    const winners = this.ctx.storage.sql.exec("SELECT item, max(amount) FROM bids GROUP BY item").toArray();
    return { bids: n, winners: winners.length };
  }
}

export default {
  async fetch(request: Request, env: Env): Promise<Response> {
    const auction = env.AUCTION.getByName("one");
    if (new URL(request.url).pathname === "/close") return Response.json(await auction.close());
    return Response.json(await auction.bid((await request.json()) as Bid[]));
  },
};
