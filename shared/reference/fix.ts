// A participant and where it is in a given frame (SPEC §16.1).
import { isLogical, type LogicalPlace, type MetricPlace, type Place, type Vector } from "./place.ts";
import type { Profile } from "./profile.ts";
import { transformed } from "./transform.ts";

export type Participant = { readonly id: string; readonly authority: string; readonly places: readonly Place[] };

export type Fix = { readonly position: Vector; readonly uncertainty: number };

/** As stated in that frame, or else carried there by the first transform of the profile that leads there. */
export function fixIn({ transforms }: Profile, { places }: Participant, frame: string): Fix | null {
  const metric = places.filter((place): place is MetricPlace => !isLogical(place) && place.position !== null);
  const stated = metric.find((place) => place.frame === frame);
  if (stated?.position) return { position: stated.position, uncertainty: stated.uncertainty };
  for (const transform of transforms) {
    const place = metric.find((candidate) => transform.to === frame && candidate.frame === transform.from);
    if (!place?.position) continue;
    const { position, added } = transformed(transform, place.position);
    return { position, uncertainty: place.uncertainty + added };
  }
  return null;
}

export function keyIn({ places }: Participant, frame: string): string | null {
  return places.find((place): place is LogicalPlace => isLogical(place) && place.frame === frame)?.key ?? null;
}
