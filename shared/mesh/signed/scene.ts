// A scene from signed statements that passed the door (SPEC §20.12): the same functions then reconcile it as reconcile a plain one.
import type { Trust } from "../../authority/trust.ts";
import { type FactBody, isKind, type Observation, type VerifiedObservation } from "../../observation/observation.ts";
import { fault, ok, type Result } from "../../result.ts";
import type { Agreement } from "../agreement.ts";
import type { Fact, History } from "../fact.ts";
import type { Scene } from "../reconcile.ts";
import type { Refusal } from "../routes.ts";
import {
  bindingAgreement,
  type Declaration,
  declaredAlignment,
  declaredTranslators,
  isDeclaration,
} from "./declared.ts";
import { importsOf, type Unwrapped } from "./envelope.ts";
import type { Opened, SignedParts, Trusts } from "./open.ts";
import { authorityOf, factOf } from "./voice.ts";

export type SignedScene = {
  readonly scene: Scene;
  /** Statements that were not facts and were refused, by id. */
  readonly refused: readonly Refusal[];
  /** Acts by which either mesh had imported what it holds, by fact. */
  readonly imports: ReadonlyMap<string, readonly Unwrapped[]>;
};

export function sceneFrom(parts: SignedParts): Result<SignedScene> {
  const { meshes, histories, trusts } = parts;
  const stamps = histories.flatMap(({ admitted }) => admitted.map((observation) => observation.at[1]));
  const at = parts.at ?? stamps.reduce((latest, stamp) => Math.max(latest, stamp), 0);
  const agreement = bindingAgreement(parts.agreement.admitted, at);
  if (!agreement.ok) return agreement;
  const alignment = declaredAlignment(parts.alignment.admitted, meshes);
  if (!alignment.ok) return alignment;
  const [ours, theirs] = meshes.map((mesh, index) =>
    historyOf(mesh, histories[index] as Opened, trusts, agreement.value),
  ) as [Read, Read];
  const declared = declaredTranslators(parts.translators.admitted);
  const { translators, revocations } = declared;
  const scene: Scene = {
    agreement: agreement.value,
    histories: [ours.history, theirs.history],
    translators,
    revocations,
    alignment: alignment.value,
    at,
  };
  const others = [parts.agreement, parts.translators, parts.alignment].flatMap(({ refused }) => refused);
  const refused = [...others, ...declared.refused];
  return ok({ scene, refused, imports: new Map([...ours.imports, ...theirs.imports]) });
}

type Read = { readonly history: History; readonly imports: ReadonlyMap<string, readonly Unwrapped[]> };

/** A mesh's own facts, and those of others that it imported; a foreign one without an import is refused. */
function historyOf(mesh: string, { admitted, refused }: Opened, trusts: Trusts, agreement: Agreement): Read {
  const { imports, refused: hollow } = importsOf(admitted, mesh);
  const facts: Fact[] = [];
  const denied: Refusal[] = [...refused, ...hollow];
  for (const observation of admitted) {
    if (!isKind(observation, "fact")) continue;
    const fact = signedFact(observation, trusts);
    const acts = imports.get(fact.id) ?? [];
    if (fact.origin !== mesh && acts.length === 0)
      denied.push({ id: fact.id, fault: fault("IMPORT_MISSING", { fact: fact.id, origin: fact.origin, mesh }).fault });
    else facts.push({ ...fact, cap: capOf(acts) });
  }
  const history = {
    mesh,
    frame: agreement.frames.get(mesh) ?? facts.find(({ origin }) => origin === mesh)?.frame ?? "",
    taxonomy: agreement.taxonomies.get(mesh) ?? null,
    rule: null,
    facts,
    spoken: admitted.filter(isDeclaration).map((declaration) => spokenBy(declaration, trusts)),
    refused: denied,
  };
  return { history, imports };
}

function spokenBy({ id, mesh, chain, lineage }: Declaration, trusts: Trusts): NonNullable<History["spoken"]>[number] {
  const { roots } = trusts.get(mesh) as Trust;
  return { id, origin: mesh, authority: authorityOf(chain, roots), sequence: lineage.sequence };
}

function signedFact(observation: VerifiedObservation & Observation<FactBody>, trusts: Trusts): Fact {
  return factOf(observation, trusts.get(observation.mesh) as Trust);
}

/** A fact that was passed on counts for no more than anyone on the way let it count. */
function capOf(acts: readonly Unwrapped[]): number | null {
  const tiers = acts.flatMap((unwrapped) => unwrapped.acts.map(({ tier }) => tier));
  return tiers.length === 0 ? null : Math.min(...tiers);
}
