// What a gateway lets out (SPEC §22.1): classes on its list and nothing else, up to its limit. What stays is listed with its reason, and
// what goes out shows by id what it builds on.
import { boolean, integer, list, type Reader, text } from "../../cbor/read.ts";
import { FACTS_MAX, REVIEWERS_MAX, SEATS_MAX } from "../../limits.ts";
import type { Observation, VerifiedObservation } from "../../observation/observation.ts";
import { fault } from "../../result.ts";
import { compareText, sortedTexts } from "../../text.ts";
import { fields, NO_ITEMS } from "../documents/fields.ts";
import type { Refusal } from "../routes.ts";

export type ReleaseFilter = {
  /** Governance classes that may leave; none by default. */
  readonly classes: readonly string[];
  /** Statements in one file. */
  readonly most: number;
  /** Persons besides the gateway who must have signed for the file. */
  readonly reviewers: number;
  /** True where nothing ever comes back, so that no receipt is waited for. */
  readonly oneWay: boolean;
};

export const readFilter: Reader<ReleaseFilter> = fields<ReleaseFilter>(
  {
    classes: list(text(), SEATS_MAX),
    most: integer(0, FACTS_MAX),
    reviewers: integer(0, REVIEWERS_MAX),
    oneWay: boolean,
  },
  { classes: NO_ITEMS, most: FACTS_MAX, reviewers: 0, oneWay: false },
  null,
);

export type Release = {
  readonly out: readonly VerifiedObservation[];
  readonly denied: readonly Refusal[];
  /** Statements that those going out cite, and that the receiver must hold already. */
  readonly prerequisites: readonly string[];
};

/** Decides on each statement; `held` are the ids that the receiver said it has. */
export function releaseFrom(
  all: readonly VerifiedObservation[],
  filter: ReleaseFilter,
  held: ReadonlySet<string>,
): Release {
  const fresh = all.filter(({ id }) => !held.has(id)).sort((a, b) => compareText(a.id, b.id));
  const listed = fresh.filter(({ governanceClass }) => filter.classes.includes(governanceClass));
  const out = listed.slice(0, filter.most);
  const going = new Set(out.map(({ id }) => id));
  const denied = fresh
    .filter(({ id }) => !going.has(id))
    .map(
      ({ id, governanceClass }): Refusal => ({
        id,
        fault: filter.classes.includes(governanceClass)
          ? fault("RELEASE_FULL", { limit: filter.most }).fault
          : fault("RELEASE_DENIED", { class: governanceClass }).fault,
      }),
    );
  const withheld = new Set(denied.map(({ id }) => id));
  const cited = out.flatMap(citationsOf).filter((id) => !going.has(id) && !withheld.has(id));
  return { out, denied, prerequisites: sortedTexts(new Set(cited)) };
}

export function citationsOf({ lineage }: Observation): readonly string[] {
  const { sources, parents, prev } = lineage;
  return [...sources, ...parents, ...(prev === null ? [] : [prev])];
}
