// What an admission says of the authority behind it (SPEC §5): under which taxonomy a tier was read, which of several paths counted,
// what it declined. Only where there is something to say.
import { leafOf } from "../authority/chain.ts";
import { declinationOf } from "../authority/declination.ts";
import type { Entry } from "../lineage/entry.ts";
import type { Id, Observation } from "../observation/observation.ts";
import type { CeremonyState } from "./state.ts";

export function authorityDetail(state: CeremonyState, observation: Observation): Entry["detail"] {
  const { tier } = leafOf(observation.chain).grant;
  const { otherPaths, chain, deviceLinks } = observation;
  const declined = declinationOf(observation, (id) => heldIn(state, id), {
    taxonomies: [],
    taxonomyGrace: 0,
    ...state.self.recognised,
    roots: state.self.roots,
  });
  return {
    ...(tier ? { taxonomy: `${tier.taxonomy}/${tier.version}`, tier: tier.names.join(" and ") } : {}),
    ...(otherPaths.length > 0 ? { path: chain.map(({ id }) => id).join(" "), paths: otherPaths.length + 1 } : {}),
    ...(deviceLinks.length > 0 ? { device: deviceLinks.at(-1)?.body.holder ?? "" } : {}),
    ...(declined ? { declines: declined.directive, standing: declined.valid ? "valid" : "none" } : {}),
  };
}

function heldIn({ rounds }: CeremonyState, id: Id): Observation | undefined {
  return rounds.map(({ held }) => held.get(id)).find((held) => held !== undefined);
}
