// Two copies of one device, seen by whoever holds what both said (SPEC §5.8): written down with both observations as evidence.
import { deviceForks, type Presentation } from "../authority/continuity.ts";
import { messagesOf } from "../closing/state.ts";
import type { Observation } from "../observation/observation.ts";
import type { CeremonyState } from "./state.ts";
import { authorityOf, record, type Turn } from "./turn.ts";

/** Records the forks that an observation brought to light; `before` is the turn in which it was not yet taken in. */
export function noteForks(before: Turn, after: Turn, observation: Observation): Turn {
  const receipt = after.receipts[after.receipts.length - 1];
  if (observation.deviceLinks.length === 0 || receipt?.verdict !== "admitted") return after;
  const earlier = statementsOf(before.state, observation.key).map(presentationOf);
  const known = new Set(deviceForks(earlier).map(({ after: place }) => place));
  const fresh = deviceForks([...earlier, presentationOf(observation)]).filter(({ after: place }) => !known.has(place));
  const by = authorityOf(after.state, observation);
  return fresh.reduce(
    (turn, { about, after: place }) =>
      record(turn, "byzantine-event", about, by, { code: "DEVICE_FORKED", after: place }),
    after,
  );
}

/** What this party holds of one device that shows its links. */
function statementsOf({ call, rounds, outcomes }: CeremonyState, key: string): readonly Observation[] {
  const held = [
    ...(call === null ? [] : [call]),
    ...rounds.flatMap((round) => [...round.held.values(), ...messagesOf(round.closing)]),
    ...outcomes.values(),
  ];
  return held.filter((observation) => observation.key === key && observation.deviceLinks.length > 0);
}

function presentationOf({ id, key, ceremony, lineage, deviceLinks }: Observation): Presentation {
  return { id, key, ceremony, sequence: lineage.sequence, links: deviceLinks };
}
