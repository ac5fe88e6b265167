// Whether the terminal authority is competent (SPEC §5.5, §5.6): for the class and the role of what it says, in its place, as its tier
// and all tiers above it allow, and with the evidence that its tier owes.
import type { Observation } from "../observation/observation.ts";
import { isLogical } from "../reference/place.ts";
import { fault, ok, type Result } from "../result.ts";
import { type Chain, coversJurisdiction, grantsClass, grantsRole, leafOf, rootOf } from "./chain.ts";
import type { Tier } from "./credential.ts";
import { allows, DEVICE_NEEDS, type DeviceNeed, recognisedVersion, type Standing, standingOf } from "./taxonomy.ts";
import type { Trust } from "./trust.ts";

/** The tier of the signer under its declared version; null where its credential claims none. */
export function checkTiers(chain: Chain, at: number, trust: Trust): Result<Standing | null> {
  let above: Tier | null = null;
  let standing: Standing | null = null;
  for (const [link, { grant, succeeds }] of chain.entries()) {
    if (succeeds !== null) continue;
    standing = null;
    if (grant.tier !== null) {
      const taxonomy = recognisedVersion(trust, grant.tier.taxonomy, grant.tier.version, at);
      if (!taxonomy.ok) return taxonomy;
      const read = standingOf(taxonomy.value, grant.tier.names);
      if (!read.ok) return read;
      standing = read.value;
      const refused =
        link === 0 ? notConferred(chain, grant.tier, trust) : notCredentialed(grant.tier, above, standing);
      if (refused !== null) return fault("TIER_NOT_CREDENTIALED", { link, tier: refused });
    }
    above = grant.tier;
  }
  return ok(standing);
}

/** The tier that a root may not confer, where its recognition is limited. */
function notConferred(chain: Chain, { names }: Tier, { roots, conferrable }: Trust): string | null {
  const limit = conferrable.get(roots.get(rootOf(chain)) ?? "");
  return limit === undefined ? null : (names.find((name) => !limit.includes(name)) ?? null);
}

/** The tier that the link above may not credential. Tiers of another taxonomy, or none, credential nothing here. */
function notCredentialed({ taxonomy, names }: Tier, above: Tier | null, { taxonomy: under }: Standing): string | null {
  if (above === null || above.taxonomy !== taxonomy) return names[0] ?? null;
  const issuer = standingOf(under, above.names);
  if (!issuer.ok) return names[0] ?? null;
  return names.find((name) => !allows(issuer.value, "credentials", name)) ?? null;
}

/** Class, role, jurisdiction and evidence, in this order. */
export function checkCompetence(observation: Observation, trust: Trust): Result<Standing | null> {
  const { chain, governanceClass, body, at } = observation;
  const tiers = checkTiers(chain, at[1], trust);
  if (!tiers.ok) return tiers;
  const standing = tiers.value;
  const { grant } = leafOf(chain);
  if (!grantsClass(chain, governanceClass))
    return fault("CLASS_NOT_GRANTED", { class: governanceClass, granted: grant.classes.join(", ") });
  if (standing !== null && !allows(standing, "attests", governanceClass))
    return fault("TIER_CLASS", { class: governanceClass, tier: standing.names.join(" and ") });
  if (body.kind === "contribution" && !grantsRole(chain, body.role))
    return fault("ROLE_NOT_GRANTED", { role: body.role, granted: grant.roles.join(", ") });
  if (body.kind === "contribution" && standing !== null && !allows(standing, "roles", body.role))
    return fault("TIER_ROLE", { role: body.role, tier: standing.names.join(" and ") });
  const place = jurisdictionOf(observation);
  if (!coversJurisdiction(grant.jurisdictions, place))
    return fault("JURISDICTION_NOT_GRANTED", { place, granted: grant.jurisdictions.join(", ") });
  const owed = standing === null ? null : evidenceOwed(observation, standing);
  return owed === null ? ok(standing) : fault("EVIDENCE_OWED", { need: owed, tier: standing?.names.join(" and ") });
}

/** The frame whose keys are jurisdictions. */
const JURISDICTION_FRAME = "jurisdiction";

/** Where an observation says it speaks; empty where it names no jurisdiction, which only an unrestricted credential covers. */
function jurisdictionOf({ place }: Pick<Observation, "place">): string {
  return place !== null && isLogical(place) && place.frame === JURISDICTION_FRAME ? place.key : "";
}

/** The first part of its tiers' evidence contracts that a contribution does not fulfil. */
function evidenceOwed({ body, lineage, place }: Observation, { rules }: Standing): string | null {
  if (body.kind !== "contribution") return null;
  for (const { contract } of rules) {
    if (lineage.sources.length < contract.sources) return `${contract.sources} source(s)`;
    if (contract.derivation && lineage.derivation === null) return "a derivation";
    if (contract.place && place === null) return "a spatial reference";
  }
  return null;
}

/** The most that the door and the signer's tier ask of its device. */
export function deviceNeed({ body }: Observation, standing: Standing | null, trust: Trust): DeviceNeed {
  const owed =
    body.kind === "contribution" && standing !== null ? standing.rules.map((rule) => rule.contract.device) : [];
  const level = Math.max(...[trust.device, ...owed].map((need) => DEVICE_NEEDS.indexOf(need)));
  return DEVICE_NEEDS[level] as DeviceNeed;
}
