// What a reconciliation of two meshes depends on, picked from all that a boundary agent holds of both (SPEC §20.12). Whoever holds the same
// statements picks the same, in whichever order they came and whatever either mesh has since imported from the other: so both sides'
// records, and those of any later day without new facts, have one digest.
import type { CborValue } from "../../cbor/value.ts";
import { isCborMap } from "../../cbor/value.ts";
import { isKind, type VerifiedObservation } from "../../observation/observation.ts";
import { type Declaration, type DeclarationType, isDeclaration } from "../signed/declared.ts";
import { type FramesFile, NO_FRAMES } from "../signed/frames-file.ts";
import type { SceneFiles } from "../signed/open.ts";

export type Holdings = {
  readonly statements: readonly VerifiedObservation[];
  /** What is known of authority: revocations, rotations and the like. */
  readonly authority: readonly Uint8Array[];
};

const STEPS: readonly string[] = ["suspension", "resumption", "termination"] satisfies DeclarationType[];
const TRANSLATIONS: readonly string[] = ["translator", "translator-revocation"] satisfies DeclarationType[];

type Pair = readonly [string, string];

/** The files of a reconciliation, as people carry them, judged at the latest stamp of what counts; our own mesh first. */
export function pairFiles({ statements, authority }: Holdings, pair: Pair): Omit<SceneFiles, "trust"> {
  const all = [...new Map(statements.map((statement) => [statement.id, statement])).values()];
  const declared = all.filter(isDeclaration);
  const agreements = declared.filter((declaration) => isBetween(declaration, pair));
  const steps = declared.filter(({ body }) => STEPS.includes(body.type));
  const frames = new Set([...pair, ...agreements.flatMap(({ body }) => namesIn(body.content.get("frames")))]);
  const histories = [historyOf(all, pair[0], pair[1]), historyOf(all, pair[1], pair[0])] as const;
  const aligned = (value: CborValue | undefined) => typeof value === "string" && frames.has(value);
  return {
    agreement: { ...fileOf([...agreements, ...steps]), statements: authority },
    ours: fileOf([...histories[0], ...spokenIn(declared, pair[0])], pair[0]),
    theirs: fileOf([...histories[1], ...spokenIn(declared, pair[1])], pair[1]),
    at: histories.flat().reduce((latest, { at }) => Math.max(latest, at[1]), 0),
    translators: [fileOf(declared.filter(({ body }) => TRANSLATIONS.includes(body.type)))],
    alignment: fileOf(
      declared.filter(
        ({ body }) => body.type === "alignment" && aligned(body.content.get("from")) && aligned(body.content.get("to")),
      ),
    ),
  };
}

function fileOf(statements: readonly VerifiedObservation[], mesh: string | null = null): FramesFile {
  return { ...NO_FRAMES, frames: statements.map(({ frame }) => frame), mesh };
}

function isBetween({ body }: Declaration, pair: Pair): boolean {
  const meshes = body.content.get("meshes");
  return body.type === "agreement" && Array.isArray(meshes) && pair.every((mesh) => meshes.includes(mesh));
}

function namesIn(value: CborValue | undefined): readonly string[] {
  return isCborMap(value) ? [...value.values()].filter((name) => typeof name === "string") : [];
}

/** A mesh's own facts, and what it took from others than `other`: from there it is taken at its source. */
function historyOf(all: readonly VerifiedObservation[], mesh: string, other: string): readonly VerifiedObservation[] {
  const byId = new Map(all.map((statement) => [statement.id, statement]));
  const held = new Map<string, VerifiedObservation>();
  const keys = new Set<string>();
  for (const statement of all) {
    if (statement.mesh !== mesh) continue;
    if (isKind(statement, "fact")) held.set(statement.id, statement);
    if (!isImport(statement) || statement.body.content.get("from") === other) continue;
    for (let at: VerifiedObservation | undefined = statement; at !== undefined && !held.has(at.id); ) {
      held.set(at.id, at);
      if (!isImport(at)) break;
      keys.add(at.key);
      at = byId.get(String(at.body.content.get("inner")));
    }
  }
  const presences = all.filter((statement) => isBoundary(statement) && keys.has(statement.key));
  return [...held.values(), ...presences];
}

/** What a mesh's authorities said besides, and that neither carries nor is carried: it only fills their numbers. */
function spokenIn(declared: readonly Declaration[], mesh: string): readonly VerifiedObservation[] {
  return declared.filter((statement) => statement.mesh === mesh && !isImport(statement) && !isBoundary(statement));
}

function isImport(statement: VerifiedObservation): statement is Declaration {
  return isDeclaration(statement) && statement.body.type === "import";
}

function isBoundary(statement: VerifiedObservation): boolean {
  return isDeclaration(statement) && statement.body.type === "boundary";
}

/** What others in the mesh need, beside the facts, to judge imports from the other: the terms, the carriers and the translations. */
export function supportOf({ statements }: Holdings, pair: Pair): readonly VerifiedObservation[] {
  const wanted = [...STEPS, ...TRANSLATIONS, "boundary", "alignment"];
  return statements.filter(
    (statement) => isDeclaration(statement) && (isBetween(statement, pair) || wanted.includes(statement.body.type)),
  );
}

/** Whoever says that it carries between meshes. */
export function boundaryFrames({ statements }: Holdings): readonly Uint8Array[] {
  return statements.filter(isBoundary).map(({ frame }) => frame);
}
