// `evidence prove` and `evidence included`: a bidder that runs no agent learns offline, from a few kilobytes, whether its bid counted.
import { existsSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { afterEach, describe, expect, it, vi } from "vitest";
import { inclusionDocument } from "../../shared/evidence/inclusion.ts";
import { bidsIn, close, handIn, openSale } from "../support/bidders.ts";
import { run } from "../support/command.ts";
import { bundleOf, trustIn } from "../support/evidence.ts";
import { scratchFolder } from "../support/scratch.ts";

const sale = openSale(5);
const bids = bidsIn(sale, 20);
handIn(sale, "acme", bids.slice(0, 12));
handIn(sale, "bolt", bids.slice(8, 19));
close(sale);
const [bid, late] = [bids[9]?.id, bids[19]?.id] as [string, string];
const ceremony = sale.net.call.id;
const trust = trustIn(sale.parties);
const bundle = bundleOf(sale.net.agent("crux"));
const { dir, remove } = scratchFolder("inclusion");
const file = join(dir, "bid.inclusion.json");

afterEach(() => vi.unstubAllGlobals());
process.on("exit", remove);

/** An agent that answers whoever asks for a proof, as the route does. */
function answering(asked: string[]): void {
  vi.stubGlobal("fetch", async (url: URL) => {
    asked.push(url.pathname);
    const proof = inclusionDocument(sale.net.agent("acme").state, url.pathname.split("/").at(-2) as string);
    return proof.ok ? Response.json(proof.value) : Response.json({ ...proof.fault }, { status: 404 });
  });
}

describe("evidence prove and included", () => {
  it("prove a bid from a bundle, in a file that is checked with nothing but a trust statement", async () => {
    const proved = await run("evidence", "prove", bundle, bid, "--trust", trust, "--file", file);
    expect(proved).toMatchObject({ exit: 0, data: { file } });
    vi.stubGlobal("fetch", () => expect.unreachable("nobody is asked"));
    const { exit, data } = await run("evidence", "included", file, "--trust", trust);
    expect([exit, data]).toMatchObject([
      0,
      { verdict: "passed", contribution: bid, ceremony, counted: 19, by: ["acme", "bolt", "crux"], network: 0 },
    ]);
    expect(readFileSync(file).length).toBeLessThan(6_000);
  });

  it("fetch the same from an agent, without a key and by whole ids only", async () => {
    const asked: string[] = [];
    answering(asked);
    const fetched = await run("evidence", "prove", ceremony, bid, "--url", "http://agent", "--file", file);
    expect(fetched.exit).toBe(0);
    expect(asked).toEqual([`/v1/ceremonies/${ceremony}/observations/${bid}/inclusion`]);
    expect((await run("evidence", "included", file, "--trust", trust)).exit).toBe(0);
    const absent = await run("evidence", "prove", ceremony, late, "--url", "http://agent");
    expect(absent.exit).not.toBe(0);
    const short = await run("evidence", "prove", ceremony.slice(0, 8), bid, "--url", "http://agent");
    expect([short.exit, short.refusal?.code]).toEqual([64, "USAGE"]);
  });

  it("say no of a bid that did not count, and of every altered field of a proof", async () => {
    const absent = await run("evidence", "prove", bundle, late, "--trust", trust);
    expect([absent.exit, absent.refusal?.code]).toEqual([5, "INCLUSION_ABSENT"]);
    const proof = JSON.parse(readFileSync(file, "utf8"));
    const altered: readonly [object, number, string][] = [
      [{ contribution: late }, 5, "INCLUSION_PATH"],
      [{ path: proof.path.slice(1) }, 5, "INCLUSION_PATH"],
      [{ size: proof.size * 2 }, 5, "INCLUSION_PATH"],
      [{ index: proof.index ^ 1 }, 5, "INCLUSION_PATH"],
      [{ root: late }, 5, "INCLUSION_PATH"],
      [{ digest: late }, 5, "INCLUSION_SAYS"],
      [{ ceremony: late }, 5, "INCLUSION_SAYS"],
      [{ statements: [] }, 64, "INCLUSION_FORMAT"],
      [{ path: undefined }, 64, "INCLUSION_FORMAT"],
    ];
    for (const [change, exit, code] of altered) {
      writeFileSync(file, JSON.stringify({ ...proof, ...change }));
      const answer = await run("evidence", "included", file, "--trust", trust);
      const told = answer.refusal?.code ?? (answer.data as { code?: string }).code;
      expect([answer.exit, told], JSON.stringify(change)).toEqual([exit, code]);
    }
    expect(existsSync(file)).toBe(true);
  });
});
