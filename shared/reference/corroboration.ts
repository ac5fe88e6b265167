// Whether others corroborate a stated position (SPEC §16.5): co-signed ranges that fit it, against those that do not. One organisation has
// one say, however many devices it measures with.
import { fault } from "../result.ts";
import type { PlaceFinding } from "./finding.ts";
import { fixIn, type Participant } from "./fix.ts";
import { isLogical } from "./place.ts";
import type { Profile } from "./profile.ts";
import { coSigned, fits, type Link } from "./ranging.ts";

export type Basis = "corroborated" | "self-asserted" | "contradicted";
export type Standpoint = { readonly basis: Basis; readonly fitting: number; readonly contradicting: number };

/** The co-signed links among participants. A range names a participant, or the organisation that it speaks for. */
export function linksAmong(participants: readonly Participant[]): readonly Link[] {
  const byId = new Map(participants.map((participant) => [participant.id, participant]));
  const named = (name: string) => byId.get(name) ?? participants.find(({ authority }) => authority === name);
  const measured = participants.flatMap(({ id, places }) =>
    places.flatMap((place) =>
      isLogical(place) ? [] : place.ranges.map((range) => ({ ...range, from: id, to: named(range.with)?.id ?? id })),
    ),
  );
  return coSigned(measured, (a, b) => byId.get(a)?.authority !== byId.get(b)?.authority);
}

/** How a stated position stands towards what others measured together with this participant. */
export function standpointOf(
  profile: Profile,
  participants: readonly Participant[],
  links: readonly Link[],
  participant: Participant,
): Standpoint {
  const verdicts = new Map<string, boolean>();
  for (const link of links.filter(({ a, b }) => a === participant.id || b === participant.id)) {
    const other = participants.find(({ id }) => id === (link.a === participant.id ? link.b : link.a)) as Participant;
    const fit = fitOf(profile, link, participant, other);
    // A range to one device of an organisation that does not fit outweighs one to another that does.
    if (fit !== null) verdicts.set(other.authority, fit && (verdicts.get(other.authority) ?? true));
  }
  const fitting = [...verdicts.values()].filter((fit) => fit).length;
  const contradicting = verdicts.size - fitting;
  const basis = fitting > contradicting ? "corroborated" : contradicting > 0 ? "contradicted" : "self-asserted";
  return { basis, fitting, contradicting };
}

/** Null where the two are not known in one frame. */
function fitOf(profile: Profile, link: Link, a: Participant, b: Participant): boolean | null {
  const frames = [...a.places, ...b.places].filter((place) => !isLogical(place)).map(({ frame }) => frame);
  for (const frame of [...new Set([...frames, ...profile.transforms.map(({ to }) => to)])].sort()) {
    const [left, right] = [fixIn(profile, a, frame), fixIn(profile, b, frame)];
    if (left !== null && right !== null) return fits(link, left, right);
  }
  return null;
}

/** What the profile's demand for corroboration finds; null where it makes none, or none of its constraints measures. */
export function judgeCorroboration(
  { corroboration, constraints }: Profile,
  { id }: Participant,
  { basis, fitting, contradicting }: Standpoint,
): PlaceFinding | null {
  if (corroboration === 0 || !constraints.some(({ kind }) => kind === "range" || kind === "fence")) return null;
  const need = `${corroboration} co-signed ranges that fit`;
  const base = {
    participant: id,
    name: "corroboration",
    need,
    got: `${fitting}, and ${contradicting} that do not fit`,
  };
  if (basis === "contradicted") {
    const refused = fault("PLACE_CONTRADICTED", { participant: id, fitting, contradicting }).fault;
    return { ...base, verdict: "not met", fault: refused };
  }
  if (fitting >= corroboration) return { ...base, verdict: "met", fault: null };
  const refused = fault("PLACE_UNCORROBORATED", { participant: id, got: fitting, need: corroboration }).fault;
  return { ...base, verdict: "unknown", fault: refused };
}
