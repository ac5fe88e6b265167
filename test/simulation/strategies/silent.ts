import type { Strategy } from "./strategy.ts";

/** Says nothing, ever. */
export const SILENT: Strategy = { name: "silent", least: 1, cores: 0, begin: () => ({}) };
