// From a result to its value, or to the refusal that ends the command.
import { exitOf } from "../../shared/refusals/effects.ts";
import type { Result } from "../../shared/result.ts";
import { EXIT, Refused } from "../registry.ts";

/** A document that cannot be read is a mistake of the asker, and some things stop on purpose; any other refusal is a definite no. */
export function unwrap<T>(result: Result<T>): T {
  if (result.ok) return result.value;
  const exit = exitOf(result.fault.code);
  throw new Refused(result.fault, exit === EXIT.usage || exit === EXIT.stopped ? exit : EXIT.no);
}
