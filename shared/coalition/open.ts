// A coalition's pool through the one door: frames by whatever road, judged under what is known of authority now, so that a key that was
// revoked since takes its statements with it.
import type { Trust } from "../authority/trust.ts";
import { openFrames } from "../mesh/signed/open.ts";
import type { VerifiedObservation } from "../observation/observation.ts";
import { poolFrom, type SignedPool } from "./signed.ts";

export type OpenedPool = SignedPool & { readonly admitted: readonly VerifiedObservation[] };

/** What the door refuses is among the refused, said by nobody that is known. */
export async function openPool(frames: readonly Uint8Array[], mesh: string, trust: Trust): Promise<OpenedPool> {
  const { admitted, refused } = await openFrames(frames, new Map([[mesh, trust]]));
  const signed = poolFrom(admitted, trust.roots);
  return { ...signed, admitted, refused: [...refused.map((one) => ({ ...one, from: null })), ...signed.refused] };
}
