// What Cloudflare bills of an agent, as its published prices were when the figures beside them were measured: paid plan, in US dollars. What is
// included each month is included once for an account, whatever else runs in it.

export type Price = {
  readonly item: string;
  readonly unit: string;
  readonly included: number;
  /** For each million of units. */
  readonly usdPerMillion: number;
};

export const PLAN_USD = 5;
export const PRICES = {
  workerRequests: { item: "Worker requests", unit: "requests", included: 10_000_000, usdPerMillion: 0.3 },
  objectRequests: { item: "object requests and alarms", unit: "requests", included: 1_000_000, usdPerMillion: 0.15 },
  duration: { item: "object duration", unit: "GB-s", included: 400_000, usdPerMillion: 12.5 },
  rowsRead: { item: "rows read", unit: "rows", included: 25_000_000_000, usdPerMillion: 0.001 },
  rowsWritten: { item: "rows written", unit: "rows", included: 50_000_000, usdPerMillion: 1 },
  queueOperations: { item: "queue operations", unit: "operations", included: 1_000_000, usdPerMillion: 0.4 },
} as const satisfies Readonly<Record<string, Price>>;

/** A message is written, read and deleted. */
export const OPERATIONS_A_MESSAGE = 3;
/** An object's memory, in GB. */
export const OBJECT_GB = 0.128;
const MONTH_SECONDS = 30 * 86_400;
/** The link keeps a socket open and so never sleeps; its alarm and the sweep by cron go on all the while. */
export const ALWAYS = {
  duration: MONTH_SECONDS * OBJECT_GB,
  objectRequests: MONTH_SECONDS / 20 + (2 * MONTH_SECONDS) / 300,
  workerRequests: MONTH_SECONDS / 300,
  rowsWritten: MONTH_SECONDS / 20,
} as const;
