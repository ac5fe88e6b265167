// Who speaks in a mesh, and what a signed fact is to the rules that weigh facts (SPEC §20.1).
import { type Chain, leafOf, rootOf } from "../../authority/chain.ts";
import { checkTiers } from "../../authority/competence.ts";
import type { Trust } from "../../authority/trust.ts";
import type { FactBody, Observation, VerifiedObservation } from "../../observation/observation.ts";
import type { Fact } from "../fact.ts";

/** The name of whoever holds a chain: its subject, always under the authority whose root vouches for it, so that no root speaks for another. */
export function authorityOf(chain: Chain, roots: Trust["roots"]): string {
  const authority = roots.get(rootOf(chain)) ?? rootOf(chain);
  const { subject } = leafOf(chain).grant;
  return subject === authority || subject.startsWith(`${authority}/`) ? subject : `${authority}/${subject}`;
}

/** A signed fact as the rules read it. What comes before a fact by its signer's own count is among its sources. */
export function factOf(observation: VerifiedObservation & Observation<FactBody>, trust: Trust): Fact {
  const { id, mesh, body, timeFrame, at, chain, governanceClass, lineage } = observation;
  const { sources, parents, prev, sequence } = lineage;
  const tiers = checkTiers(chain, at[1], trust);
  return {
    id,
    origin: mesh,
    subject: body.subject,
    value: body.value,
    frame: timeFrame,
    at,
    authority: authorityOf(chain, trust.roots),
    class: governanceClass,
    sources: [...new Set([...sources, ...parents, ...(prev === null ? [] : [prev])])],
    labels: body.labels ?? [],
    drawn: sources,
    sequence,
    admissibility: tiers.ok && tiers.value !== null ? tiers.value.weight : null,
    cap: null,
  };
}
