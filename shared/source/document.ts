// A webhook source as its party writes it down: who signs, which events count, and what they do: open a ceremony, of which pattern and among
// whom, or say something in one.
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
  textMap,
  withDefaults,
} from "../cbor/read.ts";
import type { CborValue } from "../cbor/value.ts";
import { SEATS_MAX } from "../limits.ts";
import { isToken } from "../mesh/subject.ts";
import { readExpression } from "../policy/expression.ts";
import { MAPPED_NAMES } from "./mapping.ts";

/** `hmac` and `ed25519` are for senders that have no scheme of their own here: the document says how they sign. */
const SOURCE_SCHEMES = ["github", "standard", "stripe", "slack", "hmac", "ed25519"] as const;

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
  /** Which of the event's deliveries count (CEL); null for all. */
  readonly when: string | null;
  /** How title and subject are read off a delivery; null for what every source reads. */
  readonly map: MappingDocument | null;
  /** What a delivery says in a ceremony, in place of opening one. */
  readonly attest: AttestDocument | null;
  /** How the sender hears of the outcome; null where it does not. */
  readonly respond: RespondDocument | null;
};

/** Expressions (CEL) over `payload`, `event`, `delivery`, `digest` and `source`. */
export type MappingDocument = {
  readonly title: string | null;
  readonly subject: ReadonlyMap<string, string>;
  /** A name by which deliveries of other sources find the ceremony. */
  readonly label: string | null;
};

export type AttestDocument = {
  /** Gives the ceremony's id, or the label under which it was opened. */
  readonly ceremony: string;
  readonly content: ReadonlyMap<string, string>;
  readonly item: string | null;
};

/** GitHub's deployment protection rule: the run is approved or rejected where the delivery says. */
export type RespondDocument = {
  readonly api: string;
  /** Over `outcome`: whether the deployment is approved. */
  readonly approved: string;
};

const GITHUB_API = "https://api.github.com";
const APPROVED = 'outcome.status == "decided" && outcome.value.choice == "approve"';
const FIELDS_MAX = 32;

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

const expression = readExpression(...MAPPED_NAMES);
const readMapping = withDefaults<MappingDocument>(
  { title: null, subject: new Map(), label: null },
  record<MappingDocument>({
    title: nullable(expression),
    subject: textMap(expression, FIELDS_MAX),
    label: nullable(expression),
  }),
);
const readAttest = withDefaults<AttestDocument>(
  { item: null },
  record<AttestDocument>({
    ceremony: expression,
    content: textMap(expression, FIELDS_MAX),
    item: nullable(expression),
  }),
);
const readRespond = withDefaults<RespondDocument>(
  { api: GITHUB_API, approved: APPROVED },
  record<RespondDocument>({ api: text(256), approved: readExpression("outcome") }),
);

const OPTIONAL = {
  action: null,
  signature: null,
  pattern: null,
  policy: null,
  alias: null,
  set: [],
  parties: [],
  closesIn: null,
  expiresIn: null,
  when: null,
  map: null,
  attest: null,
  respond: null,
};

const readFields: Reader<SourceDocument> = withDefaults<SourceDocument>(
  OPTIONAL,
  record<SourceDocument>({
    id: (value, path) =>
      typeof value === "string" && isToken(value)
        ? value
        : misfit(path, "1 to 64 letters, digits, hyphens and underscores"),
    scheme: oneOf(...SOURCE_SCHEMES),
    event: text(),
    action: nullable(text()),
    signature: nullable(readSignature),
    pattern: nullable(text()),
    policy: anything,
    alias: nullable(text()),
    set: list(record({ path: text(), value: anything }), 64),
    parties: list(record({ authority: text(), role: text(), power: integer(1, 1_000_000) }), SEATS_MAX),
    closesIn: nullable(integer(0, 40_000_000)),
    expiresIn: nullable(integer(1, 40_000_000)),
    when: nullable(expression),
    map: nullable(readMapping),
    attest: nullable(readAttest),
    respond: nullable(readRespond),
  }),
);

export const readSource: Reader<SourceDocument> = (value, path, all) => {
  const source = readFields(value, path, all);
  const plain = source.scheme === "hmac" || source.scheme === "ed25519";
  if (plain && source.signature === null) misfit(`${path}.signature`, `given for the scheme ${source.scheme}`);
  if (!plain && source.signature !== null) misfit(`${path}.signature`, `left out for the scheme ${source.scheme}`);
  const chosen = [source.pattern, source.policy, source.alias].filter((one) => one !== null);
  if (source.attest !== null) {
    if (chosen.length + source.parties.length + source.set.length > 0)
      misfit(`${path}.attest`, "alone: what says something in a ceremony opens none");
    if (source.attest.content.size === 0) misfit(`${path}.attest.content`, "what is said");
    if (source.respond !== null) misfit(`${path}.respond`, "left out: only what opens a ceremony is answered");
    return source;
  }
  if (chosen.length !== 1) misfit(`${path}.pattern`, "given, or a document as `policy`, or an `alias` in its place");
  if (source.parties.length === 0) misfit(`${path}.parties`, "a list of 1 or more: who takes part");
  return source;
};
