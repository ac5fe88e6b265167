// A valid refusal (SPEC §5.6): where the taxonomy says so, a lower scope may decline a higher one's directive. That is no error and
// nobody's fault: it is recorded as what it is, and the ceremony goes on.
import type { Id, Observation } from "../observation/observation.ts";
import { leafOf } from "./chain.ts";
import { allows, type Recognised, recognisedVersion, type Standing, standingOf } from "./taxonomy.ts";

/** `valid` where every tier behind the directive is one that the decliner's tier may decline. */
export type Declination = { readonly directive: Id; readonly valid: boolean };

/** What an observation declines: the directive among its sources; null where it declines nothing that is known. */
export function declinationOf(
  observation: Observation,
  known: (id: Id) => Observation | undefined,
  recognised: Recognised,
): Declination | null {
  const standing = signerStanding(observation, recognised);
  const meaning = standing?.taxonomy.body.declinations.find((rule) => rule.class === observation.governanceClass);
  if (standing === null || meaning === undefined) return null;
  const directive = observation.lineage.sources
    .map(known)
    .find((source) => source !== undefined && source.governanceClass === meaning.of);
  if (directive === undefined) return null;
  const tier = leafOf(directive.chain).grant.tier;
  const sameWords = tier !== null && tier.taxonomy === standing.taxonomy.body.name;
  return {
    directive: directive.id,
    valid: sameWords && tier.names.every((name) => allows(standing, "declines", name)),
  };
}

/** The tier that the signer's credential declares, under its own version; null where it has none that is recognised. */
function signerStanding({ chain, at }: Observation, recognised: Recognised): Standing | null {
  const { tier } = leafOf(chain).grant;
  if (tier === null) return null;
  const taxonomy = recognisedVersion(recognised, tier.taxonomy, tier.version, at[1]);
  const standing = taxonomy.ok ? standingOf(taxonomy.value, tier.names) : taxonomy;
  return standing.ok ? standing.value : null;
}
