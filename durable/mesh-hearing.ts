// Revocations that a mesh's keeper holds, by whatever road they came: of the coalition's translators, of translators between meshes, and of
// credentials in any mesh whose statements it keeps.
import { isStatement, parseAuthorityStatement } from "../shared/authority/statement.ts";
import { readAs } from "../shared/cbor/read.ts";
import type { OpenedPool } from "../shared/coalition/open.ts";
import { itemOfRevocation, type Posture } from "../shared/coalition/posture.ts";
import { readTranslatorRevocation } from "../shared/mesh/documents/translator.ts";
import { declaredTranslators } from "../shared/mesh/signed/declared.ts";
import { mayRevoke } from "../shared/mesh/translator.ts";
import type { Heard } from "./coalition-ledger.ts";
import type { Mesh } from "./mesh-object.ts";

/** All that are held now, as of an instant; those that are known already are sorted out by whoever keeps them. */
export function heardNow(host: Mesh, pool: OpenedPool, now: readonly Posture[], at: number): readonly Heard[] {
  return [
    ...coalitionRevocations(host, pool, now, at),
    ...translatorRevocations(host, at),
    ...credentialRevocations(host, at),
  ];
}

function coalitionRevocations(
  { standing: { mesh } }: Mesh,
  { pool, said }: OpenedPool,
  now: readonly Posture[],
  at: number,
): readonly Heard[] {
  return pool.revocations.flatMap((revocation) => {
    const item = itemOfRevocation(revocation);
    const stands = now.some((posture) => posture.item === item && posture.status !== "rejected");
    const { revokes, by, after } = revocation;
    const enforcing = stands ? Math.max(at, after) : null;
    const heard = {
      kind: "translator" as const,
      mesh,
      revokes,
      by,
      key: null,
      after,
      reason: null,
      seen: at,
      enforcing,
    };
    return said.filter((one) => one.item === item).map(({ id }) => ({ id, ...heard }));
  });
}

/** Of translators between meshes: the mesh that signed it revokes. */
function translatorRevocations(host: Mesh, at: number): readonly Heard[] {
  const revocations = host.ledger.statements(undefined, "translator-revocation");
  if (revocations.length === 0) return [];
  const { translators } = declaredTranslators(host.ledger.statements(undefined, "translator"));
  return revocations.flatMap(({ id, mesh: by, body }): readonly Heard[] => {
    if (body.kind !== "declaration") return [];
    const read = readAs(body.content, readTranslatorRevocation(null), body.type);
    if (!read.ok) return [];
    const { revokes, after } = read.value;
    const named = translators.filter((translator) => translator.id === revokes || revokes === "*");
    const stands = named.some((translator) => mayRevoke(by, translator));
    const enforcing = stands ? Math.max(at, after) : null;
    const { mesh } = host.standing;
    return [{ id, kind: "translator", mesh, revokes, by, key: null, after, reason: null, seen: at, enforcing }];
  });
}

function credentialRevocations(host: Mesh, at: number): readonly Heard[] {
  return host.ledger.authority().flatMap((frame): readonly Heard[] => {
    const parsed = parseAuthorityStatement(frame);
    const signed = parsed.ok ? parsed.value.signed : null;
    if (signed === null || !isStatement(signed, "revocation")) return [];
    const { id, signer: key, body } = signed;
    const { mesh, credential, from, reason } = body;
    const by = host.roots.get(key) ?? key;
    const enforcing = Math.max(at, from);
    return [{ id, kind: "credential", mesh, revokes: credential, by, key, after: from, reason, seen: at, enforcing }];
  });
}
