// The public verifier in the page: the same function as the agent's and the command line's. Nothing leaves the browser.

import { parseJson } from "../../../shared/evidence/bundle.ts";
import { readTrustStatement } from "../../../shared/evidence/trust-statement.ts";
import { verifyBundle } from "../../../shared/evidence/verify.ts";
import { describeRefusal } from "../../../shared/refusals.ts";

const WORDS = {
  passed: "✓ PASSED: the outcome follows from the evidence.",
  failed: "✗ FAILED: the evidence does not bear the outcome out.",
  indeterminate: "? CANNOT TELL: something is missing.",
} as const;

const form = document.querySelector<HTMLFormElement>("#verify");
const verdict = document.querySelector<HTMLElement>("#verdict");

async function bytesOf(name: string): Promise<Uint8Array> {
  const file = form?.querySelector<HTMLInputElement>(`input[name=${name}]`)?.files?.[0];
  if (file === undefined) throw new Error(`choose the ${name} file`);
  return new Uint8Array(await file.arrayBuffer());
}

async function verdictText(): Promise<string> {
  const bundle = await bytesOf("bundle");
  const trust = readTrustStatement(parseJson(await bytesOf("trust")));
  if (!trust.ok) return `✗ The trust statement cannot be read: ${describeRefusal(trust.fault).why}`;
  const { verdict: word, firstFailing, checks, outcome } = await verifyBundle(bundle, { trust: trust.value });
  const failing =
    firstFailing === undefined
      ? []
      : [`first failing step: ${firstFailing.step}, ${firstFailing.code} (${firstFailing.entry})`];
  return [
    WORDS[word],
    ...failing,
    outcome === null
      ? "no outcome was recomputed"
      : `outcome recomputed here: ${outcome.digest} ${JSON.stringify(outcome.value)}`,
    ...checks.map(({ name, result }) => `${result.padEnd(13)} ${name}`),
    "0 requests were made.",
  ].join("\n");
}

form?.addEventListener("submit", (event) => {
  event.preventDefault();
  if (verdict === null) return;
  verdict.textContent = "Checking …";
  verdictText().then(
    (text) => {
      verdict.textContent = text;
    },
    (error: Error) => {
      verdict.textContent = `✗ ${error.message}`;
    },
  );
});
