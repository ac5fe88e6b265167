// Others that do the same job, or the part of it that they can, measured beside ours on the same machine in the same run.
import { Identities, KeyStore, Log, MemoryStorage } from "@orbitdb/core";
import { Miniflare } from "miniflare";
import { rootsOf } from "../../cli/stack/party.ts";
import { assembleTrust } from "../../shared/authority/trust.ts";
import { BATCH_FRAMES_MAX } from "../../shared/limits.ts";
import { admit } from "../../shared/observation/admit.ts";
import { bundleWorker } from "../support/bundle-worker.ts";
import { makeBidders, signBids } from "./bids.ts";
import { postAll } from "./client.ts";

export type Peer = {
  readonly name: string;
  readonly job: string;
  /** Per second, theirs and ours. */
  readonly theirs: number;
  readonly ours: number;
  /** Ours over theirs. */
  readonly ratio: number;
};

const AT_ONCE = 4;
const bodyOf = (value: unknown) => new TextEncoder().encode(JSON.stringify(value));

export function peer(name: string, job: string, theirs: number, ours: number): Peer {
  return {
    name,
    job,
    theirs: Math.round(theirs),
    ours: Math.round(ours),
    ratio: Math.round((1_000 * ours) / theirs) / 1_000,
  };
}

/** Bids a second that a central auction takes over HTTP, in batches as large as ours. */
export async function centralAuction(bids: number, bidders: number): Promise<number> {
  const contents = 'export { Auction, default } from "./central-worker.ts";';
  const miniflare = new Miniflare({
    modules: true,
    script: await bundleWorker(contents, import.meta.dirname),
    compatibilityDate: "2026-07-30",
    durableObjects: { AUCTION: { className: "Auction", useSQLite: true } },
    cf: false,
    unsafeDirectSockets: [{ host: "127.0.0.1" }], // as our agents are reached
  });
  try {
    const { origin } = await miniflare.unsafeGetDirectURL();
    const post = (path: string, bodies: readonly Uint8Array[]) =>
      postAll([{ url: `${origin}${path}`, headers: { "content-type": "application/json" } }], bodies, AT_ONCE);
    await post("/", [bodyOf([])]);
    const all = Array.from({ length: bids }, (_, index) => ({
      bidder: `bidder-${index % bidders}`,
      item: `lot-${Math.floor(index / bidders)}`,
      amount: 1_000 + ((index * 7_919) % 9_973),
    }));
    const bodies: Uint8Array[] = [];
    for (let from = 0; from < bids; from += BATCH_FRAMES_MAX)
      bodies.push(bodyOf(all.slice(from, from + BATCH_FRAMES_MAX)));
    const start = performance.now();
    await post("/", bodies);
    const [closed] = await post("/close", [bodyOf(null)]);
    const held = (JSON.parse(closed?.text ?? "null") as { bids: number }).bids;
    if (held !== bids) throw new Error(`the central auction holds ${held} of ${bids} bids`);
    return bids / ((performance.now() - start) / 1_000);
  } finally {
    await miniflare.dispose();
  }
}

/** Entries a second that a replica of a signed log of three writers checks and takes in, in this process; and ours, in this process too. */
export async function signedLog(entries: number): Promise<{ readonly theirs: number; readonly ours: number }> {
  return { theirs: await orbitLog(entries), ours: await ourDoor(entries) };
}

async function orbitLog(entries: number): Promise<number> {
  const keystore = await KeyStore({ storage: await MemoryStorage() });
  const identities = await Identities({ keystore, storage: await MemoryStorage() });
  const writers = await Promise.all(
    ["a", "b", "c"].map(async (id) => Log(await identities.createIdentity({ id }), { logId: "bids" })),
  );
  const written: unknown[] = [];
  for (let index = 0; index < entries; index++)
    written.push(
      await (writers[index % 3] as (typeof writers)[number]).append({ bid: { amount: index, item: "lot-0" } }),
    );
  const replica = await Log(await identities.createIdentity({ id: "d" }), { logId: "bids" });
  const start = performance.now();
  for (const entry of written) await replica.joinEntry(entry);
  const seconds = (performance.now() - start) / 1_000;
  const held = (await replica.all()).length;
  if (held !== entries) throw new Error(`the replica holds ${held} of ${entries} entries`);
  return entries / seconds;
}

async function ourDoor(entries: number): Promise<number> {
  const writers = makeBidders(3, "bench-mesh");
  const ceremony = "0".repeat(64);
  const frames = signBids(writers, entries, ceremony, 0, 1_800_000_000_000_000).map(({ frame }) => frame);
  const trust = assembleTrust({ mesh: null, pins: rootsOf(writers) });
  const start = performance.now();
  for (const frame of frames) {
    const admitted = await admit(frame, trust);
    if (!admitted.ok) throw new Error(admitted.fault.code);
  }
  return entries / ((performance.now() - start) / 1_000);
}
