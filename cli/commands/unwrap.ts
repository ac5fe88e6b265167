// From a result to its value, or to the refusal that ends the command.
import type { Result } from "../../shared/result.ts";
import { EXIT, Refused } from "../registry.ts";

/** A document that cannot be read is a mistake of the asker; any other refusal is a definite no. */
export function unwrap<T>(result: Result<T>): T {
  if (result.ok) return result.value;
  throw new Refused(result.fault, result.fault.code === "MESH_DOCUMENT_INVALID" ? EXIT.usage : EXIT.no);
}
