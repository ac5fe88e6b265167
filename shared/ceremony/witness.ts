// Witnesses of lists beyond one frame (SPEC §8.14): one's own, of which the pages are signed first, and others' that cannot be read.
import { inPages, spoiltBy } from "../closing/pages.ts";
import { receive } from "../closing/receive.ts";
import type { Closing, ClosingMessage } from "../closing/state.ts";
import { WITNESS_IDS_MAX } from "../limits.ts";
import type { PagedWitnessBody, VerifiedObservation, WitnessBody } from "../observation/observation.ts";
import { invariant } from "../result.ts";
import { noteSilent } from "./spread.ts";
import { audienceOf, type RosterSeat, type Round, replaceRound } from "./state.ts";
import { append, publish, record, say, type Turn } from "./turn.ts";

/** What is to be signed, behind whatever it names. */
export function beforeWitness(
  turn: Turn,
  round: Round,
  witness: WitnessBody,
): { readonly turn: Turn; readonly body: WitnessBody | PagedWitnessBody } {
  const noted = noteSilent(turn, round);
  const { ids, root } = witness;
  if (ids.length <= WITNESS_IDS_MAX) return { turn: noted, body: witness };
  let next = noted;
  const pages: string[] = [];
  for (const page of inPages(ids)) {
    const signed = signPage(next, round.index, page, pages.length + 1);
    next = signed.turn;
    pages.push(signed.said.id);
  }
  return { turn: next, body: { kind: "witness", root, count: ids.length, pages } };
}

function signPage(turn: Turn, index: number, ids: readonly string[], number: number): ReturnType<typeof say> {
  const round = turn.state.rounds[index] as Round;
  const slot = { seat: round.closing.own, attempt: null, item: `page ${number}` };
  const { turn: spoken, said } = say(turn, {
    round: index,
    slot,
    body: { kind: "page", ids },
    parents: [],
    numbered: true,
  });
  const received = receive(round.closing, said as VerifiedObservation & ClosingMessage);
  invariant(received.ok && received.value.fresh, "our own page is stored");
  const kept = { ...spoken, state: replaceRound(spoken.state, { ...round, closing: received.closing }) };
  const entered = record(append(kept, said), "attestation", [said.id], turn.state.self.authority, {
    kind: "page",
    round: index,
  });
  return { turn: publish(entered, audienceOf(entered.state, round), said), said };
}

/** Says once of a witness that its pages are not the list that it names. */
export function tellSpoilt(
  turn: Turn,
  closing: Closing,
  message: ClosingMessage,
  { index, authority }: RosterSeat,
): Turn {
  return spoiltBy(closing, message).reduce(
    (told, { id, body }) =>
      record(told, "alert", [id, ...body.pages], authority, { code: "WITNESS_PAGES", seat: index }),
    turn,
  );
}
