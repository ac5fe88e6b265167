// In the page that signs: recomputes the digest from the very bytes that will be signed and decodes them here, so that what is shown
// does not rest on the server's word. The button stays off until both fit.
import { parseBase64, toHex } from "../../../shared/bytes.ts";
import { decodeCanonical } from "../../../shared/cbor/decode.ts";
import { toJson } from "../../../shared/cbor/json.ts";
import { sha256 } from "../../../shared/hash.ts";

const form = document.querySelector<HTMLFormElement>("form[data-signed]");
const report = document.querySelector<HTMLElement>("#recomputed");

function recompute(signed: string, digest: string): string {
  const bytes = parseBase64(signed);
  if (bytes === null) throw new Error("the bytes cannot be read");
  if (toHex(sha256(bytes)) !== digest) throw new Error("the digest shown is not the digest of these bytes");
  const structure = decodeCanonical(bytes);
  const payload = structure.ok && Array.isArray(structure.value) ? structure.value[3] : undefined;
  const decoded = payload instanceof Uint8Array ? decodeCanonical(payload) : undefined;
  if (!decoded?.ok) throw new Error("the statement cannot be decoded");
  return JSON.stringify(toJson(decoded.value), null, 1);
}

if (form !== null && report !== null) {
  const button = form.querySelector<HTMLButtonElement>("button");
  try {
    const decoded = recompute(form.dataset.signed ?? "", form.dataset.digest ?? "");
    const shown = document.querySelector("#decoded");
    if (shown !== null) shown.textContent = decoded;
    report.textContent = "✓ This page recomputed the digest from the bytes to be signed, and decoded them below.";
  } catch (error) {
    report.textContent = `✗ BLIND_SIGNING_REFUSED: ${(error as Error).message}. Nothing can be signed here.`;
    if (button !== null) button.disabled = true;
  }
}
