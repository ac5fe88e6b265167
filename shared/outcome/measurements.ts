// Measurements: a number, or several as a vector, with the uncertainty that their author admits (SPEC §6.4).
import { integer, list, type Reader, readAs, recordWith, text } from "../cbor/read.ts";
import type { CborMap } from "../cbor/value.ts";
import { TEXT_LENGTH_MAX } from "../limits.ts";
import { joinLabels, type Labels, readLabels } from "../observation/labels.ts";
import { type Fault, fault } from "../result.ts";

export type Measurement = {
  /** `value`, or the length of the vector. */
  readonly shape: string;
  readonly values: readonly number[];
  /** Largest deviation that the author admits; 0 where it names none. */
  readonly uncertainty: number;
  /** Handling labels that its author put to it. */
  readonly labels: Labels;
};

type Fields = {
  readonly value?: number;
  readonly vector?: readonly number[];
  readonly uncertainty?: number;
  readonly reason?: string;
  readonly labels?: Labels;
};

const VECTOR_MAX = 4_096;
const number = integer(Number.MIN_SAFE_INTEGER, Number.MAX_SAFE_INTEGER);
const readFields: Reader<Fields> = recordWith<object, Required<Fields>>(
  {},
  {
    value: number,
    vector: list(number, VECTOR_MAX),
    uncertainty: integer(0, Number.MAX_SAFE_INTEGER),
    reason: text(TEXT_LENGTH_MAX, 0),
    labels: readLabels,
  },
);

/** Whether a content is a measurement; null where it is. */
export function judgeMeasurement(content: CborMap): Fault | null {
  const read = readAs(content, readFields);
  if (!read.ok) return fault("CONTENT_INVALID", read.fault.detail).fault;
  return content.has("value") === content.has("vector")
    ? fault("CONTENT_INVALID", { path: "value", need: "a number, or a vector in its place" }).fault
    : null;
}

/** Of content that has been judged. */
export function measurementOf(content: CborMap): Measurement {
  const { value, vector, uncertainty = 0, labels = [] } = Object.fromEntries(content) as Fields;
  return vector === undefined
    ? { shape: "value", values: [value as number], uncertainty, labels }
    : { shape: `${vector.length}`, values: vector, uncertainty, labels };
}

/** What a result that was worked out from measurements bears: the join of their labels, and nothing where none has any (SPEC §20.20). */
export function borneBy(used: readonly { readonly measurement: Measurement }[]): { readonly labels?: Labels } {
  const labels = joinLabels(used.map(({ measurement }) => measurement.labels));
  return labels.length === 0 ? {} : { labels };
}
