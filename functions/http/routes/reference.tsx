// What the agent tells of its own routes: to programs as OpenAPI, to people as a page.
import { sha256Hex } from "../../../shared/hash.ts";
import { contentPolicy, POLICY_HEADER } from "../../console/content-policy.ts";
import { Page } from "../../console/layout.tsx";
import { deprecationText } from "../contract/deprecation.ts";
import { limitsOf, limitsText } from "../contract/limits.ts";
import { openApi, refusalsOf } from "../contract/openapi.ts";
import { JSON_TYPE, type Route, route } from "../contract/route.ts";
import * as shape from "../contract/shapes.ts";

/** Routes about the whole table, themselves included; it is asked for when it is complete. */
export function referenceRoutes(table: () => readonly Route[]): readonly Route[] {
  let text: string | null = null;
  const document = () => {
    text ??= JSON.stringify(openApi(table()));
    return text;
  };
  return [
    route({
      method: "GET",
      path: "/openapi.json",
      group: "reference",
      does: "these routes as an OpenAPI 3.1 document",
      access: "anyone",
      answers: {
        200: { about: "the document", type: JSON_TYPE, shape: shape.document("openapi", "info", "paths") },
        304: { about: "as it was", type: "" },
      },
      bare: true,
      handle: (context) => {
        const etag = `"${sha256Hex(new TextEncoder().encode(document()))}"`;
        if (context.req.header("if-none-match") === etag) return context.body(null, 304, { etag });
        return context.body(document(), 200, { "content-type": JSON_TYPE, etag });
      },
    }),
    route({
      method: "GET",
      path: "/docs",
      group: "reference",
      does: "these routes as a page",
      access: "anyone",
      answers: { 200: { about: "the page", type: "text/html" } },
      bare: true,
      handle: async (context) => {
        context.header(POLICY_HEADER, contentPolicy(false));
        context.header("referrer-policy", "no-referrer");
        return context.html(`<!doctype html>${await (<Reference routes={table()} />)}`);
      },
    }),
  ];
}

const Reference = ({ routes }: { routes: readonly Route[] }) => (
  <Page title="HTTP API" path="/docs" perspective={null}>
    <p>
      For programs: <a href="/openapi.json">OpenAPI 3.1</a>. Refusals are application/problem+json with a stable code;
      each code has a page of its own under /e.
    </p>
    {[...new Set(routes.map(({ group }) => group))].map((group) => (
      <section>
        <h2>{group}</h2>
        {routes
          .filter((each) => each.group === group)
          .map((each) => (
            <Described row={each} />
          ))}
      </section>
    ))}
  </Page>
);

const ACCESS: Readonly<Record<string, string>> = {
  anyone: "no key needed",
  signer: "no key needed: what it takes is signed",
};

const Described = ({ row }: { row: Route }) => (
  <article class="card">
    <h3>
      <code>{`${row.method} ${row.path}`}</code>
    </h3>
    <p>{row.does}</p>
    {row.deprecated === undefined ? null : (
      <p>
        <strong>{deprecationText(row)}</strong>
      </p>
    )}
    <p>{`At most: ${limitsText(limitsOf(row))}`}</p>
    <p>{ACCESS[row.access] ?? `a key with the scope ${row.access}`}</p>
    {row.query === undefined ? null : (
      <ul>
        {Object.entries(row.query).map(([name, { about }]) => (
          <li>
            <code>{`?${name}=`}</code> {about}
          </li>
        ))}
      </ul>
    )}
    {row.body === undefined ? null : <p>{`Reads ${row.body.types.join(" or ") || "any type"}: ${row.body.about}`}</p>}
    <ul>
      {Object.entries(row.answers).map(([status, { about, type }]) => (
        <li>
          <strong>{status}</strong> {`${about}${type === "" ? "" : ` (${type})`}`}
        </li>
      ))}
    </ul>
    <p>
      Refuses with{" "}
      {refusalsOf(row).map((code) => (
        <>
          <a href={`/e/${code}`}>{code}</a>{" "}
        </>
      ))}
    </p>
  </article>
);
