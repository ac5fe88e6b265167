// A dossier (SPEC §23.5): the evidence of several ceremonies that cite one another, in one file, and of the composition that connects
// them, where there is one. Whoever holds the last part's file walks from there back to the first.
import { parseBase64, toBase64 } from "../bytes.ts";
import type { Json } from "../cbor/json.ts";
import { BUNDLE_FORMAT, parseJson } from "../evidence/bundle.ts";
import { BUNDLE_BYTES_MAX, PARTS_MAX } from "../limits.ts";
import { fault, ok, type Result } from "../result.ts";
import { type PinnedComposition, readComposition } from "./document.ts";

export const DOSSIER_FORMAT = "quorate-dossier/1";

export type Dossier = {
  readonly composition: PinnedComposition | null;
  /** Declarations by which authorities sign the composition. */
  readonly declarations: readonly Uint8Array[];
  /** The bundles, each as the bytes of its own file. */
  readonly bundles: readonly Uint8Array[];
};

const README = [
  "Evidence of several Quorate ceremonies that cite one another. Check it offline with: quorate dossier verify FILE --trust TRUST",
  "Each of `bundles` is an evidence bundle of its own and says how it is checked by hand.",
].join("\n");

/** `bundles` and `composition` are the JSON documents of their files. */
export function writeDossier(
  bundles: readonly Json[],
  composition: Json | null = null,
  declarations: readonly Uint8Array[] = [],
): Json {
  return { format: DOSSIER_FORMAT, readme: README, composition, declarations: declarations.map(toBase64), bundles };
}

const utf8 = new TextEncoder();

/** A bundle by itself is a dossier of one. */
export function parseDossier(bytes: Uint8Array): Result<Dossier> {
  const bad = (path: string, need: string) => fault("DOSSIER_FORMAT", { path, need });
  if (bytes.length > BUNDLE_BYTES_MAX) return bad("file", `at most ${BUNDLE_BYTES_MAX} bytes`);
  const document = parseJson(bytes) as Partial<Record<string, unknown>> | null | undefined;
  if (typeof document !== "object" || document === null || Array.isArray(document)) return bad("file", "a JSON object");
  if (document.format === BUNDLE_FORMAT) return ok({ composition: null, declarations: [], bundles: [bytes] });
  if (document.format !== DOSSIER_FORMAT) return bad("format", DOSSIER_FORMAT);
  const unknown = Object.keys(document).find((field) => !FIELDS.includes(field));
  if (unknown !== undefined) return bad(unknown, "left out");
  const { bundles, declarations = [], composition = null } = document;
  if (!Array.isArray(bundles) || bundles.length === 0 || bundles.length > PARTS_MAX)
    return bad("bundles", `a list of 1 to ${PARTS_MAX} bundles`);
  if (!Array.isArray(declarations) || declarations.length > PARTS_MAX)
    return bad("declarations", `a list of at most ${PARTS_MAX} frames`);
  const frames = declarations.map((one) => (typeof one === "string" ? parseBase64(one) : null));
  if (frames.includes(null)) return bad("declarations", "frames in canonical base64");
  const read = composition === null ? null : readComposition(composition);
  if (read !== null && !read.ok) return read;
  return ok({
    composition: read === null ? null : read.value,
    declarations: frames as readonly Uint8Array[],
    bundles: bundles.map((bundle) => utf8.encode(JSON.stringify(bundle))),
  });
}

const FIELDS: readonly string[] = ["format", "readme", "composition", "declarations", "bundles"];
