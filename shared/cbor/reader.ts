// What a reader is, and how one is applied: to the first finding, or to all of them.
import type { RefusalCode } from "../refusals.ts";
import { type Fault, fault, ok, type Result } from "../result.ts";
import { type Cursor, readThrough } from "./decode.ts";
import type { Json } from "./json.ts";
import type { CborValue } from "./value.ts";

/**
 * `schema` is the JSON Schema of what it accepts, as far as one can say it: what people are shown is read off the reader itself. With `all` every
 * finding is asked for, as people do of documents that they wrote; a reader that does not hand it on tells the first of what is within.
 */
export interface Reader<T> {
  (value: CborValue, path: string, all?: boolean): T;
  readonly schema?: () => Schema;
  /** Reads the same from the bytes, or throws: then it is read from what they decode to, which tells why. Absent where it cannot. */
  readonly direct?: Direct<T>;
}
export type Direct<T> = (cursor: Cursor, depth: number) => T;
export type Schema = { readonly [keyword: string]: Json };

/** A reader together with the schema of what it accepts. */
export function described<T>(
  schema: () => Schema,
  read: (value: CborValue, path: string, all?: boolean) => T,
): Reader<T> {
  return Object.assign(read, { schema });
}

/** A reader that reads from bytes too. */
export function directly<T>(reader: Reader<T>, direct: Direct<T> | undefined): Reader<T> {
  return direct === undefined ? reader : Object.assign(reader, { direct });
}

/** What is made of whatever a reader reads. */
export function made<T, U>(reader: Reader<T>, make: (read: T) => U): Reader<U> {
  const read: Reader<U> = (value, path, all) => make(reader(value, path, all));
  const { direct } = reader;
  return direct === undefined ? read : directly(read, (cursor, depth) => make(direct(cursor, depth)));
}

/** What a reader makes of canonical bytes; null where that is for their decoding to say. */
export function readDirect<T>(bytes: Uint8Array, { direct }: Reader<T>): T | null {
  return direct === undefined ? null : readThrough(bytes, direct);
}

/** The schema of a reader; one that says nothing accepts, as far as a schema can tell, anything. */
export function schemaOf(reader: Reader<unknown>): Schema {
  return reader.schema?.() ?? {};
}

type Place = { readonly code: RefusalCode; readonly path: string; readonly need: string };
/** So many findings are told at most: a document that is wrong throughout says so after that. */
const FINDINGS_MAX = 64;

/** Thrown by readers, caught by `readAs`: a plain stack of returns would hide the shapes. */
class Misfit extends Error {
  readonly found: readonly Place[];
  constructor(found: readonly Place[]) {
    super(found.map(({ path, need }) => `${path}: ${need}`).join("; "));
    this.found = found;
  }
}

/** How a reader of several parts goes about it: up to the first that does not fit, or past it. */
type Parts = {
  readonly read: <T>(reader: Reader<T>, value: CborValue, path: string) => T;
  readonly done: () => void;
};

const FIRST_ONLY: Parts = { read: (reader, value, path) => reader(value, path), done: () => undefined };
export const partsOf = (all?: boolean): Parts => (all === true ? new AllParts() : FIRST_ONLY);

/** Reads parts one after the other, past those that do not fit, so that all of them are told. */
class AllParts {
  private readonly found: Place[] = [];

  read<T>(reader: Reader<T>, value: CborValue, path: string): T {
    try {
      return reader(value, path, true);
    } catch (misfit) {
      if (!(misfit instanceof Misfit)) throw misfit;
      this.found.push(...misfit.found);
      if (this.found.length >= FINDINGS_MAX) this.done();
      return undefined as T;
    }
  }

  /** Nothing that was read is used where anything did not fit. */
  done(): void {
    if (this.found.length > 0) throw new Misfit(this.found);
  }
}

/** Applies a reader to a whole document; the first finding is the refusal. */
export function readAs<T>(value: CborValue, reader: Reader<T>, root = ""): Result<T> {
  const read = readWith(value, reader, root, false);
  return read.ok ? read : { ok: false, fault: read.fault[0] };
}

/** The same, with every finding. */
export function readAllAs<T>(value: CborValue, reader: Reader<T>, root = ""): Result<T, Findings> {
  return readWith(value, reader, root, true);
}

type Findings = readonly [Fault, ...(readonly Fault[])];

function readWith<T>(value: CborValue, reader: Reader<T>, root: string, all: boolean): Result<T, Findings> {
  try {
    return ok(reader(value, root, all));
  } catch (misfit) {
    if (!(misfit instanceof Misfit)) throw misfit;
    const faults = misfit.found.map(({ code, path, need }) => fault(code, { path, need }).fault);
    return { ok: false, fault: faults as unknown as Findings };
  }
}

export function misfit(path: string, need: string, code: RefusalCode = "FIELD_INVALID"): never {
  throw new Misfit([{ code, path, need }]);
}

/** The path of a field within what stands at `path`. */
export function join(path: string, name: string): string {
  return path === "" ? name : `${path}.${name}`;
}
