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
  readonly ceremony?: string | null;
  readonly observations?: readonly string[];
  readonly source?: string | undefined;
  /** What an error of ours said. */
  readonly reason?: string;
};

export function log(level: "info" | "warn" | "error", event: string, fields: LogFields): void {
  const line = { event, ...fields };
  if (level === "error") console.error(line);
  else if (level === "warn") console.warn(line);
  else console.log(line);
}
