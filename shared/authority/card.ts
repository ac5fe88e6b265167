// A party's card: what partners need in order to recognise it, and nothing secret. A card proves that its root empowers its agent's key;
// that the root is the organisation's own is for people to compare, by words, over another road.
import { parseBase64, toBase64 } from "../bytes.ts";
import { fromJson, type Json } from "../cbor/json.ts";
import { anything, hex32, list, misfit, oneOf, type Reader, readAs, recordWith } from "../cbor/read.ts";
import { CHAIN_FRAMES_MAX } from "../limits.ts";
import { isToken } from "../mesh/subject.ts";
import { fault, ok, type Result } from "../result.ts";
import { checkLinkage, checkLoops, checkMesh, leafOf, parseChain, proveSignatures, rootOf } from "./chain.ts";

const CARD_FORMAT = "quorate-card/1";

export type Card = {
  /** Its name in subjects and seats. */
  readonly name: string;
  readonly mesh: string;
  /** Root key and the agent's key, in hexadecimal. */
  readonly root: string;
  readonly key: string;
  /** Credential frames, root's grant first. */
  readonly credentials: readonly Uint8Array[];
};

const readToken: Reader<string> = (value, path) =>
  typeof value === "string" && isToken(value)
    ? value
    : misfit(path, "1 to 64 letters, digits, hyphens and underscores");
const readFrame: Reader<Uint8Array> = (value, path) =>
  (typeof value === "string" ? parseBase64(value) : null) ?? misfit(path, "canonical base64");

const readCard = recordWith<Card & { readonly format: string }, { readonly engine: unknown }>(
  {
    format: oneOf(CARD_FORMAT),
    name: readToken,
    mesh: readToken,
    root: hex32,
    key: hex32,
    credentials: list(readFrame, CHAIN_FRAMES_MAX, 1),
  },
  { engine: anything },
);

export function writeCard({ name, mesh, root, key, credentials }: Card) {
  return { format: CARD_FORMAT, name, mesh, root, key, credentials: credentials.map(toBase64) };
}

/** Reads a card and checks that its chain is whole, signed, of its mesh, and leads from the root that it names to the key that it names. */
export async function openCard(document: Json | unknown): Promise<Result<Card>> {
  const value = fromJson(document);
  const read = value.ok ? readAs(value.value, readCard) : value;
  if (!read.ok) return fault("CARD_INVALID", read.fault.detail);
  const { name, mesh, root, key, credentials } = read.value;
  const chain = parseChain(credentials);
  if (!chain.ok) return invalid("credentials", chain.fault.code);
  for (const check of [checkLinkage, checkMesh, checkLoops]) {
    const checked = check(chain.value, mesh);
    if (!checked.ok) return invalid("credentials", checked.fault.code);
  }
  const proved = await proveSignatures(chain.value);
  if (!proved.ok) return invalid("credentials", proved.fault.code);
  if (rootOf(chain.value) !== root)
    return fault("CARD_INVALID", { path: "root", need: "the key that signed the credentials" });
  if (leafOf(chain.value).holder !== key)
    return fault("CARD_INVALID", { path: "key", need: "the key that the credentials empower" });
  return ok({ name, mesh, root, key, credentials });
}

function invalid(path: string, code: string) {
  return fault("CARD_INVALID", { path, need: `a sound chain (${code})` });
}
