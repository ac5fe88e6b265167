// Documents for trying rules: JSON, in which people may write units, instants and degrees.
import { readJsonFile } from "./files.ts";
import { importDegrees } from "./geodetic.ts";
import { importQuantities } from "./quantities.ts";

export function readCase(path: string): unknown {
  return importCase(readJsonFile(path));
}

export function importCase(document: unknown): unknown {
  return importDegrees(importQuantities(document));
}
