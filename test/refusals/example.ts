// An example of a refusal: code that runs what refuses, and hands back the fault that came out. One for every code of a group, by type.
import type { Fault, Result } from "../../shared/result.ts";

type Outcome = Result<unknown> | Fault | undefined | null;

export type Example = () => Outcome | Promise<Outcome>;

/** Total over a group of the table: a code without an example does not compile. */
export type Examples<Group> = { readonly [Code in keyof Group]: Example };

/** The fault that an example ends in. */
export async function faultOf(example: Example): Promise<Fault> {
  const outcome = await example();
  const fault = outcome && "ok" in outcome ? (outcome.ok ? null : outcome.fault) : outcome;
  if (!fault) throw new Error("nothing was refused");
  return fault;
}
