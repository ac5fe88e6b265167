// A recorded ceremony as a plain document (SPEC §6.14), for trying another policy on what parties once said. It proves nothing: signatures
// are not looked at here, and what was said is taken as it stands.
import { type Json, toJson } from "../cbor/json.ts";
import { parseObservation } from "../observation/decode.ts";
import type { Call, ContributionBody, Observation } from "../observation/observation.ts";
import { fault, ok, type Result } from "../result.ts";
import type { Bundle } from "./bundle.ts";

export type Recorded = {
  /** As `decide` takes it. */
  readonly document: Json;
  readonly policy: Uint8Array;
  readonly ended: { readonly status: string; readonly value: Json };
};

export function scenarioOf({ ceremony, frames, outcome }: Bundle): Result<Recorded> {
  const observations: Observation[] = [];
  for (const { frame } of frames) {
    const parsed = parseObservation(frame);
    if (!parsed.ok) return parsed;
    observations.push(parsed.value.observation);
  }
  const call = observations.find(({ id }) => id === ceremony);
  if (call?.body.kind !== "call") return fault("BUNDLE_CALL", { reason: "no frame is the call" });
  const { seats, subject, policy } = call.body as Call;
  const repeated = new Set(seats.map(({ authority }) => authority)).size < seats.length;
  const names = seats.map(({ authority, role }) => (repeated ? `${authority}/${role}` : authority));
  const parties = seats.map(({ authority, role, power }, index) => ({
    id: names[index] as string,
    authority,
    role,
    power,
  }));
  const said = observations.filter(
    ({ body }) => body.kind === "contribution",
  ) as readonly Observation<ContributionBody>[];
  const last = said.reduce((most, { round }) => Math.max(most, round ?? 0), 0);
  const rounds = Array.from({ length: last + 1 }, (_, round) =>
    said
      .filter((one) => one.round === round)
      .map(({ slot, body }) => ({
        party: names[slot.seat ?? -1] ?? "a stranger",
        ...(slot.item === null ? {} : { slot: slot.item }),
        payload: toJson(body.content),
      })),
  );
  return ok({
    document: { subject: toJson(subject), parties, rounds },
    policy,
    ended: { status: outcome.status, value: toJson(outcome.value) },
  });
}
