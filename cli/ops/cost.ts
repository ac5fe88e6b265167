// A month's bill from what one ceremony was measured to use.
import { ALWAYS, OBJECT_GB, OPERATIONS_A_MESSAGE, PLAN_USD, PRICES } from "./prices.ts";

/** Means of one party and one ceremony. */
export type MeasuredSize = {
  readonly parties: number;
  readonly workerRequests: number;
  readonly objectRequests: number;
  readonly alarms: number;
  readonly rowsRead: number;
  readonly rowsWritten: number;
  readonly queueMessages: number;
  readonly activeMs: number;
};
export type Measured = {
  readonly measuredAt: string;
  readonly machine: string;
  readonly pattern: string;
  readonly ceremonies: number;
  readonly sizes: readonly MeasuredSize[];
};

export type Line = {
  readonly item: string;
  readonly unit: string;
  readonly used: number;
  readonly included: number;
  readonly usd: number;
};

type Used = { readonly [K in keyof typeof PRICES]: number };

/** What so many ceremonies of this size use in a month, what runs always included. */
export function usedBy(size: MeasuredSize, ceremonies: number): Used {
  return {
    workerRequests: size.workerRequests * ceremonies + ALWAYS.workerRequests,
    objectRequests: (size.objectRequests + size.alarms) * ceremonies + ALWAYS.objectRequests,
    duration: (size.activeMs / 1_000) * OBJECT_GB * ceremonies + ALWAYS.duration,
    rowsRead: size.rowsRead * ceremonies,
    rowsWritten: size.rowsWritten * ceremonies + ALWAYS.rowsWritten,
    queueOperations: size.queueMessages * OPERATIONS_A_MESSAGE * ceremonies,
  };
}

export function billFor(
  size: MeasuredSize,
  ceremonies: number,
): { readonly lines: readonly Line[]; readonly usd: number } {
  const used = usedBy(size, ceremonies);
  const lines = (Object.keys(PRICES) as (keyof typeof PRICES)[]).map((name): Line => {
    const { item, unit, included, usdPerMillion } = PRICES[name];
    const beyond = Math.max(0, used[name] - included);
    return { item, unit, used: Math.round(used[name]), included, usd: cents((beyond / 1_000_000) * usdPerMillion) };
  });
  return { lines, usd: cents(PLAN_USD + lines.reduce((sum, { usd }) => sum + usd, 0)) };
}

function cents(usd: number): number {
  return Math.round(usd * 100) / 100;
}
