// Routes that will go: since when it is known, until when they stay, and what takes their place (RFC 9745, RFC 8594).
import type { Route } from "./route.ts";

/** The headers of every answer of such a route. */
export function deprecationHeaders({ deprecated }: Route): readonly (readonly [string, string])[] {
  if (deprecated === undefined) return [];
  const { since, sunset, instead } = deprecated;
  return [
    ["deprecation", `@${Math.floor(Date.parse(since) / 1_000)}`],
    ...(sunset === null ? [] : [["sunset", new Date(sunset).toUTCString()] as const]),
    ...(instead === null ? [] : [["link", `<${instead}>; rel="successor-version"`] as const]),
  ];
}

export function deprecationText({ deprecated }: Route): string {
  if (deprecated === undefined) return "";
  const { since, sunset, instead } = deprecated;
  const until = sunset === null ? "" : `, gone on ${sunset}`;
  return `deprecated since ${since}${until}${instead === null ? "" : `; use ${instead}`}`;
}
