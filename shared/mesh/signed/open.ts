// Signed files of two meshes through the one door (SPEC §20.12): every frame under the trust of the mesh that it names, which is our own
// for ours, and for another what the agreement that our side signed says of its roots.
import type { Trust } from "../../authority/trust.ts";
import { openTrust, type TrustStatement, writeTrustStatement } from "../../evidence/trust-statement.ts";
import { sha256Hex } from "../../hash.ts";
import { admitAll } from "../../observation/admit-all.ts";
import { parseObservation } from "../../observation/decode.ts";
import type { VerifiedObservation } from "../../observation/observation.ts";
import { fault, ok, type Result } from "../../result.ts";
import type { Refusal } from "../routes.ts";
import { declaredRoots } from "./declared.ts";
import type { FramesFile } from "./frames-file.ts";

export type Trusts = ReadonlyMap<string, Trust>;

export type Opened = { readonly admitted: readonly VerifiedObservation[]; readonly refused: readonly Refusal[] };

/** The door over frames of several meshes. A frame that is refused is named by its id, or where it has none by its hash. */
export async function openFrames(frames: readonly Uint8Array[], trusts: Trusts): Promise<Opened> {
  const byMesh = new Map<string, Uint8Array[]>();
  const refused: Refusal[] = [];
  for (const frame of frames) {
    const parsed = parseObservation(frame);
    if (!parsed.ok) refused.push({ id: sha256Hex(frame), fault: parsed.fault });
    else {
      const { mesh } = parsed.value.observation;
      const group = byMesh.get(mesh);
      if (group === undefined) byMesh.set(mesh, [frame]);
      else group.push(frame);
    }
  }
  const admitted: VerifiedObservation[] = [];
  for (const [mesh, group] of byMesh) {
    const trust = trusts.get(mesh);
    const need = [...trusts.keys()].join(" or ");
    const verdicts = trust === undefined ? null : (await admitAll(group, trust)).verdicts;
    for (const [index, frame] of group.entries()) {
      const verdict = verdicts?.[index] ?? fault("MESH_UNKNOWN", { mesh, need });
      if (verdict.ok) admitted.push(verdict.value);
      else refused.push({ id: idOf(frame), fault: verdict.fault });
    }
  }
  return { admitted, refused };
}

function idOf(frame: Uint8Array): string {
  const parsed = parseObservation(frame);
  return parsed.ok ? parsed.value.observation.id : sha256Hex(frame);
}

/** Trust in the roots of every mesh that an agreement of ours names; what our own side has not signed recognises nobody. */
export async function openTrusts(
  own: TrustStatement,
  agreement: FramesFile,
  statements: readonly Uint8Array[],
): Promise<Result<Trusts>> {
  const ours = await openTrust(own, statements);
  if (!ours.ok) return ours;
  const trusts = new Map<string, Trust>([[own.mesh, ours.value]]);
  const { admitted } = await openFrames(agreement.frames, trusts);
  for (const [mesh, roots] of declaredRoots(admitted)) {
    if (mesh === own.mesh) continue;
    const theirs = await openTrust(writeTrustStatement(mesh, roots), statements);
    if (!theirs.ok) return theirs;
    trusts.set(mesh, theirs.value);
  }
  return ok(trusts);
}

/** The files of a reconciliation. */
export type SceneFiles = {
  readonly agreement: FramesFile;
  readonly ours: FramesFile;
  readonly theirs: FramesFile;
  readonly translators: readonly FramesFile[];
  readonly alignment: FramesFile;
  readonly trust: TrustStatement;
  readonly at: number | null;
};

/** What came through the door, file by file. */
export type SignedParts = {
  readonly trusts: Trusts;
  /** Our own mesh first. */
  readonly meshes: readonly [string, string];
  readonly agreement: Opened;
  readonly histories: readonly [Opened, Opened];
  readonly translators: Opened;
  readonly alignment: Opened;
  readonly at: number | null;
};

export async function openParts(files: SceneFiles): Promise<Result<SignedParts>> {
  const all = [files.agreement, files.ours, files.theirs, ...files.translators, files.alignment];
  const statements = all.flatMap((file) => file.statements);
  const trusts = await openTrusts(files.trust, files.agreement, statements);
  if (!trusts.ok) return trusts;
  const others = [...trusts.value.keys()].filter((mesh) => mesh !== files.trust.mesh);
  const theirs = files.theirs.mesh ?? (others.length === 1 ? (others[0] as string) : null);
  if (theirs === null)
    return fault("MESH_DOCUMENT_INVALID", {
      document: "history",
      path: "mesh",
      need: `one of ${others.join(", ") || "none"}`,
    });
  const open = (frames: readonly Uint8Array[]) => openFrames(frames, trusts.value);
  return ok({
    trusts: trusts.value,
    meshes: [files.trust.mesh, theirs],
    agreement: await open(files.agreement.frames),
    histories: [await open(files.ours.frames), await open(files.theirs.frames)],
    translators: await open(files.translators.flatMap(({ frames }) => frames)),
    alignment: await open(files.alignment.frames),
    at: files.at,
  });
}
