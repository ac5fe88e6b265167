// `time align` on plain documents (SPEC §17.4): offsets of attesters to one reader's clock, or offsets between many clocks and the events
// that they stamped. Judged by the functions that the agents use.
import { fromJson } from "../cbor/json.ts";
import {
  integer,
  list,
  misfit,
  nullable,
  oneOf,
  type Reader,
  readAs,
  record,
  text,
  withDefaults,
} from "../cbor/read.ts";
import { type CborValue, isCborMap } from "../cbor/value.ts";
import { CLOCKS_MAX, MICROS_APART_MAX, READINGS_MAX } from "../limits.ts";
import type { Interval } from "../observation/observation.ts";
import { fault, ok, type Result } from "../result.ts";
import { type Agreement, agree, type Demand, type Excluded, type Reading } from "./clock-agreement.ts";
import { alignClocks, type ClockEvent, type MeshTime, type Offset } from "./mesh-time.ts";

export const ALIGN_SHAPE =
  '{"observations":[{"id":"acme","offset":[-120,80]} | {"id":"bolt","offset":-20,"uncertainty":100,"authority":"bolt","credential":"valid"}],"minAttesters":3,"maxUncertainty":null,"maxDispersion":null}, or between clocks {"observations":[{"from":"acme","to":"bolt","offset":[lo,hi]}],"events":[{"id":"e1","clock":"acme","at":[lo,hi]}],"frame":null} (whole µs; what is added to a reading of the reader\'s, or of `from`, to get that of the attester, or of `to`)';

const micros = integer(-MICROS_APART_MAX, MICROS_APART_MAX);

const readBounds: Reader<Interval> = (value, path) => {
  if (typeof value === "number") return [micros(value, path), value];
  const [least = 0, most = 0] = list(micros, 2, 2)(value, path);
  return least <= most ? [least, most] : misfit(path, "bounds in order");
};

/** An interval, or a number with an uncertainty beside it: one of the two is needed, since a bare number claims to be exact. */
function bounds(value: CborValue, path: string, name: string): CborValue {
  if (!isCborMap(value) || typeof value.get(name) !== "number") return value;
  if (!value.has("uncertainty")) return misfit(path, "[least, most], or a number beside an uncertainty");
  const [middle, around] = [
    micros(value.get(name) as number, path),
    integer(0, MICROS_APART_MAX)(value.get("uncertainty") as CborValue, `${path}.uncertainty`),
  ];
  return new Map(
    [...value, [name, [middle - around, middle + around]]].filter(([key]) => key !== "uncertainty") as never,
  );
}

function without(value: CborValue, name: string): CborValue {
  return isCborMap(value) ? new Map([...value].filter(([key]) => key !== name)) : value;
}

type Said = Reading & { readonly credential: string };
const CREDENTIALS = ["valid", "unknown", "expired", "revoked"] as const;

const readReading: Reader<Said> = (value, path) => {
  const id = isCborMap(value) ? (value.get("id") ?? value.get("attester") ?? null) : null;
  return withDefaults(
    { id, authority: id, credential: "valid" },
    record<Said>({ id: text(), authority: text(), offset: readBounds, credential: oneOf(...CREDENTIALS) }),
  )(without(bounds(value, path, "offset"), "attester"), path);
};

/** What has no id of its own is known by its place in the list. */
const readOffset: Reader<Offset> = (value, path) =>
  withDefaults({ id: path }, record<Offset>({ id: text(), from: text(), to: text(), offset: readBounds }))(
    bounds(value, path, "offset"),
    path,
  );
const readEvent: Reader<ClockEvent> = (value, path) =>
  record<ClockEvent>({ id: text(), clock: text(), at: readBounds })(
    isCborMap(value) && value.has("uncertainty") ? bounds(value, path, "at") : value,
    path,
  );

type Document<O> = {
  readonly observations: readonly O[];
  readonly events: readonly ClockEvent[];
  readonly frame: string | null;
  readonly minAttesters: number;
  readonly maxUncertainty: number | null;
  readonly maxDispersion: number | null;
};

function readDocument<O>(observation: Reader<O>): Reader<Document<O>> {
  const span = nullable(integer(0, MICROS_APART_MAX));
  return withDefaults(
    { events: [], frame: null, minAttesters: 3, maxUncertainty: null, maxDispersion: null },
    record<Document<O>>({
      observations: list(observation, READINGS_MAX),
      events: list(readEvent, READINGS_MAX),
      frame: nullable(text()),
      minAttesters: integer(1, READINGS_MAX),
      maxUncertainty: span,
      maxDispersion: span,
    }),
  );
}

export type Alignment =
  | { readonly is: "reader"; readonly found: Agreement }
  | { readonly is: "clocks"; readonly found: MeshTime };

/** Reads and judges a document of either form. */
export function alignDocument(document: unknown): Result<Alignment> {
  const value = fromJson(Array.isArray(document) ? { observations: document } : document);
  if (!value.ok) return shape(value.fault.detail);
  const observations = isCborMap(value.value) ? value.value.get("observations") : null;
  const between = Array.isArray(observations) && observations.some((item) => isCborMap(item) && item.has("from"));
  if (between) {
    const read = readAs(value.value, readDocument(readOffset));
    if (!read.ok) return shape(read.fault.detail);
    const clocks = new Set(read.value.observations.flatMap(({ from, to }) => [from, to]));
    if (clocks.size > CLOCKS_MAX) return shape({ path: "observations", need: `about at most ${CLOCKS_MAX} clocks` });
    return ok({ is: "clocks", found: alignAll(read.value) });
  }
  const read = readAs(value.value, readDocument(readReading));
  return read.ok ? ok({ is: "reader", found: alignReader(read.value) }) : shape(read.fault.detail);
}

function shape(detail: Readonly<Record<string, unknown>>): ReturnType<typeof fault> {
  return fault("FILE_SHAPE", { thing: "a list of clock offsets", shape: ALIGN_SHAPE, ...detail });
}

function demandOf({ minAttesters, maxUncertainty, maxDispersion }: Document<unknown>): Demand {
  return { least: minAttesters, maxUncertainty, maxDispersion };
}

function alignReader(document: Document<Said>): Agreement {
  const { observations } = document;
  const found = agree(
    observations.filter(({ credential }) => credential === "valid"),
    demandOf(document),
  );
  const barred = observations
    .filter(({ credential }) => credential !== "valid")
    .map(
      ({ id, credential }): Excluded => ({
        id,
        fault: fault("TIME_ATTESTER", { attester: id, reason: `its credential is ${credential}` }).fault,
      }),
    );
  return {
    ...found,
    excluded: [...found.excluded, ...barred].sort((a, b) => (a.id < b.id ? -1 : a.id > b.id ? 1 : 0)),
  };
}

function alignAll(document: Document<Offset>): MeshTime {
  return alignClocks(document.observations, document.events, document.frame, demandOf(document));
}
