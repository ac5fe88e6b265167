// An example of a refusal: code that runs what refuses, and hands back what came out: a fault, or the answer that a user reads.
import { describeRefusal, REFUSALS, type Refusal } from "../../shared/refusals.ts";
import type { Fault, Result } from "../../shared/result.ts";

type Outcome = Result<unknown> | Fault | Refusal | Response | undefined | null;

export type Example = () => Outcome | Promise<Outcome>;

/** Of the codes of a group of the table. */
export type Examples<Group> = { readonly [Code in keyof Group]?: Example };

/** What a person reads of the refusal that an example ends in. */
export async function toldBy(example: Example): Promise<Refusal> {
  const outcome = await example();
  if (outcome instanceof Response) return answerIn(await outcome.text());
  if (outcome && "what" in outcome) return outcome;
  const fault = outcome && "ok" in outcome ? (outcome.ok ? null : outcome.fault) : outcome;
  if (!fault) throw new Error("nothing was refused");
  const unfilled = namesIn(fault).filter((name) => fault.detail[name] === undefined);
  if (unfilled.length > 0) throw new Error(`${fault.code} does not tell ${unfilled.join(", ")}`);
  return describeRefusal(fault);
}

/** Placeholders of a refusal's text. */
function namesIn({ code }: Fault): readonly string[] {
  const { what, why, do: remedy } = REFUSALS[code];
  return [what, why, remedy].flatMap((text) =>
    [...text.matchAll(/\{(\w+)(?::instant)?\}/g)].map(([, name]) => name as string),
  );
}

/** The refusal in the body of an answer. */
export function answerIn(body: string): Refusal {
  const { code, what, why, do: remedy } = JSON.parse(body) as Refusal;
  return { code, what, why, do: remedy };
}
