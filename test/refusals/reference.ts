// Examples of refused places, clocks and admissions.
import { rosterFrom } from "../../shared/admission/roster.ts";
import { QUORUM } from "../../shared/policy/patterns/quorum.ts";
import { alignDocument } from "../../shared/reference/alignment.ts";
import type { PlaceCode } from "../../shared/reference/finding.ts";
import type { Participant } from "../../shared/reference/fix.ts";
import { judgeProximity } from "../../shared/reference/proximity.ts";
import type { COMPOSITE_REFUSALS } from "../../shared/refusals/composite.ts";
import type { REFERENCE_REFUSALS } from "../../shared/refusals/reference.ts";
import { type Fields, judge, profile, stated } from "../support/admission.ts";
import { policyOf } from "../support/decisions.ts";
import { at, keyed, LOCAL, profileOf } from "../support/places.ts";
import { idOf } from "../support/statements.ts";
import type { Example, Examples } from "./example.ts";

/** The fault of the first finding with this code. */
function place(code: PlaceCode, document: object, ...participants: readonly Participant[]): Example {
  return () =>
    judgeProximity(profileOf(document as never), participants).findings.find(({ fault }) => fault?.code === code)
      ?.fault;
}
const fence = { kind: "fence", frame: LOCAL, fence: { centre: [0, 0, 0], radius: 50_000 } };
const range = (other: string, distance: number) => ({ with: other, distance, uncertainty: 10 });
const measured = (x: number) => [
  at("acme", [0, 0, 0], { ranges: [range("bolt", 5_000)] }),
  at("bolt", [x, 0, 0], { ranges: [range("acme", 5_000)] }),
];

/** The fault by which a reading is excluded, or by which there is no estimate. */
function clocks(observations: readonly object[], more: object = {}): Example {
  return () => {
    const aligned = alignDocument({ observations, ...more });
    if (!aligned.ok) return aligned.fault;
    if (aligned.value.is === "clocks")
      return aligned.value.found.unplaced[0]?.fault ?? aligned.value.found.excluded[0]?.fault;
    const { found } = aligned.value;
    return found.is === "none" ? found.fault : found.excluded[0]?.fault;
  };
}
const reading = (id: string, least: number, most: number, more: object = {}) => ({
  id,
  offset: [least, most],
  ...more,
});
const agreeing = [reading("acme", 0, 10), reading("bolt", 0, 10), reading("crux", 0, 10)];
const window = { kind: "window", tolerance: 1_000_000 };
const WHEN = { window: { opensAt: 10_000_000, closesAt: 20_000_000 } };

const admission =
  (policy: Fields, observation: Fields, context: Fields = {}): Example =>
  () =>
    judge(policy, observation, context).fault;

export const REFERENCE: Examples<typeof REFERENCE_REFUSALS> = {
  PLACE_MISSING: place("PLACE_MISSING", { constraints: [fence] }, keyed("acme", "plant-7")),
  OUTSIDE_PLACE: place("OUTSIDE_PLACE", { constraints: [fence] }, at("acme", [9_200_000, 0, 0])),
  PLACE_UNCERTAIN: place(
    "PLACE_UNCERTAIN",
    { constraints: [fence] },
    at("acme", [49_000, 0, 0], { uncertainty: 5_000 }),
  ),
  PLACE_APART: place(
    "PLACE_APART",
    { constraints: [{ kind: "range", frame: LOCAL, limit: 10 }] },
    at("acme", [0, 0, 0]),
    at("bolt", [11, 0, 0]),
  ),
  PLACE_KEY: place(
    "PLACE_KEY",
    { constraints: [{ kind: "shared-key", frame: "site", key: "plant-7" }] },
    keyed("acme", "plant-8"),
  ),
  PLACE_JURISDICTION: place(
    "PLACE_JURISDICTION",
    { constraints: [{ kind: "jurisdiction", within: ["NL"] }] },
    keyed("acme", "DE/BY", "jurisdiction"),
  ),
  PLACE_ISOLATED: place("PLACE_ISOLATED", { constraints: [{ kind: "adjacency", limit: 4_000 }] }, ...measured(5_000)),
  PLACE_UNCORROBORATED: place(
    "PLACE_UNCORROBORATED",
    { corroboration: 1, constraints: [fence] },
    at("acme", [0, 0, 0]),
  ),
  PLACE_CONTRADICTED: place("PLACE_CONTRADICTED", { corroboration: 1, constraints: [fence] }, ...measured(40_000)),
  TIME_OUTLIER: clocks([...agreeing, reading("dune", 9_000, 9_010)]),
  TIME_CONTRADICTORY: clocks([
    ...agreeing,
    reading("d1", 0, 1, { authority: "dune" }),
    reading("d2", 8, 9, { authority: "dune" }),
  ]),
  TIME_IMPRECISE: clocks([...agreeing, reading("dune", -900, 900)], { maxUncertainty: 100 }),
  TIME_ATTESTER: clocks([...agreeing, reading("dune", 0, 10, { credential: "revoked" })]),
  TIME_FRAME: () => judge({ factors: [window] }, { frame: "local:clock", at: 15_000_000 }, WHEN).factors[0]?.fault,
  TIME_FEW: clocks(agreeing.slice(1)),
  TIME_SPLIT: clocks([...agreeing.slice(1), reading("dune", 500, 510), reading("echo", 505, 515)]),
  TIME_DISPERSED: clocks(agreeing, { maxDispersion: 4 }),
  TIME_UNLINKED: clocks([{ id: "ab", from: "acme", to: "bolt", offset: [0, 1] }], {
    events: [{ id: "e", clock: "crux", at: 5 }],
  }),
};

const rules = policyOf(QUORUM);
const join = (authority: string, role = "voter", key = authority) => ({
  id: idOf(`${authority} ${role} ${key}`),
  authority,
  root: idOf(authority),
  role,
  granted: ["mutual-aid"],
});
const open = { roster: "open-by-class", class: "mutual-aid" } as const;
const firstRefused =
  (...joins: readonly ReturnType<typeof join>[]): Example =>
  () =>
    rosterFrom(rules, open, [], joins).refused[0];

export const COMPOSITE: Examples<typeof COMPOSITE_REFUSALS> = {
  ADMISSION_BELOW_THRESHOLD: admission(
    { rule: "weighted-intersection", factors: [profile("safety-class"), profile("license-class")] },
    stated(["safety-class", "admit"], ["license-class", "refuse"]),
  ),
  ADMISSION_DEFERRED: admission({ factors: [profile("license-class")] }, {}),
  WEIGHT_TOO_LOW: admission(
    { factors: [{ kind: "weight", least: 500_000 }], weight: { authority: { peer: 200_000 } } },
    { tier: "peer" },
  ),
  STANDING_TOO_LOW: admission({ factors: [{ kind: "standing", least: 900_000 }], standing: {} }, {}),
  TIER_NOT_ACCEPTED: admission({ factors: [{ kind: "tier", among: ["regulator"] }] }, { tier: "peer" }),
  PROFILE_REFUSED: admission(
    { factors: [profile("license-class")] },
    { profiles: [{ profile: "license-class", state: "refuse", reason: "the licence has lapsed" }] },
  ),
  PROFILE_MISSING: () => judge({ factors: [profile("license-class")] }, {}).factors[0]?.fault,
  OUTSIDE_TIME_WINDOW: admission({ factors: [window] }, { at: 30_000_000 }, WHEN),
  TIME_UNCERTAIN: admission({ factors: [window] }, { at: [15_000_000, 30_000_000] }, WHEN),
  ROSTER_CLOSED: () => rosterFrom(rules, { roster: "closed-by-name" }, [], [join("acme")]).refused[0],
  ROSTER_TWICE: firstRefused(join("acme"), join("acme", "voter", "another key")),
  ROSTER_FULL: firstRefused(join("acme", "proposer"), join("bolt", "proposer")),
};
