// Judging an exchange file before anything of it is taken (SPEC §22.3). The same judgement serves verification, the dry run and the
// import, so that the dry run tells exactly what the import does.
import { readAs } from "../../cbor/read.ts";
import type { VerifiedObservation } from "../../observation/observation.ts";
import { type Fault, fault, ok, type Result } from "../../result.ts";
import type { Reconciliation } from "../reconcile.ts";
import { stopOf } from "../report.ts";
import type { Refusal } from "../routes.ts";
import { type Declaration, ofType } from "../signed/declared.ts";
import type { View } from "../view.ts";
import type { ExchangeFile } from "./file.ts";
import { type Manifest, readManifest, rootOfIds, rootOfStatements } from "./manifest.ts";
import { citationsOf } from "./release.ts";

export type Carried = {
  readonly file: ExchangeFile;
  /** What the door admitted of manifest and reviews. */
  readonly signed: readonly VerifiedObservation[];
  /** Ids of the frames, admitted or not, as they name themselves. */
  readonly ids: readonly string[];
  readonly to: string;
  /** The last number taken from a gateway, by its key and the mesh for which it signs; 0 before the first. */
  readonly last: (gateway: string, from: string) => number;
};

export type Sound = { readonly manifest: Manifest; readonly by: Declaration };

const NO_STATEMENTS = rootOfStatements([]);

/** Signed by a gateway, reviewed as it says, for this mesh, complete, unedited, and the next in line. */
export function judgeManifest({ file, signed, ids, to, last }: Carried): Result<Sound> {
  const [by] = ofType(signed, "exchange").found;
  if (by === undefined) return fault("EXCHANGE_UNSIGNED");
  const read = readAs(by.body.content, readManifest, "manifest");
  if (!read.ok) return fault("MESH_DOCUMENT_INVALID", { document: "manifest", ...read.fault.detail });
  const manifest = read.value;
  if (manifest.to !== to) return fault("EXCHANGE_ADDRESS", { found: manifest.to, need: to });
  const whole =
    manifest.count === ids.length &&
    manifest.root === rootOfIds(ids) &&
    manifest.denied === rootOfIds(file.denied.map(({ id }) => id)) &&
    manifest.prerequisites === rootOfIds(file.prerequisites) &&
    (manifest.authority ?? NO_STATEMENTS) === rootOfStatements(file.statements);
  if (!whole) return fault("EXCHANGE_ALTERED", { need: manifest.count, found: ids.length });
  const reviewers = new Set(
    ofType(signed, "review")
      .found.filter(({ body, key }) => body.content.get("manifest") === by.id && key !== by.key)
      .map(({ key }) => key),
  );
  if (reviewers.size < manifest.reviewers)
    return fault("EXCHANGE_UNREVIEWED", { found: reviewers.size, need: manifest.reviewers });
  const before = last(by.key, by.mesh);
  if (manifest.sequence <= before) return fault("EXCHANGE_REPLAYED", { sequence: manifest.sequence, last: before });
  if (manifest.sequence > before + 1) return fault("SEQUENCE_GAP", { sequence: manifest.sequence, last: before });
  return ok({ manifest, by });
}

export type Plan = {
  readonly admit: readonly string[];
  /** Waits for what it cites. */
  readonly hold: readonly { readonly id: string; readonly missing: readonly string[] }[];
  readonly refuse: readonly Refusal[];
  /** Why nothing at all is taken; null where something may be. */
  readonly stopped: Fault | null;
};

/** What becomes of each statement of a file that is sound; what its gateway withheld is not waited for. */
export function planImport(
  { file }: Pick<Carried, "file">,
  carried: readonly VerifiedObservation[],
  held: ReadonlySet<string>,
  view: View,
  result: Reconciliation,
): Plan {
  const admissible = new Set(view.imports.map(({ fact }) => fact.id));
  const known = new Set([...held, ...carried.map(({ id }) => id), ...file.denied.map(({ id }) => id)]);
  const waiting = carried
    .filter(({ id }) => admissible.has(id))
    .map((statement) => ({ id: statement.id, missing: citationsOf(statement).filter((id) => !known.has(id)) }))
    .filter(({ missing }) => missing.length > 0);
  const stopped = stopOf(result);
  const parked = new Set(waiting.map(({ id }) => id));
  return {
    admit: stopped === null ? [...admissible].filter((id) => !parked.has(id)).sort() : [],
    hold: waiting,
    refuse: view.refused,
    stopped,
  };
}
