// Participants and profiles for judging where people are.
import type { Participant } from "../../shared/reference/fix.ts";
import type { Place, Range, Vector } from "../../shared/reference/place.ts";
import { type Profile, parseProfile } from "../../shared/reference/profile.ts";
import { judgeProximity } from "../../shared/reference/proximity.ts";

export const LOCAL = "local:yard";
export const METRE = 1_000;

export function profileOf(document: Readonly<Record<string, unknown>>): Profile {
  const profile = parseProfile(document);
  if (!profile.ok) throw new Error(`the profile is refused: ${JSON.stringify(profile.fault.detail)}`);
  return profile.value;
}

export function at(
  id: string,
  position: Vector | null,
  more: {
    readonly uncertainty?: number;
    readonly ranges?: readonly Range[];
    readonly frame?: string;
    readonly authority?: string;
  } = {},
): Participant {
  const { uncertainty = 0, ranges = [], frame = LOCAL, authority = id } = more;
  return { id, authority, places: [{ frame, position, uncertainty, ranges }] };
}

export function keyed(id: string, key: string, frame = "site"): Participant {
  return { id, authority: id, places: [{ frame, key }] };
}

export function also(participant: Participant, ...places: readonly Place[]): Participant {
  return { ...participant, places: [...participant.places, ...places] };
}

/** The codes under which participants do not count, by participant. */
export function codesOf(profile: Profile, participants: readonly Participant[]): Readonly<Record<string, string>> {
  const { findings } = judgeProximity(profile, participants);
  return Object.fromEntries(
    findings.flatMap(({ participant, fault }) => (fault === null ? [] : [[participant, fault.code]])),
  );
}
