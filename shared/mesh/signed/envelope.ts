// Imports (SPEC §20.11): the act by which a boundary agent takes a foreign fact into its mesh, signed beside the untouched original and
// never instead of it. What was imported from a mesh that had itself imported it shows every act, and its origin innermost.
import { leafOf } from "../../authority/chain.ts";
import { integer, list, nullable, oneOf, type Reader, readAs, text } from "../../cbor/read.ts";
import { NESTING_MAX } from "../../limits.ts";
import { type Labels, readLabels } from "../../observation/labels.ts";
import type { Interval, VerifiedObservation } from "../../observation/observation.ts";
import { fault, ok, type Result } from "../../result.ts";
import { fields, NO_ITEMS } from "../documents/fields.ts";
import type { Refusal } from "../routes.ts";
import { type Agents, mayCarry, provenAgents } from "./agents.ts";
import { type Declaration, isDeclaration, ofType } from "./declared.ts";

export type ImportAct = {
  /** The mesh that it came from; its origin is in the innermost statement. */
  readonly from: string;
  /** The fact, or an import of it, by id. */
  readonly inner: string;
  readonly agreement: string;
  readonly translators: readonly string[];
  /** What its authority counts as here, and for how much. */
  readonly as: string;
  readonly tier: number;
  /** Admitted to be weighed with local facts, or kept for information only. */
  readonly verdict: "admitted" | "information";
  /** Digest of the reconciliation it came of; null where it was taken by itself. */
  readonly record: string | null;
  /** The labels that it bears here, in the words of this mesh. */
  readonly labels: Labels;
};

const readAct: Reader<ImportAct> = fields<ImportAct>(
  {
    from: text(),
    inner: text(),
    agreement: text(),
    translators: list(text(), NESTING_MAX * 2),
    as: text(),
    tier: integer(0, Number.MAX_SAFE_INTEGER),
    verdict: oneOf("admitted", "information"),
    record: nullable(text()),
    labels: readLabels,
  },
  { labels: NO_ITEMS },
  null,
);

/** An import with the acts inside it, outermost first, and the id of the fact that they are about. */
export type Unwrapped = {
  readonly fact: string;
  readonly acts: readonly (ImportAct & {
    readonly id: string;
    readonly mesh: string;
    /** Whose credential it was signed under, and when by that mesh's clock. */
    readonly by: string;
    readonly at: Interval;
  })[];
};

/** Follows an import to the fact inside it; the statements it names must be at hand. */
export function unwrap(
  act: Declaration,
  byId: ReadonlyMap<string, VerifiedObservation>,
  agents: Agents,
): Result<Unwrapped> {
  const acts: Unwrapped["acts"][number][] = [];
  let at: VerifiedObservation = act;
  while (isDeclaration(at) && at.body.type === "import") {
    if (acts.length >= NESTING_MAX) return fault("IMPORT_NESTED", { import: act.id, limit: NESTING_MAX });
    const read = readAs(at.body.content, readAct, "import");
    if (!read.ok) return fault("MESH_DOCUMENT_INVALID", { document: "import", ...read.fault.detail });
    acts.push({ ...read.value, id: at.id, mesh: at.mesh, by: leafOf(at.chain).grant.subject, at: at.at });
    const inner = byId.get(read.value.inner);
    if (inner === undefined) return fault("IMPORT_HOLLOW", { import: act.id, inner: read.value.inner });
    if (inner.mesh !== read.value.from)
      return fault("IMPORT_ORIGIN", { import: act.id, said: read.value.from, found: inner.mesh });
    const carried = mayCarry(agents, at.key, inner.mesh, at.mesh, inner.governanceClass);
    if (!carried.ok) return carried;
    at = inner;
  }
  return at.body.kind === "fact" ? ok({ fact: at.id, acts }) : fault("IMPORT_HOLLOW", { import: act.id, inner: at.id });
}

/** All imports of a mesh by the fact that they are about; one fact imported by two agents has two acts. */
export function importsOf(
  all: readonly VerifiedObservation[],
  mesh: string,
): { readonly imports: ReadonlyMap<string, readonly Unwrapped[]>; readonly refused: readonly Refusal[] } {
  const byId = new Map(all.map((observation) => [observation.id, observation]));
  const agents = provenAgents(all);
  const { found, refused } = ofType(all, "import");
  const imports = new Map<string, readonly Unwrapped[]>();
  const denied: Refusal[] = [...refused];
  for (const act of found.filter((declaration) => declaration.mesh === mesh)) {
    const unwrapped = unwrap(act, byId, agents);
    if (!unwrapped.ok) denied.push({ id: act.id, fault: unwrapped.fault });
    else imports.set(unwrapped.value.fact, [...(imports.get(unwrapped.value.fact) ?? []), unwrapped.value]);
  }
  return { imports, refused: denied };
}
