// A coalition's revocation inside a notice (SPEC §3.5): the declaration as its authority signed it to its mesh. Whether it counts is judged where
// it bears on something.
import { readAs } from "../cbor/read.ts";
import { readStated } from "../coalition/stated.ts";
import { readTranslatorRevocation } from "../mesh/documents/translator.ts";
import { fault, type Result } from "../result.ts";
import type { Observation, Withdrawal } from "./observation.ts";

export const WITHDRAWAL_TYPE = "coalition-revocation";

/** What a declaration withdraws; refused where it is no readable revocation. */
export function withdrawalIn({ id, frame, mesh, chain, at, body }: Observation): Result<Withdrawal> {
  if (body.kind !== "declaration" || body.type !== WITHDRAWAL_TYPE)
    return fault("FIELD_INVALID", { path: "withdrawal", need: `a declaration of the type ${WITHDRAWAL_TYPE}` });
  const stated = readAs(body.content, readStated, "withdrawal");
  if (!stated.ok) return stated;
  const revocation = readAs(stated.value.document, readTranslatorRevocation(null), "withdrawal");
  return revocation.ok ? { ok: true, value: { id, frame, mesh, chain, at, revocation: revocation.value } } : revocation;
}
