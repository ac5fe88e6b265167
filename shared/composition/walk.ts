// Walking back (SPEC §23.5): from one ceremony over everything that it rests on to where it began, losers included.
import type { Id } from "../observation/observation.ts";
import type { Examined } from "./verify.ts";

export type Step = {
  readonly ceremony: Id;
  readonly part: string | null;
  readonly policy: string;
  readonly status: string;
  readonly digest: Id;
  /** Everything in its certified sets, whatever came of it. */
  readonly statements: readonly {
    readonly id: Id;
    readonly by: string;
    readonly round: number;
    readonly excluded: string | null;
  }[];
  readonly restsOn: readonly Id[];
};

/** From a ceremony of a dossier backwards, each once, the nearest first. */
export function walkBack(ceremonies: readonly Examined[], from: Id): readonly Step[] {
  const known = new Map(ceremonies.map((one) => [one.ceremony, one]));
  const steps = new Map<Id, Step>();
  const open: Id[] = [from];
  for (let at = open.shift(); at !== undefined; at = open.shift()) {
    const examined = known.get(at);
    if (examined === undefined || steps.has(at)) continue;
    const step = stepOf(examined);
    steps.set(at, step);
    open.push(...step.restsOn);
  }
  return [...steps.values()];
}

function stepOf({ ceremony, part, state, citations }: Examined): Step {
  const excluded = new Map((state.ending?.record.excluded ?? []).map(({ id, code }) => [id, code]));
  const statements = state.rounds.flatMap(({ index, seats, held, closing }) =>
    (closing.decision?.set ?? []).map((id) => {
      const seat = seats.find((one) => one.index === held.get(id)?.slot.seat);
      return { id, by: seat?.authority ?? "", round: index, excluded: excluded.get(id) ?? null };
    }),
  );
  return {
    ceremony,
    part,
    policy: state.policy?.policy.id ?? "",
    status: state.ending?.record.status ?? "open",
    digest: state.ending?.digest ?? "",
    statements,
    restsOn: [...new Set(citations.map((citation) => citation.ceremony))],
  };
}
