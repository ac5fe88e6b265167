// The agent's log: one JSON document a line, of these fields alone. What requests, webhooks and frames carry is never among them.

export type LogFields = {
  /** Number of a request, as its answer bears it. */
  readonly request?: string | undefined;
  readonly method?: string;
  /** The route as the table has it, never the address that was asked. */
  readonly route?: string;
  readonly status?: number;
  readonly ms?: number;
  readonly code?: string | undefined;
  /** Name of the key that asked, never the key. */
  readonly caller?: string | undefined;
  readonly mesh?: string | undefined;
  readonly ceremony?: string | null | undefined;
  readonly observations?: readonly string[];
  /** Id of a webhook source, or of an endpoint. */
  readonly source?: string | undefined;
  /** Id of an event that is told. */
  readonly told?: string;
  /** Why a signature does not fit, in words of ours. */
  readonly cause?: unknown;
  /** Size and digest of a refused body. */
  readonly received?: unknown;
  /** Where the agent's configuration is wrong. */
  readonly path?: unknown;
  readonly need?: unknown;
  /** What an error said, cut: others' text may be in it. */
  readonly reason?: string;
};

const REASON_LENGTH_MAX = 300;

export function log(level: "info" | "warn" | "error", event: string, fields: LogFields): void {
  const { reason } = fields;
  const line = { event, ...fields, ...(reason === undefined ? {} : { reason: reason.slice(0, REASON_LENGTH_MAX) }) };
  if (level === "error") console.error(line);
  else if (level === "warn") console.warn(line);
  else console.log(line);
}
