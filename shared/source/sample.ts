// A body as a sender might write it, for trying a source: what the scheme needs so that its event is found, and nothing true.
import type { SourceDocument } from "./document.ts";
import { githubFieldsOf } from "./github-events.ts";

type Named = Pick<SourceDocument, "scheme" | "event" | "action">;
export type Body = { readonly [field: string]: unknown };

/** `mark` makes it another delivery than the one before. Null where only the source's own document says where things stand. */
export function sampleBody({ scheme, event, action }: Named, mark: string): Body | null {
  switch (scheme) {
    case "github":
      return { ...githubSample(event, mark), ...(action === null ? {} : { action }) };
    case "slack":
      return { type: "event_callback", event_id: `Ev_${mark}`, event: { type: event } };
    case "standard":
    case "stripe":
      return { id: `evt_${mark}`, type: event };
    default:
      return null;
  }
}

function githubSample(event: string, mark: string): Body {
  const objects = Object.fromEntries(githubFieldsOf(event).map((field) => [field, {}]));
  const deployment = { id: 1, ref: "main", environment: "production" };
  const known: Body = {
    environment: "production",
    deployment_callback_url: "https://api.github.com/repos/octo-org/sample/actions/runs/1/deployment_protection_rule",
    deployment,
  };
  const own = Object.fromEntries(Object.entries(known).filter(([name]) => Object.hasOwn(objects, name)));
  return {
    ...objects,
    ...own,
    ...(event.startsWith("deployment") ? { deployment, environment: "production" } : {}),
    repository: { full_name: "octo-org/sample" },
    sender: { login: "octocat" },
    sample: mark,
  };
}

/** The body with the value at a path of field names replaced. */
export function withValue(body: Body, path: readonly string[], value: unknown): Body {
  const [name = "", ...rest] = path;
  if (rest.length === 0) return { ...body, [name]: value };
  const inner = body[name];
  const below = typeof inner === "object" && inner !== null && !Array.isArray(inner) ? (inner as Body) : {};
  return { ...body, [name]: withValue(below, rest, value) };
}
