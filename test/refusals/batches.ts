// Examples of what electors refuse to take in for seats without an agent, and of what no batch may hold.
import type { Round } from "../../shared/ceremony/state.ts";
import type { VerifiedObservation } from "../../shared/observation/observation.ts";
import type { CEREMONY_REFUSALS } from "../../shared/refusals/ceremony.ts";
import type { Fault } from "../../shared/result.ts";
import { batchBy, bidsIn, handIn, openSale, type Sale } from "../support/bidders.ts";
import type { Examples } from "./example.ts";

type First = readonly [VerifiedObservation, ...VerifiedObservation[]];

function refused(sale: Sale, elector: string, observation: VerifiedObservation): Fault | undefined {
  const receipt = handIn(sale, elector, [observation]).at(-1);
  return receipt?.code ? { code: receipt.code, detail: receipt.detail } : undefined;
}

const firstBid = (sale: Sale) => (bidsIn(sale, 1) as First)[0];

export const BATCHES: Examples<typeof CEREMONY_REFUSALS> = {
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
    const held = new Map(Array.from({ length: 400 }, (_, index) => [`${index}`, batch])) as unknown as Round["held"];
    sale.net.agent("acme").state = { ...sale.net.agent("acme").state, rounds: [{ ...round, held }] };
    return refused(sale, "acme", bid);
  },
};
