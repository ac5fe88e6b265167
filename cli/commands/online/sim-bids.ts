// `sim bids`: a burst at real agents. Made-up bidders with keys of their own, whose roots a development stack recognises, bid in a sale that is
// opened for them; every bid is accounted for by what the agent answered.
import { setTimeout as sleep } from "node:timers/promises";
import { encodeCanonical } from "../../../shared/cbor/encode.ts";
import type { CeremonyView } from "../../../shared/ceremony/view.ts";
import { BATCH_FRAMES_MAX, SEATS_MAX } from "../../../shared/limits.ts";
import { AGENT_FLAGS, AGENT_INPUT, type Agent, askJson, folderOf, witnessesOf } from "../../agent-client.ts";
import { AUCTION_SETTINGS, ELECTOR_ROLES, SALE, signBids } from "../../demo/bids.ts";
import { numberIn, seconds, usage } from "../../files.ts";
import { follow } from "../../online/follow.ts";
import { short } from "../../online/ids.ts";
import { agreementText, ENDED, exitOf, nextLine } from "../../online/show.ts";
import { type Answer, type Call, type Command, EXIT, Refused } from "../../registry.ts";
import { BIDDERS, keptBidders } from "../../stack/bidders.ts";
import { type KeptStack, readStack } from "../../stack/kept-stack.ts";
import type { Party } from "../../stack/party.ts";

/** Batches under way at a time. */
const AT_ONCE = 4;
/** A round lasts as long as the sending, and this much longer, for the last of it to be taken in. */
const MARGIN_S = 5;
/** Bids that agents on two busy cores take in, at the least. */
const PER_SECOND = 400;
const SAMPLE = 200;
const TRIES_MAX = 6;
const AGAIN_MS = 250;
const END_MS = 180_000;
/** How long the others' word about the outcome is waited for. */
const AGREED_MS = 20_000;
const LATE: readonly string[] = ["CEREMONY_OVER", "ROUND_CLOSED", "WINDOW_MISSED", "INTAKE_CLOSED"];

type Counts = {
  accepted: number;
  admitted: number;
  duplicate: number;
  late: number;
  held: number;
  /** Batches that were sent again, since nobody took them the first time. */
  sentAgain: number;
  readonly notAdmitted: Record<string, number>;
};
type Verdict = { readonly verdict: string; readonly code: string | null };
type Load = { readonly frames: readonly Uint8Array[]; readonly overMs: number; readonly batch: number };

export const simBids: Command = {
  name: "sim bids",
  usage:
    "sim bids --count N [--bidders M] [--over T] [--batch N] [--duplicates N] [--late N] [--closes-in T] [--as PARTY] [--stack DIR]",
  about: "a burst of made-up bids at the agents of a stack that dev keeps up, and what became of each",
  flags: {
    as: AGENT_FLAGS.as,
    stack: AGENT_FLAGS.stack,
    count: { type: "string" },
    bidders: { type: "string" },
    over: { type: "string" },
    batch: { type: "string" },
    duplicates: { type: "string" },
    late: { type: "string" },
    "closes-in": { type: "string" },
  },
  input: [
    `--bidders     ${BIDDERS} unless told otherwise, and no more than dev was started with (dev --bidders M): agents take part only where they recognise every root that a call names`,
    "--over        spreads the sending over so long, such as 20s; without it as fast as it is taken",
    `--batch       bids in one request, ${BATCH_FRAMES_MAX} at most`,
    "--duplicates  so many are sent a second time; --late: so many are sent when the sale is over",
    "without --as the batches go to all parties of the stack in turn",
    AGENT_INPUT[1],
  ],
  example: "sim bids --count 1000 --bidders 40 --over 5s",
  run: simulate,
};

async function simulate(call: Call): Promise<Answer> {
  const dir = folderOf(call.flags);
  const stack = readStack(dir);
  const agents = witnessesOf(call).flatMap(({ agent }) => (agent === null ? [] : [agent]));
  const [first] = agents;
  if (first === undefined) throw usage("no agent of the stack runs");
  const count = numberIn(call, "count", null, 1, 100_000);
  const duplicates = numberIn(call, "duplicates", 0, 0, count);
  const late = numberIn(call, "late", 0, 0, 1_000);
  const bidders = keptBidders(dir, stack.mesh, biddersOf(call, stack));
  const overMs = (seconds(call, "over") ?? 0) * 1_000;
  const batch = numberIn(call, "batch", BATCH_FRAMES_MAX, 1, BATCH_FRAMES_MAX);
  const sending = Math.max(overMs / 1_000, count / PER_SECOND);
  const closesIn =
    seconds(call, "closes-in") ?? Math.ceil(MARGIN_S + sending + (count + late) * secondsToSign(bidders));
  call.say(`signing ${count + late} bids of ${bidders.length} bidders …`);
  const names = stack.parties.map(({ name }) => name);
  const view = await openSale(
    first,
    names,
    bidders.map(({ name }) => name),
    closesIn,
  );
  const firstSeat = view.parties.findIndex(({ authority }) => authority === bidders[0]?.name);
  const signed = signBids(bidders, count + late, view.ceremony, firstSeat, Date.now() * 1_000).map(
    ({ frame }) => frame,
  );
  const counts: Counts = { accepted: 0, admitted: 0, duplicate: 0, late: 0, held: 0, sentAgain: 0, notAdmitted: {} };
  const startMs = Date.now();
  const send = (frames: readonly Uint8Array[], over = 0) =>
    sendAll(agents, { frames, overMs: over, batch }, counts, () => call.show?.(countsText(counts)));
  const times = [...(await send(signed.slice(0, count), overMs)), ...(await send(signed.slice(0, duplicates)))];
  const tookMs = Date.now() - startMs;
  const ended = await endOf(call, first, view);
  await send(signed.slice(count));
  const acceptMs = { p50: quantile(times, 0.5), p95: quantile(times, 0.95) };
  const rate = Math.round((1_000 * (count + duplicates)) / Math.max(tookMs, 1));
  const data = {
    ceremony: view.ceremony,
    sent: count + duplicates + late,
    ...counts,
    acceptMs,
    perSecond: rate,
    ...shownEnd(ended),
  };
  const text = [
    countsText(counts),
    `accept p50 ${acceptMs.p50} ms   p95 ${acceptMs.p95} ms a batch   ${rate} bids a second`,
  ];
  const exit = ENDED.has(ended.phase) ? exitOf(ended, null) : EXIT.pending;
  return { exit, data, text: [...text, ...endText(ended, first)].join("\n") };
}

/** As many as the stack recognises at the most: its agents refuse a call that names more, and only after all was signed. */
function biddersOf(call: Call, { bidders: most }: KeptStack): number {
  const count = numberIn(call, "bidders", Math.min(BIDDERS, most || BIDDERS), 1, SEATS_MAX - ELECTOR_ROLES.length);
  if (count <= most) return count;
  const fewer = most === 0 ? "" : `give --bidders ${most} at the most, or `;
  throw usage(
    `the stack recognises ${most} bidders, and its agents refuse a call that names ${count}: ${fewer}start it as dev --bidders ${count}`,
  );
}

/** What signing one bid takes here and now, with as much again for a machine that gets busier: the sale is open meanwhile. */
function secondsToSign(bidders: readonly Party[]): number {
  const sample = () => signBids(bidders, SAMPLE, "0".repeat(64), 0, Date.now() * 1_000);
  sample(); // the first ones take longer
  const startMs = performance.now();
  sample();
  return (2 * (performance.now() - startMs)) / SAMPLE / 1_000;
}

/** Opens the sale at one agent, and waits until every agent of it could have taken it in. */
async function openSale(
  agent: Agent,
  electors: readonly string[],
  bidders: readonly string[],
  closesIn: number,
): Promise<CeremonyView> {
  const roleOf = (at: number) => ELECTOR_ROLES[Math.min(at, ELECTOR_ROLES.length - 1)];
  const parties = [
    ...electors.map((authority, at) => ({ authority, role: roleOf(at), power: 1 })),
    ...bidders.map((authority) => ({ authority, role: "bidder", power: 1 })),
  ];
  const request = {
    pattern: SALE,
    title: "Made-up sale",
    set: AUCTION_SETTINGS,
    parties,
    closesIn,
    expiresIn: closesIn + 120,
  };
  const { ceremony } = await askJson<{ ceremony: string }>(agent, "/v1/ceremonies", { body: request });
  return askJson<CeremonyView>(agent, `/v1/ceremonies/${ceremony}`);
}

/** Sends frames in batches, some at a time, each agent in turn; milliseconds that each batch took to be accepted. */
async function sendAll(
  agents: readonly Agent[],
  load: Load,
  counts: Counts,
  tick: () => void,
): Promise<readonly number[]> {
  const batches: (readonly Uint8Array[])[] = [];
  for (let from = 0; from < load.frames.length; from += load.batch)
    batches.push(load.frames.slice(from, from + load.batch));
  const startMs = Date.now();
  const times: number[] = [];
  let next = 0;
  const lane = async () => {
    for (let at = next++; at < batches.length; at = next++) {
      await sleep(Math.max(0, startMs + (at * load.overMs) / batches.length - Date.now()));
      const sentMs = performance.now();
      const body = encodeCanonical(batches[at] as readonly Uint8Array[]);
      const agent = agents[at % agents.length] as Agent;
      const answers = await sendBatch(agent, body, counts);
      times.push(performance.now() - sentMs);
      for (const answer of answers) count(counts, answer);
      tick();
    }
  };
  await Promise.all(Array.from({ length: AT_ONCE }, lane));
  return times;
}

/** A batch that found nobody, or no room, is sent again some times: what had come all the same is then answered as a duplicate. */
async function sendBatch(agent: Agent, body: Uint8Array, counts: Counts): Promise<readonly Verdict[]> {
  for (let tries = 1; ; tries += 1) {
    try {
      return (await askJson<{ answers: readonly Verdict[] }>(agent, "/v1/observations:batch", { body })).answers;
    } catch (error) {
      if (!(error instanceof Refused) || error.exit !== EXIT.unreachable || tries >= TRIES_MAX) throw error;
      counts.sentAgain += 1;
      await sleep(AGAIN_MS * 2 ** (tries - 1));
    }
  }
}

function count(counts: Counts, { verdict, code }: Verdict): void {
  counts.accepted += 1;
  if (code !== null && LATE.includes(code)) counts.late += 1;
  else if (verdict === "admitted") counts.admitted += 1;
  else if (verdict === "ignored") counts.duplicate += 1;
  else if (verdict === "held") counts.held += 1;
  else counts.notAdmitted[code ?? verdict] = (counts.notAdmitted[code ?? verdict] ?? 0) + 1;
}

function countsText({ accepted, admitted, duplicate, late, held, sentAgain, notAdmitted }: Counts): string {
  const refused = Object.values(notAdmitted).reduce((sum, each) => sum + each, 0);
  const codes = Object.entries(notAdmitted).map(([code, each]) => `${code} ${each}`);
  const waiting = `${held === 0 ? "" : `   held ${held}`}${sentAgain === 0 ? "" : `   batches sent again ${sentAgain}`}`;
  return `accepted ${accepted}   admitted ${admitted}   duplicate ${duplicate}   late ${late}${waiting}   not admitted ${refused}${codes.length === 0 ? "" : ` (${codes.join(", ")})`}`;
}

/** The end at one agent and, for a moment, what the others say of it. */
async function endOf(call: Call, agent: Agent, { ceremony }: CeremonyView): Promise<CeremonyView> {
  const ended = ({ phase }: CeremonyView) => ENDED.has(phase);
  const view = await follow(call, agent, ceremony, { until: ended, timeoutMs: END_MS });
  const agreed = ({ outcome, agreement }: CeremonyView) => outcome === null || agreement.same === agreement.of;
  return agreed(view) ? view : follow(call, agent, ceremony, { until: agreed, timeoutMs: AGREED_MS });
}

function shownEnd({ phase, outcome, agreement }: CeremonyView) {
  return { phase, outcome: outcome === null ? null : { digest: outcome.digest, value: outcome.value }, agreement };
}

function endText(view: CeremonyView, agent: Agent): readonly string[] {
  const { winners } = (view.outcome?.value ?? {}) as { readonly winners?: readonly object[] };
  const won = winners === undefined ? "" : `   ${winners.length} ${winners.length === 1 ? "lot is" : "lots are"} sold`;
  return [
    `${view.phase.toUpperCase()}${won}`,
    agreementText(view),
    nextLine("evidence export", short(view.ceremony), agent),
  ];
}

function quantile(times: readonly number[], share: number): number {
  const sorted = [...times].sort((a, b) => a - b);
  return Math.round(sorted[Math.min(sorted.length - 1, Math.floor(share * sorted.length))] ?? 0);
}
