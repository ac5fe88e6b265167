// The one door (SPEC §4). Every road (queue, HTTP, NATS, file, repair) leads through it; the first failure in its fixed order is
// the refusal. It judges by the bytes that arrived and by carried evidence only, never by a local clock.

import {
  checkRevocations,
  checkValidity,
  grantsClass,
  grantsRole,
  leafOf,
  type Trust,
  verifyChain,
} from "../authority/chain.ts";
import { toHex } from "../bytes.ts";
import { verifyEd25519 } from "../cose/ed25519.ts";
import { admitKey } from "../cose/key.ts";
import { TTL_MICROS_MAX } from "../limits.ts";
import { fault, ok, type Result } from "../result.ts";
import { parseObservation } from "./decode.ts";
import type { Observation, VerifiedObservation } from "./observation.ts";

/** Admits one frame, or refuses it with a code. */
export async function admit(frame: Uint8Array, trust: Trust): Promise<Result<VerifiedObservation>> {
  const parsed = parseObservation(frame); // size, canonical form, structure
  if (!parsed.ok) return parsed;
  const { observation, statement } = parsed.value;
  const key = admitKey(statement.key);
  if (!key.ok) return key;
  const signed = await verifyEd25519(statement.key, statement.toBeSigned, statement.sign1.signature);
  if (!signed.ok) return signed;
  if (trust.mesh !== null && observation.mesh !== trust.mesh)
    return fault("MESH_UNKNOWN", { mesh: observation.mesh, need: trust.mesh });
  const authorised = await admitAuthority(observation, trust);
  if (!authorised.ok) return authorised;
  if (observation.timeToLive === 0 || observation.timeToLive > TTL_MICROS_MAX)
    return fault("TTL_RANGE", { limit: TTL_MICROS_MAX });
  return ok(observation as VerifiedObservation);
}

/** Steps of the door from the chain to competence (SPEC §4.5 to §4.8). */
async function admitAuthority(observation: Observation, trust: Trust): Promise<Result<true>> {
  const { chain, at, mesh, governanceClass, body } = observation;
  const recognised = await verifyChain(chain, mesh, trust);
  if (!recognised.ok) return recognised;
  if (toHex(leafOf(chain).grant.key) !== observation.key) return fault("SIGNER_MISMATCH");
  const valid = checkValidity(chain, at);
  if (!valid.ok) return valid;
  const current = checkRevocations(chain, at, trust.revocations);
  if (!current.ok) return current;
  if (!grantsClass(chain, governanceClass))
    return fault("CLASS_NOT_GRANTED", { class: governanceClass, granted: leafOf(chain).grant.classes.join(", ") });
  if (body.kind === "contribution" && !grantsRole(chain, body.role))
    return fault("ROLE_NOT_GRANTED", { role: body.role, granted: leafOf(chain).grant.roles.join(", ") });
  return ok(true);
}
