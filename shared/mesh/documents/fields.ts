// Reading the documents of a mesh. They may leave fields out, and then the value that allows least is taken. A signed document with a
// field that nobody reads is refused, since its signer meant something by it; of a plain one such fields are told.
import { described, integer, list, misfit, type Reader, schemaOf } from "../../cbor/read.ts";
import { type CborValue, isCborMap } from "../../cbor/value.ts";

/** Where the names of unread fields go; null refuses them. */
export type Unread = string[] | null;

export const readInstant = integer(Number.MIN_SAFE_INTEGER, Number.MAX_SAFE_INTEGER);

/** A map with these fields; those in `absent` may be missing. */
export function fields<T extends object>(
  readers: { readonly [K in keyof T]: Reader<T[K]> },
  absent: { readonly [K in keyof T]?: CborValue },
  unread: Unread,
): Reader<T> {
  const names = Object.keys(readers) as (keyof T & string)[];
  const schema = () => ({
    type: "object",
    properties: Object.fromEntries(names.map((name) => [name, schemaOf(readers[name])])),
    required: names.filter((name) => !(name in absent)),
    additionalProperties: unread !== null,
  });
  return described(schema, (value, path) => {
    if (!isCborMap(value)) return misfit(path, "a map");
    for (const key of value.keys()) {
      if (names.includes(key as keyof T & string)) continue;
      if (unread === null) misfit(joined(path, String(key)), "left out: there is no such field", "FIELD_UNKNOWN");
      else if (!unread.includes(joined(path, String(key)))) unread.push(joined(path, String(key)));
    }
    const entries = names.map((name) => {
      const given = value.get(name);
      const item = (given === undefined || given === null) && name in absent ? absent[name] : given;
      if (item === undefined) return misfit(joined(path, name), "there", "FIELD_MISSING");
      return [name, readers[name](item, joined(path, name))];
    });
    return Object.fromEntries(entries) as T;
  });
}

function joined(path: string, name: string): string {
  return path === "" ? name : `${path}.${name}`;
}

/** [earliest, latest], in order. */
const readTwo = list(readInstant, 2, 2);
export const readInterval: Reader<readonly [number, number]> = described(
  () => schemaOf(readTwo),
  (value, path) => {
    const [earliest, latest] = readTwo(value, path) as readonly [number, number];
    return earliest <= latest ? [earliest, latest] : misfit(path, "an interval in order", "TIME_INVERTED");
  },
);

/** An empty map and an empty list, for fields that may be missing. */
export const NO_ENTRIES: CborValue = new Map();
export const NO_ITEMS: CborValue = [];
