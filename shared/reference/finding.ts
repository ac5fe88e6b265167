// What a proximity profile found of one participant (SPEC §16.4), in words that people can act on.
import { type Fault, fault } from "../result.ts";
import type { Fence } from "./fence.ts";
import type { Fix, Participant } from "./fix.ts";
import type { Constraint, Profile } from "./profile.ts";
import { type Reach, squaredDistance, wholeRoot } from "./vector.ts";

export type PlaceFinding = {
  readonly participant: string;
  /** The constraint's kind, or `corroboration`. */
  readonly name: string;
  readonly need: string;
  readonly got: string;
  readonly verdict: "met" | "not met" | "unknown";
  readonly fault: Fault | null;
};

export type PlaceCode = Extract<Fault["code"], `PLACE_${string}` | "OUTSIDE_PLACE">;

/** Met where there is no code. */
export function finding(
  participant: string,
  name: string,
  need: string,
  got: string,
  code: PlaceCode | null,
  frame: string | null = null,
): PlaceFinding {
  const inFrame = frame === null ? {} : { frame };
  const refused = code === null ? null : fault(code, { participant, need, got, ...inFrame }).fault;
  return { participant, name, need, got, verdict: refused === null ? "met" : "not met", fault: refused };
}

/** What is not stated cannot be judged: it is waited for, and counts for nothing until then. */
export function missing(participant: Participant, name: string, need: string, frame: string): PlaceFinding {
  const got = participant.places.map((place) => place.frame).join(", ") || "no frame";
  const refused = fault("PLACE_MISSING", { participant: participant.id, frame, found: got }).fault;
  return { participant: participant.id, name, need, got, verdict: "unknown", fault: refused };
}

/** Uncertainty that straddles a limit counts against whom it concerns, or for it, as the profile says. */
export function codeOf({ mode }: Profile, found: Reach, beyond: PlaceCode): PlaceCode | null {
  if (found === "beyond") return beyond;
  return found === "straddles" && mode === "conservative" ? "PLACE_UNCERTAIN" : null;
}

export function describeFence({ fence, frame }: Extract<Constraint, { kind: "fence" }>): string {
  return "centre" in fence
    ? `within ${metres(fence.radius)} of [${fence.centre.join(", ")}] in ${frame}`
    : `inside a polygon of ${fence.polygon.length} corners in ${frame}`;
}

/** How far from the middle of a sphere; of a polygon there is no middle, and the position itself is told. */
export function describeFix({ position, uncertainty }: Fix, fence: Fence): string {
  const give = `± ${metres(uncertainty)}`;
  if ("polygon" in fence) return `[${position.join(", ")}] mm ${give}`;
  return `${metres(Number(wholeRoot(squaredDistance(position, fence.centre))))} ${give}`;
}

/** Metres to the millimetre, for people. */
export function metres(millimetres: number): string {
  return `${Math.floor(millimetres / 1_000)}.${String(millimetres % 1_000).padStart(3, "0")} m`;
}
