import type { Id } from "../../../shared/observation/observation.ts";
import type { Account, Checker } from "../watch.ts";

/** What each honest elector held when it signed its witness, for those that did. */
function heldAtCloses({ honest, plan }: Account): readonly ReadonlySet<Id>[] {
  const electors = honest.filter(({ agent }) => agent.seat !== plan.restored);
  return electors.flatMap(({ heldAtClose }) => (heldAtClose === null ? [] : [heldAtClose]));
}

function decidedSets({ honest }: Account): readonly (readonly Id[])[] {
  return honest.flatMap(({ conclusions }) =>
    conclusions.map(({ state }) => state.rounds[0]?.closing.decision?.set ?? []),
  );
}

/** A contribution that every honest elector held when it closed is in D. */
export const inclusion: Checker = (account) => {
  const held = heldAtCloses(account);
  const everywhere = [...(held[0] ?? [])].filter((id) => held.every((set) => set.has(id)));
  return decidedSets(account).flatMap((set) =>
    everywhere
      .filter((id) => !set.includes(id))
      .map((id) => ({ invariant: "inclusion", detail: `${id.slice(0, 12)} was held by all and is not in D` })),
  );
};

/** A contribution that no honest elector held when it closed is not in D. */
export const exclusion: Checker = (account) => {
  const held = heldAtCloses(account);
  return decidedSets(account).flatMap((set) =>
    set
      .filter((id) => !held.some((one) => one.has(id)))
      .map((id) => ({ invariant: "exclusion", detail: `${id.slice(0, 12)} was held by nobody and is in D` })),
  );
};
