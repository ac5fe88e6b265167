// Policies that cannot work, each for one reason: what is changed in a sound pattern, and what the linter says of it.
import type { Json } from "../../../shared/cbor/json.ts";
import type { RefusalCode } from "../../../shared/refusals.ts";

export type Malformed = {
  readonly name: string;
  readonly pattern: string;
  /** What stands at a path instead; undefined leaves the field out. */
  readonly set: Readonly<Record<string, Json | undefined>>;
  readonly code: RefusalCode;
  readonly path: string;
  readonly says: string;
};

type Row = readonly [
  name: string,
  pattern: string,
  set: Malformed["set"],
  code: RefusalCode,
  path: string,
  says: string,
];

export const rows = (...list: readonly Row[]): readonly Malformed[] =>
  list.map(([name, pattern, set, code, path, says]) => ({ name, pattern, set, code, path, says }));
