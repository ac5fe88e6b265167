// Whether participants are where a profile asks them to be, together (SPEC §16.4). Pure, in whole millimetres, and the same whatever the
// order in which the participants are named. Who does not fit is left out with a reason, and the rest is judged without it.
import { type Basis, judgeCorroboration, linksAmong, type Standpoint, standpointOf } from "./corroboration.ts";
import { reachOfFence } from "./fence.ts";
import { codeOf, describeFence, describeFix, finding, metres, missing, type PlaceFinding } from "./finding.ts";
import { fixIn, keyIn, type Participant } from "./fix.ts";
import type { Constraint, Profile } from "./profile.ts";
import { judgeTogether } from "./together.ts";

export type Proximity = {
  readonly verdict: "satisfied" | "not satisfied" | "indeterminate";
  /** Who counts, who does not, and whose place cannot be told; sorted. */
  readonly counted: readonly string[];
  readonly excluded: readonly string[];
  readonly unknown: readonly string[];
  readonly basis: ReadonlyMap<string, Basis>;
  readonly findings: readonly PlaceFinding[];
};

/** `given` names each participant once. */
export function judgeProximity(profile: Profile, given: readonly Participant[]): Proximity {
  const participants = [...given].sort((a, b) => (a.id < b.id ? -1 : a.id > b.id ? 1 : 0));
  const links = linksAmong(participants);
  const stand = new Map(participants.map((one) => [one.id, standpointOf(profile, participants, links, one)]));
  const alone = participants.flatMap((one) => judgeAlone(profile, one, stand.get(one.id) as Standpoint));
  const failed = new Set(alone.filter(({ verdict }) => verdict !== "met").map(({ participant }) => participant));
  const fitting = participants.filter(({ id }) => !failed.has(id));
  const findings = [...alone, ...judgeTogether(profile, links, fitting)];
  const having = (verdict: PlaceFinding["verdict"]) =>
    new Set(findings.filter((found) => found.verdict === verdict).map(({ participant }) => participant));
  const [bad, doubtful] = [having("not met"), having("unknown")];
  const ids = participants.map(({ id }) => id);
  const counted = ids.filter((id) => !bad.has(id) && !doubtful.has(id));
  const unknown = ids.filter((id) => !bad.has(id) && doubtful.has(id));
  return {
    verdict: verdictOf(profile.least ?? ids.length, counted.length, unknown.length),
    counted,
    excluded: ids.filter((id) => bad.has(id)),
    unknown,
    basis: new Map([...stand].map(([id, { basis }]) => [id, basis])),
    findings,
  };
}

function verdictOf(least: number, counted: number, unknown: number): Proximity["verdict"] {
  if (counted >= least) return "satisfied";
  return counted + unknown >= least ? "indeterminate" : "not satisfied";
}

function judgeAlone(profile: Profile, participant: Participant, standpoint: Standpoint): readonly PlaceFinding[] {
  const findings = profile.constraints.map((constraint) => judgeOne(profile, participant, constraint));
  return [...findings, judgeCorroboration(profile, participant, standpoint)].filter((found) => found !== null);
}

/** What can be said of one participant without the others; null where it is nothing. */
function judgeOne(profile: Profile, participant: Participant, constraint: Constraint): PlaceFinding | null {
  const { id } = participant;
  const { kind } = constraint;
  switch (constraint.kind) {
    case "adjacency":
      return null;
    case "range": {
      const need = `within ${metres(constraint.limit)} of the others`;
      const fix = fixIn(profile, participant, constraint.frame);
      return fix === null ? missing(participant, kind, need, constraint.frame) : null;
    }
    case "fence": {
      const need = describeFence(constraint);
      const fix = fixIn(profile, participant, constraint.frame);
      if (fix === null) return missing(participant, kind, need, constraint.frame);
      const found = reachOfFence(constraint.fence, constraint.frame, fix.position, fix.uncertainty);
      return finding(id, kind, need, describeFix(fix, constraint.fence), codeOf(profile, found, "OUTSIDE_PLACE"));
    }
    case "shared-key": {
      const need = constraint.key ?? "the key that most share";
      const key = keyIn(participant, constraint.frame);
      if (key === null) return missing(participant, kind, need, constraint.frame);
      if (constraint.key === null) return null;
      return finding(id, kind, need, key, key === need ? null : "PLACE_KEY", constraint.frame);
    }
    case "jurisdiction": {
      const need = constraint.within.join(" or ");
      const key = keyIn(participant, constraint.frame);
      if (key === null) return missing(participant, kind, need, constraint.frame);
      const inside = constraint.within.some((outer) => key === outer || key.startsWith(`${outer}/`));
      return finding(id, kind, need, key, inside ? null : "PLACE_JURISDICTION", constraint.frame);
    }
  }
}
