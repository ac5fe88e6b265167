// The facts of a signed observation (SPEC §18.1), read from what it carries.
import { leafOf, rootOf } from "../authority/chain.ts";
import { encodeCanonical } from "../cbor/encode.ts";
import type { Encodable } from "../cbor/value.ts";
import { sha256Hex } from "../hash.ts";
import type { ContributionBody, FactBody, Observation } from "../observation/observation.ts";
import type { Evidence } from "./evidence.ts";

const OPERATIONS = ["replay", "training"] as const;

/** What claims something that others can claim too. */
export type Claiming = Observation<ContributionBody | FactBody>;

/** Worked out once for each observation: a set is judged again with everything that joins it. */
const known = new WeakMap<Claiming, Evidence>();

/** Facts of what it carries. Its organisation is known by its root key: names are a receiver's matter. */
export function factsOf(observation: Claiming): Evidence {
  const facts = known.get(observation) ?? readFacts(observation);
  known.set(observation, facts);
  return facts;
}

function readFacts(observation: Claiming): Evidence {
  const { chain, lineage, body, at } = observation;
  const { grant } = leafOf(chain);
  const derivation = lineage.derivation?.name ?? "";
  return {
    id: observation.id,
    authority: rootOf(chain),
    device: observation.deviceHash,
    tier: grant.tier?.names.join(" and ") ?? null,
    ...(grant.tier === null ? {} : { held: grant.tier }),
    governanceClass: observation.governanceClass,
    granted: grant.classes,
    credential: { depth: chain.length, age: Math.max(0, at[0] - grant.not_before), revocations: 0 },
    places: observation.place === null ? [] : [observation.place],
    frame: observation.timeFrame,
    at,
    until: Math.min(at[1] + observation.timeToLive, ...chain.map((link) => link.grant.not_after)),
    sources: lineage.sources,
    claim: sha256Hex(encodeCanonical(claimOf(body))),
    operation: OPERATIONS.find((operation) => operation === derivation) ?? "live",
    modality: null,
    attested: [],
    vetoes: [],
  };
}

/** Two say the same if what they say is the same but for the reasons they give. */
function claimOf(body: ContributionBody | FactBody): Encodable {
  if (body.kind === "fact") return [body.subject, body.value] as Encodable;
  return new Map([...body.content].filter(([name]) => name !== "reason")) as Encodable;
}
