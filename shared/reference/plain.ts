// Places as plain documents, for trying profiles without keys: one row for each participant and place (SPEC §16.6).
import { fromJson } from "../cbor/json.ts";
import { list, misfit, type Reader, readAs, record, text } from "../cbor/read.ts";
import { type CborValue, isCborMap } from "../cbor/value.ts";
import { SEATS_MAX } from "../limits.ts";
import { fault, ok, type Result } from "../result.ts";
import type { Participant } from "./fix.ts";
import { type Place, readPlace } from "./place.ts";

export const REFERENCES_SHAPE =
  '{"references":[{"id":"acme","frame":"EPSG:4978","position":[x,y,z],"uncertainty":5000,"ranges":[{"with":"bolt","distance":42000,"uncertainty":500}]},{"id":"bolt","frame":"site","key":"plant-7"}]}, or the bare list; rows of one id are one participant, which may also have "places":[…] and an "authority" of another name (whole millimetres)';

type Row = { readonly id: string; readonly authority: string; readonly places: readonly Place[] };

const place: Reader<Place> = (value, path) =>
  readPlace(
    isCborMap(value) && !value.has("key")
      ? new Map<string | number, CborValue>([["position", null], ["uncertainty", 0], ["ranges", []], ...value])
      : value,
    path,
  );

const readRow: Reader<Row> = (value, path) => {
  if (!isCborMap(value)) return misfit(path, "a map");
  const id = value.get("id") ?? null;
  const rest = new Map([...value].filter(([name]) => !ROW_FIELDS.has(name)));
  const one = value.get("place") ?? value.get("spatial_reference") ?? (rest.size > 0 ? rest : null);
  const places = value.get("places") ?? (one === null ? [] : [one]);
  const row = new Map<string | number, CborValue>([
    ["id", id],
    ["authority", value.get("authority") ?? id],
    ["places", places],
  ]);
  if (rest.size > 0 && (value.has("places") || one !== rest)) misfit(path, "places, or the fields of one place");
  return record<Row>({ id: text(), authority: text(), places: list(place, 16) })(row, path);
};
const ROW_FIELDS = new Set<string | number>(["id", "authority", "places", "place", "spatial_reference"]);

const readRows = record({ references: list(readRow, SEATS_MAX * 4, 1) });

/** People say participants as well. */
function spelled(value: CborValue): CborValue {
  if (!isCborMap(value) || value.has("references")) return value;
  return new Map([...value].map(([name, item]) => [name === "participants" ? "references" : name, item]));
}

/** Participants of a document of rows, or of the bare list; rows of one id are one participant. */
export function parseReferences(document: unknown): Result<readonly Participant[]> {
  const value = fromJson(Array.isArray(document) ? { references: document } : document);
  const rows = value.ok ? readAs(spelled(value.value), readRows) : value;
  if (!rows.ok) return shape(rows.fault.detail);
  const participants = new Map<string, Participant>();
  for (const { id, authority, places } of rows.value.references) {
    const known = participants.get(id);
    if (known !== undefined && known.authority !== authority)
      return shape({ path: `references of ${id}`, need: "of one authority" });
    participants.set(id, { id, authority, places: [...(known?.places ?? []), ...places] });
  }
  return ok([...participants.values()]);
}

function shape(detail: Readonly<Record<string, unknown>>): ReturnType<typeof fault> {
  return fault("FILE_SHAPE", { thing: "a list of places", shape: REFERENCES_SHAPE, ...detail });
}
