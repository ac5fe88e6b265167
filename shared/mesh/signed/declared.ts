// What the authorities of meshes have declared: agreements, translators, alignments (SPEC §20.2, §20.5, §20.6). A declaration counts for
// the mesh of whoever signed it, in the role that its type asks for; one content has one name, whoever signs it.
import { grantsRole } from "../../authority/chain.ts";
import { encodeCanonical } from "../../cbor/encode.ts";
import { readAs } from "../../cbor/read.ts";
import type { CborMap, Encodable } from "../../cbor/value.ts";
import { sha256Hex } from "../../hash.ts";
import type { DeclarationBody, Observation, VerifiedObservation } from "../../observation/observation.ts";
import { isKind } from "../../observation/observation.ts";
import { fault, ok, type Result } from "../../result.ts";
import { compareText, sortedTexts } from "../../text.ts";
import type { Agreement } from "../agreement.ts";
import type { Alignment } from "../alignment.ts";
import { readAgreement } from "../documents/agreement.ts";
import { readAlignment } from "../documents/history.ts";
import { readStep, type Step } from "../documents/step.ts";
import { readTranslator, readTranslatorRevocation } from "../documents/translator.ts";
import type { Refusal } from "../routes.ts";
import type { Translator, TranslatorRevocation } from "../translator.ts";

export type Declaration = VerifiedObservation & Observation<DeclarationBody>;

/** The role in which each type of declaration is signed. */
export const ROLES = {
  agreement: "federation-authority",
  suspension: "federation-authority",
  resumption: "federation-authority",
  termination: "federation-authority",
  translator: "translator",
  "translator-revocation": "translator",
  alignment: "alignment-witness",
  boundary: "boundary-agent",
  import: "boundary-agent",
  exchange: "gateway",
  review: "gateway-reviewer",
  receipt: "boundary-agent",
  reconciliation: "boundary-agent",
  disconnection: "disconnection-authority",
  return: "disconnection-authority",
} as const;
export type DeclarationType = keyof typeof ROLES;

export function isDeclaration(observation: VerifiedObservation): observation is Declaration {
  return isKind(observation, "declaration");
}

/** The name of a content: the same for everyone who signs it. */
export function contentId(content: CborMap): string {
  return sha256Hex(encodeCanonical(content as Encodable));
}

/** Declarations of a type whose signer holds its role; the others are refused by id. */
export function ofType(
  all: readonly VerifiedObservation[],
  type: DeclarationType,
): { readonly found: readonly Declaration[]; readonly refused: readonly Refusal[] } {
  const named = all.filter(isDeclaration).filter(({ body }) => body.type === type);
  const role = ROLES[type];
  return {
    found: named.filter(({ chain }) => grantsRole(chain, role)),
    refused: named
      .filter(({ chain }) => !grantsRole(chain, role))
      .map(({ id, chain }) => ({
        id,
        fault: fault("ROLE_NOT_GRANTED", { role, granted: chain.at(-1)?.grant.roles.join(", ") }).fault,
      })),
  };
}

/** Declarations of one content, and the meshes whose authorities signed it. */
export type Shared = { readonly id: string; readonly content: CborMap; readonly meshes: ReadonlySet<string> };

function byContent(declarations: readonly Declaration[]): readonly Shared[] {
  const groups = new Map<string, { readonly content: CborMap; readonly meshes: Set<string> }>();
  for (const { body, mesh } of declarations) {
    const id = contentId(body.content);
    const group = groups.get(id) ?? { content: body.content, meshes: new Set() };
    group.meshes.add(mesh);
    groups.set(id, group);
  }
  return [...groups].map(([id, group]) => ({ id, ...group })).sort((a, b) => compareText(a.id, b.id));
}

/**
 * The agreement that all its meshes have signed and that none signed by all replaces; with the suspensions and terminations in effect.
 * An amendment that not every side has signed changes nothing.
 */
export function bindingAgreement(all: readonly VerifiedObservation[], at: number): Result<Agreement> {
  const signed: { readonly agreement: Agreement; readonly missing: readonly string[] }[] = [];
  for (const { id, content, meshes } of byContent(ofType(all, "agreement").found)) {
    const agreement = readAs(content, readAgreement(id, null), "agreement");
    if (!agreement.ok) return fault("MESH_DOCUMENT_INVALID", { document: "agreement", ...agreement.fault.detail });
    signed.push({ agreement: agreement.value, missing: agreement.value.meshes.filter((mesh) => !meshes.has(mesh)) });
  }
  const complete = signed.filter(({ missing }) => missing.length === 0).map(({ agreement }) => agreement);
  const standing = complete.filter(({ id }) => !complete.some(({ replaces }) => replaces === id));
  const [first, second] = standing;
  if (first === undefined) {
    const [open] = signed;
    return fault("AGREEMENT_UNSIGNED", {
      agreement: open?.agreement.id,
      missing: open?.missing.join(", ") ?? "any side",
    });
  }
  if (second !== undefined) return fault("AGREEMENT_CONTRADICTORY", { one: first.id, other: second.id });
  return withSteps(first, all, at);
}

/** Root keys of each mesh, and whom each stands for, as agreements name them. */
export function declaredRoots(all: readonly VerifiedObservation[]): ReadonlyMap<string, ReadonlyMap<string, string>> {
  const roots = new Map<string, Map<string, string>>();
  for (const { id, content } of byContent(ofType(all, "agreement").found)) {
    const agreement = readAs(content, readAgreement(id, null), "agreement");
    if (!agreement.ok) continue;
    for (const [mesh, keys] of agreement.value.roots) {
      const known = roots.get(mesh) ?? new Map<string, string>();
      for (const [authority, key] of keys) known.set(key, authority);
      roots.set(mesh, known);
    }
  }
  return roots;
}

/** Suspensions hold from their instant until a later resumption by the same mesh; a termination for good. */
function withSteps(agreement: Agreement, all: readonly VerifiedObservation[], at: number): Result<Agreement> {
  const steps: (Step & { readonly type: DeclarationType; readonly mesh: string })[] = [];
  for (const type of ["suspension", "resumption", "termination"] as const) {
    for (const { mesh, body } of ofType(all, type).found) {
      const step = readAs(body.content, readStep, type);
      if (!step.ok) return fault("MESH_DOCUMENT_INVALID", { document: type, ...step.fault.detail });
      if (step.value.agreement === agreement.id && step.value.from <= at) steps.push({ ...step.value, type, mesh });
    }
  }
  const latest = (mesh: string, type: DeclarationType) =>
    Math.max(-1, ...steps.filter((step) => step.mesh === mesh && step.type === type).map(({ from }) => from));
  return ok({
    ...agreement,
    suspendedBy: agreement.meshes.filter((mesh) => latest(mesh, "suspension") > latest(mesh, "resumption")),
    terminatedBy: agreement.meshes.filter((mesh) => latest(mesh, "termination") >= 0),
  });
}

export type DeclaredTranslators = {
  readonly translators: readonly Translator[];
  readonly revocations: readonly TranslatorRevocation[];
  readonly refused: readonly Refusal[];
};

/** Translators that the mesh they lead into has signed: recognition is its own decision, and nobody else's. */
export function declaredTranslators(all: readonly VerifiedObservation[]): DeclaredTranslators {
  const { found, refused } = ofType(all, "translator");
  const translators: Translator[] = [];
  const denied: Refusal[] = [...refused];
  for (const { id, content, meshes } of byContent(found)) {
    const translator = readTranslatorContent(content);
    if (!translator.ok) denied.push({ id, fault: translator.fault });
    else if (!meshes.has(translator.value.to)) {
      const { id: name, to } = translator.value;
      denied.push({ id: name, fault: fault("TRANSLATOR_UNRECOGNISED", { translator: name, mesh: to }).fault });
    } else translators.push(translator.value);
  }
  const revocations: TranslatorRevocation[] = [];
  for (const { id, mesh, body } of ofType(all, "translator-revocation").found) {
    const revocation = readAs(body.content, readTranslatorRevocation(null), "revocation");
    if (!revocation.ok) denied.push({ id, fault: invalid("revocation", revocation.fault.detail) });
    // Whoever it names as revoking, the mesh that signed it does.
    else revocations.push({ ...revocation.value, by: mesh });
  }
  return { translators, revocations, refused: denied };
}

export function readTranslatorContent(content: CborMap): Result<Translator> {
  const translator = readAs(content, readTranslator(null), "translator");
  return translator.ok ? translator : { ok: false, fault: invalid("translator", translator.fault.detail) };
}

function invalid(document: string, detail: Readonly<Record<string, unknown>>) {
  return fault("MESH_DOCUMENT_INVALID", { document, ...detail }).fault;
}

/** The alignment that witnesses of both meshes have signed; null where none was given. */
export function declaredAlignment(
  all: readonly VerifiedObservation[],
  pair: readonly [string, string],
): Result<Alignment | null> {
  const signed = byContent(ofType(all, "alignment").found);
  if (signed.length === 0) return ok(null);
  const [both, other] = signed.filter(({ meshes }) => pair.every((mesh) => meshes.has(mesh)));
  if (both === undefined) {
    const seen = signed[0]?.meshes ?? new Set();
    const missing = sortedTexts(pair.filter((mesh) => !seen.has(mesh))).join(", ");
    return fault("ALIGNMENT_UNWITNESSED", { alignment: signed[0]?.id, missing });
  }
  if (other !== undefined)
    return fault("ALIGNMENT_CONTRADICTORY", { alignment: `${both.id} and ${other.id}`, event: 0 });
  const alignment = readAs(both.content, readAlignment(both.id, null), "alignment");
  return alignment.ok ? alignment : { ok: false, fault: invalid("alignment", alignment.fault.detail) };
}
