// A coalition's pool as a folder of files: signed ones pass the door under a trust statement; without one plain documents stand in for them.
import { join } from "node:path";
import { openPool } from "../shared/coalition/open.ts";
import { type Pinned, pinPolicy } from "../shared/coalition/pinned.ts";
import { readPool } from "../shared/coalition/pool.ts";
import type { SignedPool } from "../shared/coalition/signed.ts";
import { openTrust, type TrustStatement } from "../shared/evidence/trust-statement.ts";
import { type FramesFile, isFramesFile, readFramesFile } from "../shared/mesh/signed/frames-file.ts";
import { unwrap } from "./commands/unwrap.ts";
import { inMicroseconds, namesIn, readJsonFile, required } from "./files.ts";
import { type Call, EXIT, Refused, refused } from "./registry.ts";

export type ReadPool = Pick<SignedPool, "pool" | "refused">;
type Documents = readonly { readonly name: string; readonly document: unknown }[];

export async function poolIn(folder: string, trust: TrustStatement | null): Promise<ReadPool> {
  const documents = documentsIn(folder);
  if (trust !== null) return signedPool(documents, trust);
  const pool = readPool(documents.map(({ name, document }) => ({ name, document: inMicroseconds(document) })));
  if (!pool.ok) throw new Refused(pool.fault, EXIT.usage);
  return { pool: pool.value, refused: [] };
}

/** The policy of --home by the pool in --pool, for an import that is judged at an instant; null where neither is given. */
export async function pinnedBy(call: Call, trust: TrustStatement | null, at: number): Promise<Pinned | null> {
  if (typeof call.flags.pool !== "string" && typeof call.flags.home !== "string") return null;
  const pool = await poolIn(required(call, "pool"), trust);
  const pinned = pinPolicy(pool, { home: required(call, "home"), at, operation: null });
  if (!pinned.ok) throw new Refused(pinned.fault, EXIT.absent);
  return pinned.value;
}

export const GOVERNING = { pool: { type: "string" }, home: { type: "string" } } as const;

function documentsIn(folder: string): Documents {
  const files = namesIn(folder, true).filter((file) => file.endsWith(".json"));
  return files.map((file) => ({ name: file, document: readJsonFile(join(folder, file)) }));
}

/** A file of signed statements, or a refusal of what is none. */
export function signedFile(document: unknown, name: string): FramesFile {
  if (!isFramesFile(document)) throw refused("MESH_DOCUMENT_UNSIGNED", { document: name });
  return unwrap(readFramesFile(document, name));
}

function signedFiles(documents: Documents): readonly FramesFile[] {
  return documents.map(({ name, document }) => signedFile(document, name));
}

/** The signed files of a pool's folder, whoever wrote them there. */
export function poolFiles(folder: string): readonly FramesFile[] {
  return signedFiles(documentsIn(folder));
}

async function signedPool(documents: Documents, trust: TrustStatement): Promise<ReadPool> {
  const files = signedFiles(documents);
  const statements = files.flatMap((file) => file.statements);
  const opened = unwrap(await openTrust(trust, statements));
  const frames = files.flatMap((file) => file.frames);
  return openPool(frames, trust.mesh, opened);
}
