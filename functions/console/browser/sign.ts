// In the page that signs: recomputes the digest and its words from the very bytes that will be signed and decodes them here, so that what is
// shown does not rest on the server's word. There is no button before all of it fits.
import { readSigned } from "../../../shared/observation/signed-bytes.ts";
import { describeRefusal } from "../../../shared/refusals.ts";
import { digestWords } from "../../../shared/words.ts";
import { readable } from "../readable.ts";

const form = document.querySelector<HTMLFormElement>("form[data-signed]");
const report = document.querySelector<HTMLElement>("#recomputed");

if (form !== null && report !== null) {
  const button = form.querySelector<HTMLButtonElement>("#sign");
  const digest = form.dataset.digest ?? "";
  const read = readSigned(form.dataset.signed ?? "", digest);
  if (read.ok) {
    const shown = document.querySelector("#decoded");
    if (shown !== null) shown.textContent = readable(read.value, Number.POSITIVE_INFINITY, "\n").shown;
    report.textContent = `✓ This page recomputed the digest (${digestWords(digest)}) from the bytes to be signed, and decoded them below.`;
    if (button !== null) {
      button.disabled = false;
      button.hidden = false;
    }
  } else {
    const { code, what, why, do: remedy } = describeRefusal(read.fault);
    report.textContent = `✗ ${code}: ${what}; ${why}. ${remedy}`;
  }
}
