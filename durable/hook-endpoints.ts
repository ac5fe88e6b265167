// Where the agent's events go: endpoints of the deployment, and those added while it runs.
import { list, misfit, oneOf, type Reader, record, text, withDefaults } from "../shared/cbor/read.ts";
import { isToken } from "../shared/mesh/subject.ts";
import { type Fault, fault, ok, type Result } from "../shared/result.ts";
import { EVENT_TYPES, type EventType } from "../shared/webhooks/event.ts";
import { readTarget, TARGET_LENGTH_MAX } from "../shared/webhooks/target.ts";

export type Endpoint = {
  readonly id: string;
  readonly url: string;
  readonly events: readonly EventType[];
};
export type ShownEndpoint = Endpoint & {
  readonly isConfigured: boolean;
  readonly disabledAtMs: number | null;
  readonly why: string | null;
};

/** As many receivers as one agent tells. */
export const ENDPOINTS_MAX = 32;

const endpointId: Reader<string> = (value, path) =>
  typeof value === "string" && isToken(value)
    ? value
    : misfit(path, "1 to 64 letters, digits, hyphens and underscores");

/** Without `events` it is told all of them. */
export const readEndpoint: Reader<Endpoint> = withDefaults<Endpoint>(
  { events: EVENT_TYPES },
  record<Endpoint>({
    id: endpointId,
    url: text(TARGET_LENGTH_MAX),
    events: list(oneOf(...EVENT_TYPES), EVENT_TYPES.length, 1),
  }),
);

/** Addresses that must not be called are refused where they are configured, and once more at each call. */
export function refuseTargets(
  { endpoints, resolver }: { readonly endpoints: readonly Endpoint[]; readonly resolver: string | null },
  loopback: boolean,
): Fault | null {
  const urls = [
    ...endpoints.map(({ id, url }) => [`PARTY.endpoints.${id}.url`, url] as const),
    ...(resolver === null ? [] : [["PARTY.resolver", resolver] as const]),
  ];
  for (const [path, url] of urls) {
    const target = readTarget(url, { loopback });
    if (!target.ok)
      return fault("CONFIG_INVALID", { path, need: `an address that may be called: ${target.fault.detail.reason}` })
        .fault;
  }
  return null;
}

const TABLES = [
  "CREATE TABLE IF NOT EXISTS endpoints (id TEXT PRIMARY KEY, url TEXT NOT NULL, events TEXT NOT NULL)",
  "CREATE TABLE IF NOT EXISTS disabled (id TEXT PRIMARY KEY, at INTEGER NOT NULL, why TEXT NOT NULL)",
];

export class HookEndpoints {
  readonly #sql: SqlStorage;

  constructor(sql: SqlStorage) {
    this.#sql = sql;
    for (const table of TABLES) sql.exec(table);
  }

  list(configured: readonly Endpoint[]): readonly ShownEndpoint[] {
    const rows = this.#sql
      .exec<{ id: string; url: string; events: string }>("SELECT id, url, events FROM endpoints ORDER BY id")
      .toArray();
    const added = rows
      .filter(({ id }) => !configured.some((endpoint) => endpoint.id === id))
      .map(({ id, url, events }) => ({ id, url, events: JSON.parse(events) as readonly EventType[] }));
    return [
      ...configured.map((endpoint) => this.#shown(endpoint, true)),
      ...added.map((endpoint) => this.#shown(endpoint, false)),
    ];
  }

  #shown(endpoint: Endpoint, isConfigured: boolean): ShownEndpoint {
    const off = this.#sql
      .exec<{ at: number; why: string }>("SELECT at, why FROM disabled WHERE id = ?", endpoint.id)
      .toArray()[0];
    return { ...endpoint, isConfigured, disabledAtMs: off?.at ?? null, why: off?.why ?? null };
  }

  add(endpoint: Endpoint, configured: readonly Endpoint[]): Result<Endpoint> {
    const known = this.list(configured);
    if (known.some(({ id }) => id === endpoint.id)) return fault("HOOK_EXISTS", { thing: "endpoint", id: endpoint.id });
    if (known.length >= ENDPOINTS_MAX) return fault("HOOKS_FULL", { thing: "endpoints", limit: ENDPOINTS_MAX });
    const { id, url, events } = endpoint;
    this.#sql.exec("INSERT INTO endpoints VALUES (?, ?, ?)", id, url, JSON.stringify(events));
    return ok(endpoint);
  }

  /** False where no such endpoint was added here. */
  remove(id: string): boolean {
    this.#sql.exec("DELETE FROM disabled WHERE id = ?", id);
    return this.#sql.exec("DELETE FROM endpoints WHERE id = ? RETURNING id", id).toArray().length > 0;
  }

  disable(id: string, nowMs: number, why: string): void {
    this.#sql.exec("INSERT OR REPLACE INTO disabled VALUES (?, ?, ?)", id, nowMs, why);
  }

  enable(id: string): void {
    this.#sql.exec("DELETE FROM disabled WHERE id = ?", id);
  }
}
