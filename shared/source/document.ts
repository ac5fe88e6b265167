// A webhook source as its party writes it down: who signs, which events open a ceremony, of which pattern, among whom.
import {
  anything,
  integer,
  list,
  misfit,
  nullable,
  oneOf,
  type Reader,
  record,
  text,
  withDefaults,
} from "../cbor/read.ts";
import type { CborValue } from "../cbor/value.ts";
import { SEATS_MAX } from "../limits.ts";

/** `hmac` and `ed25519` are for senders that have no scheme of their own here: the document says how they sign. */
export const SOURCE_SCHEMES = ["github", "standard", "stripe", "slack", "hmac", "ed25519"] as const;

export type SourceDocument = {
  readonly id: string;
  readonly scheme: (typeof SOURCE_SCHEMES)[number];
  /** The type that the signed body must bear. */
  readonly event: string;
  /** The body's `action` that counts; null for any. */
  readonly action: string | null;
  /** How the sender signs; null unless the scheme is `hmac` or `ed25519`. */
  readonly signature: SignatureDocument | null;
  /** A pattern that ships, or a policy document, or an alias: one of them. */
  readonly pattern: string | null;
  readonly policy: CborValue;
  readonly alias: string | null;
  /** Its parameters, as paths and JSON values. */
  readonly set: readonly { readonly path: string; readonly value: CborValue }[];
  readonly parties: readonly { readonly authority: string; readonly role: string; readonly power: number }[];
  /** Seconds until the round closes and until the ceremony expires; null for the policy's own. */
  readonly closesIn: number | null;
  readonly expiresIn: number | null;
};

/** A plain signature over the body: HMAC-SHA256 under a shared secret, or Ed25519 under the sender's public key. */
export type SignatureDocument = {
  readonly header: string;
  /** Text before the signature in its header, such as `sha256=`; may be empty. */
  readonly prefix: string;
  readonly encoding: "hex" | "base64";
  /** Where the time is that the sender signs before the body, and the text between the two; null where it signs none. */
  readonly time: { readonly header: string; readonly joint: string } | null;
  /** Where the body names its event, and its delivery (null where it does not): field names joined by dots. */
  readonly event: string;
  readonly delivery: string | null;
};

const headerName: Reader<string> = (value, path) =>
  typeof value === "string" && /^[A-Za-z0-9-]{1,64}$/.test(value) ? value : misfit(path, "the name of a header");

/** A digit here could be read as one of the time's. */
const joint: Reader<string> = (value, path) =>
  /^\d/.test(text(8, 0)(value, path)) ? misfit(path, "text that does not begin with a digit") : (value as string);

const readSignature: Reader<SignatureDocument> = record<SignatureDocument>({
  header: headerName,
  prefix: text(32, 0),
  encoding: oneOf("hex", "base64"),
  time: nullable(record({ header: headerName, joint })),
  event: text(),
  delivery: nullable(text()),
});

const readFields: Reader<SourceDocument> = withDefaults<SourceDocument>(
  { signature: null, pattern: null, policy: null, alias: null },
  record<SourceDocument>({
    id: text(),
    scheme: oneOf(...SOURCE_SCHEMES),
    event: text(),
    action: nullable(text()),
    signature: nullable(readSignature),
    pattern: nullable(text()),
    policy: anything,
    alias: nullable(text()),
    set: list(record({ path: text(), value: anything }), 64),
    parties: list(record({ authority: text(), role: text(), power: integer(1, 1_000_000) }), SEATS_MAX, 1),
    closesIn: nullable(integer(0, 40_000_000)),
    expiresIn: nullable(integer(1, 40_000_000)),
  }),
);

export const readSource: Reader<SourceDocument> = (value, path) => {
  const source = readFields(value, path);
  const plain = source.scheme === "hmac" || source.scheme === "ed25519";
  if (plain && source.signature === null) misfit(`${path}.signature`, `given for the scheme ${source.scheme}`);
  const chosen = [source.pattern, source.policy, source.alias].filter((one) => one !== null);
  if (chosen.length !== 1) misfit(`${path}.pattern`, "given, or a document as `policy`, or an `alias` in its place");
  if (!plain && source.signature !== null) misfit(`${path}.signature`, `left out for the scheme ${source.scheme}`);
  return source;
};
