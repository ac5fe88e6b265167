// Examples of what electors refuse to take in for seats without an agent, and of what no batch may hold.
import { countedIn } from "../../shared/ceremony/counted.ts";
import { batchesPerElector } from "../../shared/ceremony/listing.ts";
import { countsOf } from "../../shared/ceremony/seat-counts.ts";
import type { Round } from "../../shared/ceremony/state.ts";
import { checkInclusion, type InclusionProof, proveInclusion, readInclusion } from "../../shared/evidence/inclusion.ts";
import { KEPT_BYTES_MAX } from "../../shared/limits.ts";
import type { VerifiedObservation } from "../../shared/observation/observation.ts";
import type { EVIDENCE_REFUSALS } from "../../shared/refusals/evidence.ts";
import type { INTAKE_REFUSALS } from "../../shared/refusals/intake.ts";
import type { Fault } from "../../shared/result.ts";
import { batchBy, bidsIn, close, ELECTORS, handIn, openSale, type Sale } from "../support/bidders.ts";
import { finishedApproval, trustIn } from "../support/evidence.ts";
import { idOf } from "../support/statements.ts";
import type { Examples } from "./example.ts";

type First = readonly [VerifiedObservation, ...VerifiedObservation[]];

function refused(sale: Sale, elector: string, observation: VerifiedObservation): Fault | undefined {
  const receipt = handIn(sale, elector, [observation]).at(-1);
  return receipt?.code ? { code: receipt.code, detail: receipt.detail } : undefined;
}

const firstBid = (sale: Sale) => (bidsIn(sale, 1) as First)[0];

/** A sale that has ended with one bid, as an elector holds it, and the proof that the bid counted. */
function ended() {
  const sale = openSale(1);
  const bid = firstBid(sale);
  handIn(sale, "acme", [bid]);
  close(sale);
  const proof = proveInclusion(sale.net.agent("acme").state, bid.id);
  if (!proof.ok) throw new Error(proof.fault.code);
  return { state: sale.net.agent("acme").state, proof: proof.value, trust: trustIn(sale.parties) };
}

async function checked(change: Partial<InclusionProof>): Promise<Fault | undefined> {
  const { proof, trust } = ended();
  const { code, detail } = await checkInclusion({ ...proof, ...change }, trust);
  return code === null ? undefined : { code, detail };
}

export const BATCHES: Examples<typeof INTAKE_REFUSALS & typeof EVIDENCE_REFUSALS> = {
  INCLUSION_ABSENT: () => proveInclusion(ended().state, idOf("a bid that never came")),
  INCLUSION_UNSAID: () => {
    const { state } = finishedApproval(3).agent("acme");
    return proveInclusion(state, countedIn(state)[0] as string);
  },
  INCLUSION_FORMAT: () => readInclusion({ format: "another" }),
  INCLUSION_PATH: () => checked({ contribution: idOf("a bid that never came") }),
  INCLUSION_SAYS: () => checked({ digest: idOf("another outcome") }),
  BATCH_MEMBER: () => {
    const sale = openSale(2);
    const bid = firstBid(sale);
    const elsewhere = { ...bid, slot: { ...bid.slot, seat: 4 } } as VerifiedObservation;
    return refused(sale, "bolt", batchBy(sale, "acme", [elsewhere]));
  },
  BATCH_UNFIT: () => {
    const sale = openSale(1);
    const bid = firstBid(sale);
    return refused(sale, "acme", { ...bid, otherPaths: [bid.chain] } as VerifiedObservation);
  },
  INTAKE_ELSEWHERE: () => {
    const sale = openSale(1);
    handIn(sale, "bidder-0", [sale.net.call]);
    return refused(sale, "bidder-0", firstBid(sale));
  },
  INTAKE_CLOSED: () => {
    const sale = openSale(1);
    sale.net.delivers = () => false;
    sale.net.run(11);
    return refused(sale, "acme", firstBid(sale));
  },
  INTAKE_FULL: () => {
    const sale = openSale(1);
    const bid = firstBid(sale);
    const round = sale.net.agent("acme").state.rounds[0];
    if (round === undefined) return null;
    // As if the elector had brought as many as a witness lists: signing hundreds would show no more.
    const batch = batchBy(sale, "acme", [bid]);
    const held = new Map(
      Array.from({ length: batchesPerElector(round) }, (_, index) => [`${index}`, batch]),
    ) as unknown as Round["held"];
    sale.net.agent("acme").state = { ...sale.net.agent("acme").state, rounds: [{ ...round, held }] };
    return refused(sale, "acme", bid);
  },
  ROUND_FULL: () => {
    const sale = openSale(1);
    fill(sale, { kept: KEPT_BYTES_MAX });
    return refused(sale, "acme", firstBid(sale));
  },
  SEAT_FULL: () => {
    const sale = openSale(1);
    fill(sale, { keptOf: countsOf([[ELECTORS.length, KEPT_BYTES_MAX]]) });
    return refused(sale, "acme", firstBid(sale));
  },
};

/** As if so much had been taken in: millions of bytes of bids would show no more. */
function fill({ net }: Sale, change: Partial<Round["intake"]>): void {
  const agent = net.agent("acme");
  const rounds = agent.state.rounds.map((round) => ({ ...round, intake: { ...round.intake, ...change } }));
  agent.state = { ...agent.state, rounds };
}
