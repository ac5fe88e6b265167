// A declaration before its author signs it: of a known type, readable, and in a role that the author holds (SPEC §20.12).
import { type Chain, grantsRole, leafOf } from "../../authority/chain.ts";
import { type Reader, readAs } from "../../cbor/read.ts";
import type { CborMap } from "../../cbor/value.ts";
import { COALITION_TYPES, isCoalition, readSaid } from "../../coalition/signed.ts";
import { fault, ok, type Result } from "../../result.ts";
import { readAgreement } from "../documents/agreement.ts";
import { readDisconnection, readReturn } from "../documents/disconnection.ts";
import { readAlignment } from "../documents/history.ts";
import { readStep } from "../documents/step.ts";
import { readTranslator, readTranslatorRevocation } from "../documents/translator.ts";
import { type DeclarationType, ROLES } from "./declared.ts";

/** Types that people declare by hand; the others follow from what an agent does. */
const READERS = {
  agreement: readAgreement("", null),
  suspension: readStep,
  resumption: readStep,
  termination: readStep,
  translator: readTranslator(null),
  "translator-revocation": readTranslatorRevocation(null),
  alignment: readAlignment("", null),
  boundary: (value) => value,
  disconnection: readDisconnection,
  return: readReturn,
} as const satisfies { readonly [T in DeclarationType]?: Reader<unknown> };

const DECLARABLE: readonly string[] = [...Object.keys(READERS), ...COALITION_TYPES];

/** `roots` are the author's own mesh's: what a coalition's authority says of its policy is in its own name. */
export function vetDeclaration(
  type: string,
  content: CborMap,
  chain: Chain,
  roots: ReadonlyMap<string, string>,
): Result<true> {
  if (isCoalition(type)) {
    const said = readSaid(type, content, chain, roots);
    return said.ok ? ok(true) : said;
  }
  if (!Object.hasOwn(READERS, type)) return fault("BODY_INVALID", { path: "type", need: DECLARABLE.join(", ") });
  const known = type as keyof typeof READERS;
  const read = readAs<unknown>(content, READERS[known], known);
  if (!read.ok) return fault("MESH_DOCUMENT_INVALID", { document: known, ...read.fault.detail });
  const role = ROLES[known];
  const { roles } = leafOf(chain).grant;
  // Which reason a return may end is judged where the declaration is at hand.
  const narrower = known === "disconnection" ? `${role}/${content.get("reason")}` : `${role}/`;
  if (grantsRole(chain, role) || roles.some((one) => one.startsWith(narrower))) return ok(true);
  return fault("ROLE_NOT_GRANTED", { role, granted: roles.join(", ") });
}
