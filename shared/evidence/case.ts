// What one check of the verifier hands on to the next (SPEC §12.3), and how it stops.
import type { Revocation } from "../authority/statement.ts";
import type { Trust } from "../authority/trust.ts";
import type { CeremonyState } from "../ceremony/state.ts";
import type { Call, Observation, VerifiedObservation } from "../observation/observation.ts";
import type { RefusalCode } from "../refusals.ts";
import type { Fault } from "../result.ts";
import type { Bundle } from "./bundle.ts";
import type { TrustStatement } from "./trust-statement.ts";

export type VerifyOptions = {
  readonly trust: TrustStatement;
  /** Frames of revocations known beside the bundle's own. */
  readonly revocations?: readonly Uint8Array[];
  /** Judge as of this instant, in microseconds. */
  readonly at?: number | null;
};

/** An entry of the bundle on which the verdict does not rest, and why. */
export type SetAside = { readonly entry: string; readonly code: RefusalCode };

/** What the checks hand on from one to the next. */
export type Case = {
  readonly options: VerifyOptions;
  readonly bundle: Bundle;
  readonly trust: Trust;
  /** Revocations that the evidence itself carries: judged over the closed sets, and not at the door. */
  readonly carried: readonly Revocation[];
  /** Statements that the rest does not rest on, such as frames dated before a revocation that nobody vouches for. */
  readonly setAside: readonly SetAside[];
  readonly call: Observation<Call> | null;
  readonly frames: readonly VerifiedObservation[];
  readonly state: CeremonyState | null;
};

export type Stopped = {
  readonly is: "failed" | "indeterminate";
  readonly step?: string;
  readonly entry: string;
  readonly fault: Fault;
};
export const failed = (entry: string, stop: { readonly fault: Fault }, step?: string): Stopped => ({
  is: "failed",
  entry,
  fault: stop.fault,
  ...(step ? { step } : {}),
});
export const cannotTell = (entry: string, stop: { readonly fault: Fault }): Stopped => ({
  is: "indeterminate",
  entry,
  fault: stop.fault,
});
