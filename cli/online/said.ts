// What the flags of `attest` say: exactly one contribution, whose form the agent judges by the ceremony's policy.
import { randomBytes } from "node:crypto";
import { existsSync } from "node:fs";
import { fromJson, type Json } from "../../shared/cbor/json.ts";
import { type CborMap, isCborMap } from "../../shared/cbor/value.ts";
import { commitTo } from "../../shared/outcome/sealing.ts";
import { readJsonFile, usage } from "../files.ts";
import { writePrivate } from "../party/folder.ts";
import type { Call } from "../registry.ts";

export type Content = Readonly<Record<string, unknown>>;

export const CHOICES = ["approve", "reject", "abstain"] as const;

/** A sealed one is kept in the file that it names, before its commitment goes out: without it nothing could be revealed. */
export function contentOf({ flags }: Call): Content {
  const { choice, bid, value, file, reveal, reason, quantity, item, sealed } = flags;
  const forms: readonly (Content | null)[] = [
    ...CHOICES.map((word) => (flags[word] === true ? { choice: word } : null)),
    typeof choice === "string" ? { choice } : null,
    typeof bid === "string" ? { bid: bidOf(bid, quantity, item) } : null,
    typeof value === "string" ? { value: whole(value, "--value") } : null,
    typeof file === "string" ? documentIn(file, "--file") : null,
    typeof reveal === "string" ? { reveal: documentIn(reveal, "--reveal") } : null,
  ];
  const given = forms.filter((form) => form !== null);
  const [content] = given;
  if (content === undefined || given.length > 1)
    throw usage(
      "exactly one of --approve, --reject, --abstain, --choice, --bid, --value, --file and --reveal is needed",
    );
  const said = typeof sealed === "string" ? { commit: sealedIn(sealed, content) } : content;
  return typeof reason === "string" ? { ...said, reason } : said;
}

function bidOf(amount: string, quantity: unknown, item: unknown): Content {
  return {
    amount: whole(amount, "--bid"),
    ...(typeof quantity === "string" ? { quantity: whole(quantity, "--quantity") } : {}),
    ...(typeof item === "string" ? { item } : {}),
  };
}

/** The commitment to what the file holds; a file that is there already is committed to as it is, so that nothing is lost by trying again. */
function sealedIn(path: string, content: Content): string {
  if (!existsSync(path)) writePrivate(path, { ...content, nonce: randomBytes(24).toString("base64url") });
  const { nonce, ...kept } = documentIn(path, "--sealed");
  if (typeof nonce !== "string" || JSON.stringify(kept) !== JSON.stringify(content))
    throw usage(`--sealed: ${path} holds something else; name a file that is not there yet`);
  return commitTo(asMap({ ...kept, nonce }));
}

function asMap(document: Content): CborMap {
  const read = fromJson(document as Json);
  if (!read.ok || !isCborMap(read.value)) throw usage("what is sealed must be whole numbers, text, lists and objects");
  return read.value;
}

function whole(given: string, flag: string): number {
  const number = Number(given);
  if (!/^-?\d{1,16}$/.test(given) || !Number.isSafeInteger(number))
    throw usage(`${flag} takes a whole number, in the smallest unit; not ${given}`);
  return number;
}

function documentIn(path: string, flag: string): Content {
  const document = readJsonFile(path);
  if (typeof document !== "object" || document === null || Array.isArray(document))
    throw usage(`${flag} names a file that holds one JSON object`);
  return document as Content;
}
