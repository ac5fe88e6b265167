// `--fields`: the parts of an answer that a script asks for, by name. A dot leads into an object, or into every object of a list.
import { usage } from "./files.ts";

export type Fields = readonly string[];

export function readFields(given: unknown): Fields {
  if (given === undefined) return [];
  const fields = String(given).split(",");
  if (fields.some((field) => !/^[^.\s]+(\.[^.\s]+)*$/.test(field)))
    throw usage("--fields takes names of fields with commas between, such as ceremony,outcome.digest");
  return fields;
}

/** The document with these fields alone, under the names they were asked for by; `final` of a stream stays. */
export function fieldsOf(document: unknown, fields: Fields): unknown {
  if (fields.length === 0) return document;
  if (Array.isArray(document)) return document.map((each) => fieldsOf(each, fields));
  const chosen = Object.fromEntries(fields.map((field) => [field, valueAt(document, field.split(".")) ?? null]));
  const { final } = (document ?? {}) as { readonly final?: boolean };
  return final === undefined ? chosen : { ...chosen, final };
}

/** One line, with tabs between the values; null is empty. */
export function rowOf(document: unknown, fields: Fields): string {
  return fields.map((field) => cellOf(valueAt(document, field.split(".")) ?? "")).join("\t");
}

/** Names of fields that are nowhere in the document, such as misspelt ones. */
export function absentIn(document: unknown, fields: Fields): Fields {
  const isAbsent = (value: unknown): boolean =>
    value === undefined || (Array.isArray(value) && value.length > 0 && value.every(isAbsent));
  const isEmpty = Array.isArray(document) && document.length === 0;
  return isEmpty ? [] : fields.filter((field) => isAbsent(valueAt(document, field.split("."))));
}

function valueAt(value: unknown, [name, ...rest]: Fields): unknown {
  if (name === undefined || value === null) return value;
  if (Array.isArray(value)) return value.map((each) => valueAt(each, [name, ...rest]));
  if (typeof value !== "object" || !Object.hasOwn(value, name)) return undefined;
  return valueAt((value as Readonly<Record<string, unknown>>)[name], rest);
}

function cellOf(value: unknown): string {
  return typeof value === "string" ? value.replace(/[\t\n]/g, " ") : JSON.stringify(value);
}
