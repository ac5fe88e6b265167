// `npm run bench`: what Quorate costs beside what the platform can do, in one run on one machine. `-o json` for one document on stdout;
// `--quick` for small numbers. Progress goes to stderr.
import { cpus, totalmem } from "node:os";
import { parseArgs } from "node:util";
import { type CloseCost, measureClose } from "./close.ts";
import { measureBurst } from "./ingest.ts";
import { measureOutcome, type OutcomeCost, slopeOf } from "./outcome.ts";
import { centralAuction, peer, signedLog } from "./peers.ts";
import { measureReconcile } from "./reconcile.ts";
import { startRuntime } from "./runtime.ts";
import { measureChain } from "./warm-chain.ts";

const FULL = {
  bids: 1_200,
  bidders: 40,
  ceremonies: 20,
  parties: [3, 4, 7],
  sizes: [100, 1_000, 10_000, 100_000],
  entries: 1_000,
};
const QUICK = { bids: 300, bidders: 20, ceremonies: 3, parties: [3], sizes: [100, 1_000, 10_000], entries: 100 };

function say(line: string): void {
  process.stderr.write(`${line}\n`);
}

async function measure({ bids, bidders, ceremonies, parties, sizes, entries }: typeof FULL) {
  const runtime = await startRuntime();
  try {
    say("outcome: the cost of each contribution …");
    const outcome = measureOutcome(sizes);
    say("chain: what a proved one costs …");
    const chain = await measureChain();
    say("reconcile: bytes and round trips …");
    const reconcile = measureReconcile();
    const close: CloseCost[] = [];
    for (const count of parties) {
      say(`close: ${ceremonies} ceremonies of ${count} parties …`);
      close.push(await measureClose(count, ceremonies));
    }
    say(`ingest: ${bids} bids of ${bidders} bidders …`);
    const burst = await measureBurst(runtime, bids, bidders);
    say("peers …");
    const floor = await centralAuction(bids, bidders);
    const log = await signedLog(entries);
    const peers = [
      peer(
        "central auction",
        "take bids over HTTP in batches of 100; theirs checks no signature",
        floor,
        burst.ingest.perSecond,
      ),
      peer("OrbitDB log", "check and take in a signed entry of one of three writers", log.theirs, log.ours),
    ];
    return { machine: machine(), ...burst, chain, close, outcome, outcomeSlope: slopeOf(outcome), reconcile, peers };
  } finally {
    await runtime.stop();
  }
}

function machine() {
  const [first] = cpus();
  return {
    cpu: first?.model ?? "unknown",
    cores: cpus().length,
    memoryGiB: Math.round(totalmem() / 2 ** 30),
    node: process.version,
  };
}

type Report = Awaited<ReturnType<typeof measure>>;

function print({ ceiling, ingest, chain, close, outcome, outcomeSlope, verify, reconcile, peers }: Report): string {
  const perBid = ({ contributions, microsPer }: OutcomeCost) => `${contributions}: ${microsPer.toFixed(2)} µs`;
  return [
    `ceiling    ${ceiling.verifyPerSecond} signature checks a second`,
    `ingest     ${ingest.perSecond} bids a second, ${ingest.ratioToCeiling} of the ceiling; ${ingest.lost} of ${ingest.bids} lost`,
    ...close.map(
      (at) => `close      ${at.parties} parties: p50 ${at.p50Ms} ms, p95 ${at.p95Ms} ms, ${at.messages} frames`,
    ),
    `chain      of ${chain.links} links, proved before: ${chain.ratio} of a signature check (${chain.warmMicros} of ${chain.signatureMicros} µs)`,
    `outcome    ${outcome.map(perBid).join(", ")} each; slope ${outcomeSlope.toFixed(3)}`,
    `verify     ${verify.perSecond} frames a second, ${verify.ratioToCeiling} of the ceiling`,
    ...reconcile.map(
      (at) => `reconcile  ${at.size} with ${at.difference} apart: ${at.bytes} bytes, ${at.roundTrips} round trips`,
    ),
    ...peers.map((at) => `peer       ${at.name}: ${at.theirs} a second, ours ${at.ours} (${at.ratio}); ${at.job}`),
  ].join("\n");
}

const { values } = parseArgs({ options: { output: { type: "string", short: "o" }, quick: { type: "boolean" } } });
const report = await measure(values.quick ? QUICK : FULL);
process.stdout.write(`${values.output === "json" ? JSON.stringify(report) : print(report)}\n`);
