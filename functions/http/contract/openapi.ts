// The table of routes as an OpenAPI 3.1 document: its schemas are those of the readers that decode.
import { version } from "../../../package.json";
import { type Reader, type Schema, schemaOf } from "../../../shared/cbor/read.ts";
import { statusOf } from "../../../shared/refusals/effects.ts";
import { describeRefusal, type RefusalCode } from "../../../shared/refusals.ts";
import { deprecationText } from "./deprecation.ts";
import { limitsOf, limitsText } from "./limits.ts";
import { type Access, type Answered, PROBLEM_TYPE, parametersOf, type Route } from "./route.ts";
import * as shape from "./shapes.ts";

const KEYED = [
  "UNAUTHORISED",
  "KEYS_TRIED",
  "KEY_WITHDRAWN",
  "TOKEN_INVALID",
  "SCOPE_MISSING",
  "RATE_LIMITED",
  "TOKEN_UNCHECKED",
] as const satisfies readonly RefusalCode[];

/** Codes that a route may answer beside its own, from its columns. */
export function refusalsOf(route: Route): readonly RefusalCode[] {
  const { access, body, query, anyQuery, bare, sends, method, refusals = [] } = route;
  const keyed = access !== "anyone" && access !== "signer";
  return [
    ...new Set<RefusalCode>([
      ...(keyed ? ([...KEYED] as const) : []),
      ...(keyed && method === "POST"
        ? (["IDEMPOTENCY_CONFLICT", "IDEMPOTENCY_PENDING", "IDEMPOTENCY_FULL"] as const)
        : []),
      ...(keyed && method !== "GET" ? (["FORM_FOREIGN"] as const) : []),
      ...(!keyed && !bare ? (["RATE_LIMITED"] as const) : []),
      ...(sends ? (["QUEUE_BACKLOGGED"] as const) : []),
      ...(anyQuery || (query === undefined && bare) ? [] : (["QUERY_INVALID"] as const)),
      "NOT_ACCEPTABLE",
      "BODY_TOO_LARGE",
      ...(body === undefined ? [] : (["BODY_TRUNCATED", "BODY_SLOW"] as const)),
      ...(body === undefined || body.types.length === 0 ? [] : (["CONTENT_TYPE"] as const)),
      ...refusals,
      ...(bare ? [] : (["CONFIG_INVALID", "KEY_MISSING"] as const)),
      "INTERNAL",
    ]),
  ];
}

const SHARED = {
  Ceremony: shape.ceremony,
  Entry: shape.entry,
  Explanation: shape.explanation,
  Problem: shape.problem,
  Receipt: shape.receipt,
} as const;
const NAMES = new Map<unknown, string>(Object.entries(SHARED).map(([name, reader]) => [reader, name]));

function schema(of: Reader<unknown> | Schema | undefined): Schema {
  if (of === undefined) return {};
  const name = NAMES.get(of);
  if (name !== undefined) return { $ref: `#/components/schemas/${name}` };
  return typeof of === "function" ? schemaOf(of) : of;
}

/** The name of a route's operation, from its method and path. */
export function operationOf({ method, path }: Pick<Route, "method" | "path">): string {
  const words = path.split(/[^A-Za-z0-9]+/).filter((word) => word !== "" && word !== "v1");
  const name = words.map((word) => `${word[0]?.toUpperCase()}${word.slice(1)}`).join("");
  return `${method.toLowerCase()}${name}`;
}

export function openApi(routes: readonly Route[]) {
  const paths: Record<string, Record<string, unknown>> = {};
  for (const route of routes) {
    const operations = paths[route.path] ?? {};
    operations[route.method.toLowerCase()] = operation(route);
    paths[route.path] = operations;
  }
  return {
    openapi: "3.1.0",
    info: {
      title: "Quorate agent",
      version,
      description:
        "One party's agent. Refusals are application/problem+json with a stable code; times are in microseconds unless a name says Ms.",
    },
    servers: [{ url: "/" }],
    tags: [...new Set(routes.map(({ group }) => group))].map((name) => ({ name })),
    paths,
    components: {
      schemas: Object.fromEntries(Object.entries(SHARED).map(([name, reader]) => [name, schemaOf(reader)])),
      securitySchemes: {
        key: { type: "http", scheme: "bearer" },
        access: { type: "apiKey", in: "header", name: "Cf-Access-Jwt-Assertion" },
      },
    },
  };
}

function operation(route: Route) {
  const { group, does, access, body, answers } = route;
  return {
    operationId: operationOf(route),
    tags: [group],
    summary: does,
    description: [deprecationText(route), `At most: ${limitsText(limitsOf(route))}`].filter(Boolean).join(". "),
    ...(route.deprecated === undefined ? {} : { deprecated: true }),
    "x-quorate-limits": limitsOf(route),
    ...security(access),
    parameters: parameters(route),
    ...(body === undefined
      ? {}
      : {
          requestBody: {
            required: true,
            description: `${body.about}; at most ${body.limit} bytes`,
            content: Object.fromEntries(
              (body.types.length === 0 ? ["*/*"] : body.types).map((type) => [
                type,
                body.reader === undefined ? {} : { schema: schema(body.reader) },
              ]),
            ),
          },
        }),
    responses: { ...responses(answers), ...problems(route) },
  };
}

function security(access: Access) {
  const keyed = access !== "anyone" && access !== "signer";
  return { security: keyed ? [{ key: [access] }, { access: [access] }] : [], "x-quorate-access": access };
}

function parameters({ method, access, path, query = {} }: Route) {
  const keyed = access !== "anyone" && access !== "signer";
  const once = {
    name: "Idempotency-Key",
    in: "header",
    required: false,
    description:
      "the same request under the same key, within a day, is answered as the first time and does nothing more",
    schema: { type: "string", minLength: 1, maxLength: 255 },
  };
  const inPath = parametersOf(path).map((name) => ({ name, in: "path", required: true, schema: { type: "string" } }));
  const inQuery = Object.entries(query).map(([name, { about, reader }]) => ({
    name,
    in: "query",
    required: false,
    description: about,
    schema: withoutNull(schemaOf(reader)),
  }));
  return [...inPath, ...inQuery, ...(keyed && method === "POST" ? [once] : [])];
}

/** A parameter that is left out is not there; it cannot be null. */
function withoutNull(schema: Schema): Schema {
  const choices = schema.anyOf as readonly Schema[] | undefined;
  const [only, ...more] = choices?.filter(({ type }) => type !== "null") ?? [];
  return only !== undefined && more.length === 0 ? only : schema;
}

function responses(answers: Route["answers"]) {
  const entry = ({ about, type, also = [], shape: of }: Answered) => ({
    description: about,
    ...(type === ""
      ? {}
      : {
          content: {
            [type]: of === undefined ? {} : { schema: schema(of) },
            ...Object.fromEntries(also.map((other) => [other, {}])),
          },
        }),
  });
  return Object.fromEntries(Object.entries(answers).map(([status, answered]) => [status, entry(answered)]));
}

/** Refusals by their status; those of a status that also has another answer are told beside it. */
function problems(route: Route) {
  const codes = refusalsOf(route);
  const statuses = [...new Set(codes.map((code) => statusOf(code)))];
  return Object.fromEntries(
    statuses.map((status) => {
      const here = codes.filter((code) => statusOf(code) === status);
      const told = here.map((code) => `${code}: ${describeRefusal({ code, detail: {} }).what}`).join("; ");
      const own = route.answers[status];
      const content = {
        ...(own === undefined ? {} : { [own.type]: own.shape === undefined ? {} : { schema: schema(own.shape) } }),
        [PROBLEM_TYPE]: { schema: schema(shape.problem) },
      };
      return [status, { description: own === undefined ? told : `${own.about}; or ${told}`, content }];
    }),
  );
}
