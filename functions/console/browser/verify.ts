// The public verifier in the page, and in the one file that needs no agent: the same function as the SDK's and the command line's.
// Nothing leaves the browser; whatever a file holds is shown as text.
import { parseJson } from "../../../shared/evidence/bundle.ts";
import { TRUST_FORMAT } from "../../../shared/evidence/trust-statement.ts";
import { type Verdict, verdictOn } from "../../../shared/evidence/verdict.ts";
import { describeRefusal } from "../../../shared/refusals.ts";
import { readable } from "../readable.ts";

const WORDS = {
  passed: "✓ PASSED: the outcome follows from the evidence.",
  failed: "✗ FAILED: the evidence does not bear the outcome out.",
  indeterminate: "? CANNOT TELL: something is missing.",
} as const;
const MARKS = { passed: "✓", failed: "✗", indeterminate: "?", "not reached": "–" } as const;

const form = document.querySelector<HTMLFormElement>("#verify");
const shown = document.querySelector<HTMLElement>("#verdict");

const inputNamed = (name: string) => form?.querySelector<HTMLInputElement>(`input[name=${name}]`);

async function bytesOf(name: string): Promise<Uint8Array> {
  const file = inputNamed(name)?.files?.[0];
  if (file === undefined) throw new Error(`choose the ${name} file`);
  return new Uint8Array(await file.arrayBuffer());
}

function verdictText({ verdict, reasons, checks, outcome }: Verdict): string {
  const why = reasons.flatMap((reason) => {
    const { code, what, why, do: remedy } = describeRefusal(reason);
    return [`${code} at ${reason.step}, ${reason.subject}`, `what  ${what}`, `why   ${why}`, `do    ${remedy}`];
  });
  const found =
    outcome === null
      ? "no outcome was recomputed"
      : `outcome recomputed here: ${outcome.status} ${JSON.stringify(outcome.value)} sha256:${outcome.digest}`;
  const rows = checks.map(({ name, result }) => `${MARKS[result]} ${name.padEnd(13)} ${result}`);
  return [WORDS[verdict], ...why, found, ...rows, "0 requests were made."].join("\n");
}

async function verify(): Promise<void> {
  if (shown === null) return;
  delete shown.dataset.verdict;
  shown.textContent = "Checking …";
  try {
    const judged = await verdictOn(await bytesOf("bundle"), { trust: parseJson(await bytesOf("trust")) });
    shown.textContent = readable(verdictText(judged), Number.POSITIVE_INFINITY, "\n").shown;
    shown.dataset.code = judged.reasons[0]?.code ?? "";
    shown.dataset.verdict = judged.verdict;
  } catch (error) {
    shown.textContent = `✗ ${(error as Error).message}`;
  }
}

/** A dropped file goes where it belongs: its format says which of the two it is. */
async function take(files: readonly File[]): Promise<void> {
  for (const file of files) {
    const document = parseJson(new Uint8Array(await file.arrayBuffer()));
    const format = (document as { readonly format?: unknown } | null | undefined)?.format;
    const input = inputNamed(format === TRUST_FORMAT ? "trust" : "bundle");
    const list = new DataTransfer();
    list.items.add(file);
    if (input) input.files = list.files;
  }
  if (inputNamed("bundle")?.files?.length && inputNamed("trust")?.files?.length) await verify();
}

form?.addEventListener("submit", (event) => {
  event.preventDefault();
  void verify();
});
document.addEventListener("dragover", (event) => event.preventDefault());
document.addEventListener("drop", (event) => {
  event.preventDefault();
  void take([...(event.dataTransfer?.files ?? [])]);
});
