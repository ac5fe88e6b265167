// A row of the one table of routes: what the guards enforce, what /openapi.json and /docs tell, and what is called in the end.
import type { Context } from "hono";
import type { Reader, Schema } from "../../../shared/cbor/read.ts";
import type { RefusalCode } from "../../../shared/refusals.ts";
import type { Scope } from "../../../shared/scopes.ts";
import type { AgentContext } from "../app.ts";

/** Who may call: a key with this scope, anybody, or whoever signed what the body holds. */
export type Access = Scope | "anyone" | "signer";

export type Field<T = unknown> = { readonly about: string; readonly reader: Reader<T> };
type Query = Readonly<Record<string, unknown>>;

export type Body = {
  readonly about: string;
  /** Media types that are read; none where the route reads whatever comes. */
  readonly types: readonly string[];
  /** Bytes. */
  readonly limit: number;
  /** What a JSON body is decoded by; its schema is what is served. */
  readonly reader?: Reader<unknown>;
};

export type Answered = {
  readonly about: string;
  /** Media type; empty where there is no body. */
  readonly type: string;
  /** Other forms that the asker may choose. */
  readonly also?: readonly string[];
  /** A named shape of `shapes.ts`, or a reader or a schema of its own. */
  readonly shape?: Reader<unknown> | Schema;
};

export type Deprecated = {
  /** Days in UTC, such as 2027-01-31: since when that is known, and when the route is gone, where that is settled. */
  readonly since: string;
  readonly sunset: string | null;
  /** The path of the route that takes its place. */
  readonly instead: string | null;
};

export type Handler<Q> = (context: Context<AgentContext>, query: Q) => Response | Promise<Response>;

export type RouteOf<Q extends Query> = {
  readonly method: "GET" | "POST" | "DELETE";
  /** With `{name}` for its parameters. */
  readonly path: string;
  readonly group: string;
  /** In the words of ROUTES.md and the reference. */
  readonly does: string;
  readonly access: Access;
  /** Every other name is refused; null stands for a name that is missing. */
  readonly query?: { readonly [K in keyof Q]: Field<Q[K]> };
  /** Reads whatever its sender puts into the query, as a webhook's may. */
  readonly anyQuery?: true;
  readonly body?: Body;
  readonly answers: Readonly<Record<number, Answered>>;
  /** Codes that belong to this route; those that any route may answer follow from its other columns. */
  readonly refusals?: readonly RefusalCode[];
  /** Units of the caller's budget; one where nothing is said. */
  readonly cost?: number;
  /** Adds to what waits for partners: refused while too much of that waits. */
  readonly sends?: true;
  /** It will go. */
  readonly deprecated?: Deprecated;
  /** Answers also while the agent's configuration cannot be read. */
  readonly bare?: true;
  readonly handle: Handler<Q>;
};
export type Route = RouteOf<Query>;

/** A row whose handler is given what its `query` was decoded to. */
export function route<Q extends Query>(row: RouteOf<Q>): Route {
  return row as unknown as Route;
}

export const JSON_TYPE = "application/json";
export const PROBLEM_TYPE = "application/problem+json";
export const CBOR_TYPE = "application/cbor";
export const CBOR_TYPES = [CBOR_TYPE, "application/cose"] as const;

/** Names of the parameters in a path. */
export function parametersOf(path: string): readonly string[] {
  return [...path.matchAll(/\{(\w+)\}/g)].map(([, name]) => name as string);
}

/** The path as the router writes it. */
export function routerPath(path: string): string {
  return path.replace(/\{(\w+)\}/g, ":$1");
}

/** Routes of the table whose path fits, whatever their method. */
export function routesAt(routes: readonly Route[], path: string): readonly Route[] {
  const given = path.split("/");
  return routes.filter((route) => {
    const wanted = route.path.split("/");
    return (
      wanted.length === given.length &&
      wanted.every((part, at) => (part.startsWith("{") ? given[at] !== "" : part === given[at]))
    );
  });
}
