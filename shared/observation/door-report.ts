// What the door found, check by check and by name (SPEC §4): for people and programs that ask about one frame.
import { checkTiers } from "../authority/competence.ts";
import type { Continuity } from "../authority/continuity.ts";
import { deviceContinuity } from "../authority/device.ts";
import type { Trust } from "../authority/trust.ts";
import { revocationsOf, withoutStanding } from "../authority/validity.ts";
import type { Fault } from "../result.ts";
import { DOOR_STEPS, type StepName, stepOf } from "./door-steps.ts";
import type { Observation } from "./observation.ts";

export type DoorCheck = {
  readonly name: StepName;
  readonly need: string;
  readonly result: "passed" | "failed" | "not reached";
};

/** The steps that the door itself takes: those behind it belong to a ceremony. */
const LAST: StepName = "validity";

/** Every check of the door by name: all passed, or up to the one at which the fault arose. */
export function doorChecks(fault: Fault | null): readonly DoorCheck[] {
  const names = DOOR_STEPS.map(({ name }) => name);
  const steps = DOOR_STEPS.slice(0, names.indexOf(LAST) + 1);
  const failing = fault === null ? null : stepOf(fault.code);
  const at = failing === null ? steps.length : names.indexOf(failing);
  return steps.map(({ name, need }, index) => ({
    name,
    need,
    result: index < at ? "passed" : index === at ? "failed" : "not reached",
  }));
}

export type AuthorityReport = {
  /** The authority that the root stands for; null where it is not recognised. */
  readonly authority: string | null;
  /** Ids of the credentials on the path that counts, and on those left aside. */
  readonly path: readonly string[];
  readonly otherPaths: readonly (readonly string[])[];
  /** The signer's standing under the taxonomy that its credential declares. */
  readonly tier: {
    readonly taxonomy: string;
    readonly version: number;
    readonly names: readonly string[];
    readonly rank: number;
  } | null;
  readonly device: Continuity | null;
  readonly revocations: { readonly counted: readonly string[]; readonly withoutStanding: readonly string[] };
};

/** What is known of an observation's authority, admitted or not. */
export function authorityReport(observation: Observation, trust: Trust): AuthorityReport {
  const { chain, otherPaths, at } = observation;
  const tiers = checkTiers(chain, at[1], trust);
  const standing = tiers.ok ? tiers.value : null;
  const ids = (path: Observation["chain"]) => path.map(({ id }) => id);
  return {
    authority: trust.roots.get(chain[0].issuer) ?? null,
    path: ids(chain),
    otherPaths: otherPaths.map(ids),
    tier:
      standing === null
        ? null
        : {
            taxonomy: standing.taxonomy.body.name,
            version: standing.taxonomy.body.version,
            names: standing.names,
            rank: standing.rank,
          },
    device: deviceContinuity(observation, trust.roots),
    revocations: {
      counted: revocationsOf(chain, trust).map(({ revocation }) => revocation.id),
      withoutStanding: withoutStanding(chain, trust).map(({ id }) => id),
    },
  };
}
