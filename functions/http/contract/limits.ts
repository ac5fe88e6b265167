// What a route takes at most, read off its row: the guards enforce it, and the descriptions say it.
import { UNITS_A_MINUTE } from "../../../durable/keys.ts";
import { type Schema, schemaOf } from "../../../shared/cbor/read.ts";
import type { Route } from "./route.ts";

/** A body that a route does not read may be this long, since some clients always send one. */
const UNREAD_BYTES_MAX = 1_024;

export type Limits = {
  /** Bytes. */
  readonly body: number;
  /** Units that one request costs, of how many a minute, and whose minute it is; null where it costs nothing. */
  readonly budget: { readonly units: number; readonly aMinute: number; readonly of: "key" | "address" } | null;
  /** Rows of one page; null where the answer is no list in pages. */
  readonly page: number | null;
};

export function limitsOf({ body, bare, cost = 1, access, query = {} }: Route): Limits {
  const of = access === "anyone" || access === "signer" ? "address" : "key";
  return {
    body: body?.limit ?? UNREAD_BYTES_MAX,
    budget: bare ? null : { units: cost, aMinute: UNITS_A_MINUTE, of },
    page: query.limit === undefined ? null : mostOf(schemaOf(query.limit.reader)),
  };
}

function mostOf(schema: Schema): number | null {
  if (typeof schema.maximum === "number") return schema.maximum;
  const choices = (schema.anyOf as readonly Schema[] | undefined) ?? [];
  return choices.map(mostOf).find((most) => most !== null) ?? null;
}

export function limitsText({ body, budget, page }: Limits): string {
  return [
    `body ${body.toLocaleString("en-GB")} bytes`,
    budget === null
      ? "no budget"
      : `${budget.units} of ${budget.aMinute.toLocaleString("en-GB")} units a minute of the ${budget.of}`,
    ...(page === null ? [] : [`page ${page.toLocaleString("en-GB")} rows`]),
  ].join(", ");
}
