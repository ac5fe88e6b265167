// `npm run bench`: what Quorate costs beside what the platform can do, in one run on one machine. `-o json` for one document on stdout;
// `--quick` for small numbers. Progress goes to stderr.
import { cpus, totalmem } from "node:os";
import { parseArgs } from "node:util";
import { BATCH_FRAMES_MAX } from "../../shared/limits.ts";
import { liveStack, MESH } from "./auction.ts";
import { ELECTOR_ROLES, makeBidders } from "./bids.ts";
import { type CloseCost, measureClose, type Unfinished } from "./close.ts";
import { measureBurst } from "./ingest.ts";
import { measureOutcome, type OutcomeCost, slopeOf } from "./outcome.ts";
import { centralAuction, peer, signedLog } from "./peers.ts";
import { measureReconcile } from "./reconcile.ts";
import { measureRestart } from "./restart.ts";
import { startRuntime } from "./runtime.ts";
import { measureChain } from "./warm-chain.ts";

const FULL = {
  bids: 10_000,
  bidders: 400,
  restarted: 3_000,
  ceremonies: 20,
  parties: [3, 4, 7, 13, 31],
  delayed: [3, 7],
  sizes: [100, 1_000, 10_000, 100_000],
  entries: 1_000,
};
const QUICK = {
  bids: 300,
  bidders: 20,
  restarted: 300,
  ceremonies: 3,
  parties: [3],
  delayed: [],
  sizes: [100, 1_000, 10_000],
  entries: 100,
};

/** Of many parties on one machine few ceremonies are run: each agent is a process of its own. */
const TIMES_AT_MOST = [
  { parties: 7, times: Number.POSITIVE_INFINITY },
  { parties: 13, times: 5 },
  { parties: Number.POSITIVE_INFINITY, times: 2 },
];
/** From an agent to the bus, as between organisations of one continent. */
const DELAY_MS = 20;
/** How long the auction is open in which an agent is killed. */
const ROUND_S = 40;

function say(line: string): void {
  process.stderr.write(`${line}\n`);
}

async function measure({ bids, bidders, restarted, ceremonies, parties, delayed, sizes, entries }: typeof FULL) {
  const runtime = await startRuntime();
  try {
    say(`ingest: ${bids} bids of ${bidders} bidders …`);
    const burst = await measureBurst(runtime, bids, bidders); // first: whoever hands in the bids must not be busy with what else it has held
    say("outcome: the cost of each contribution …");
    const outcome = measureOutcome(sizes);
    say("chain: what a proved one costs …");
    const chain = await measureChain();
    say("reconcile: bytes and round trips …");
    const reconcile = measureReconcile();
    const { close, closeUnfinished } = await measureCloses(parties, ceremonies);
    const { close: closeDelayed } = await measureCloses(delayed, ceremonies, DELAY_MS);
    say(`restart: ${restarted} bids, and an agent that is killed among them …`);
    const live = await liveStack(ELECTOR_ROLES.length, makeBidders(bidders, MESH));
    const restart = await measureRestart(live, restarted, bidders, ROUND_S).finally(live.stop);
    say("peers …");
    const floor = await centralAuction(bids, bidders);
    const log = await signedLog(entries);
    const peers = [
      peer(
        "central auction",
        `take bids over HTTP in batches of ${BATCH_FRAMES_MAX}; theirs checks no signature`,
        floor,
        burst.ingest.perSecond,
      ),
      peer("OrbitDB log", "check and take in a signed entry of one of three writers", log.theirs, log.ours),
    ];
    return {
      machine: machine(),
      ...burst,
      restart,
      chain,
      close,
      closeUnfinished,
      closeDelayed,
      outcome,
      outcomeSlope: slopeOf(outcome),
      reconcile,
      peers,
    };
  } finally {
    await runtime.stop();
  }
}

/** Each size by itself: where one does not come to an end here, that is told, and the others are measured all the same. */
async function measureCloses(parties: readonly number[], ceremonies: number, delayMs = 0) {
  const close: CloseCost[] = [];
  const closeUnfinished: Unfinished[] = [];
  for (const count of parties) {
    const most = TIMES_AT_MOST.find((size) => count <= size.parties)?.times ?? 1;
    const times = Math.min(ceremonies, most);
    say(`close: ${times} ceremonies of ${count} parties, ${delayMs} ms from the bus …`);
    try {
      close.push(await measureClose(count, times, delayMs));
    } catch (error) {
      say(`close: ${count} parties: ${String(error)}`);
      closeUnfinished.push({ parties: count, reason: String(error) });
    }
  }
  return { close, closeUnfinished };
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

function print({
  ceiling,
  ingest,
  restart,
  chain,
  close,
  closeUnfinished,
  closeDelayed,
  outcome,
  outcomeSlope,
  verify,
  reconcile,
  peers,
}: Report): string {
  const perBid = ({ contributions, microsPer }: OutcomeCost) => `${contributions}: ${microsPer.toFixed(2)} µs`;
  return [
    `ceiling    ${ceiling.verifyPerSecond} signature checks a second`,
    `ingest     ${ingest.perSecond} bids a second at one agent, ${ingest.ratioToCeiling} of the ceiling; ${ingest.lost} lost; ${ingest.bytesPerBid} bytes a bid`,
    `           by auctions ${ingest.runs.join(", ")}, that is ${ingest.ratios.join(", ")}; ${ingest.fromStartPerSecond} at an agent that has just started; ${ingest.microsPerBid} µs of the processor a bid, of which a check is ${ingest.checkToBid}`,
    `           peak memory of the agents ${ingest.peakMemoryMiB.join(", ")} MiB; largest message ${ingest.largestMessageBytes} bytes`,
    `three      ${ingest.three.perSecond} bids a second at three agents, each checking all: ${ingest.three.workToCeiling} of the ceiling in work`,
    `restart    ${restart.restartMs} ms until ${restart.held} bids were there again; ${restart.lost} of ${restart.bids} lost; ${restart.agreement.same} of ${restart.agreement.of} alike`,
    ...[...close, ...closeDelayed].map(printClose),
    ...closeUnfinished.map(({ parties, reason }) => `close      ${parties} parties: not measured (${reason})`),
    `chain      of ${chain.links} links, proved before: ${chain.ratio} of a signature check (${chain.warmMicros} of ${chain.signatureMicros} µs)`,
    `outcome    ${outcome.map(perBid).join(", ")} each; slope ${outcomeSlope.toFixed(3)}`,
    `verify     ${verify.perSecond} frames a second, ${verify.ratioToCeiling} of ${verify.ceiling} checks beside it, and ${verify.signaturesToCeiling} by all ${verify.signatures} signatures; of the processor a check is ${verify.checkToSignature} of what verifying takes for each`,
    ...reconcile.map(
      (at) => `reconcile  ${at.size} with ${at.difference} apart: ${at.bytes} bytes, ${at.roundTrips} round trips`,
    ),
    ...peers.map((at) => `peer       ${at.name}: ${at.theirs} a second, ours ${at.ours} (${at.ratio}); ${at.job}`),
  ].join("\n");
}

function printClose({ parties, delayMs, p50Ms, p95Ms, messages, ...at }: CloseCost): string {
  return [
    `close      ${parties} parties, ${delayMs} ms from the bus: p50 ${p50Ms} ms, p95 ${p95Ms} ms, ${messages} frames; beside the margin`,
    `${at.roundTripsAdded} round trips to the server (${at.natsRoundTripMs} ms), ${at.peerRoundTripsAdded} to a peer (${at.peerRoundTripMs} ms)`,
  ].join(" ");
}

const { values } = parseArgs({ options: { output: { type: "string", short: "o" }, quick: { type: "boolean" } } });
const report = await measure(values.quick ? QUICK : FULL);
process.stdout.write(`${values.output === "json" ? JSON.stringify(report) : print(report)}\n`);
