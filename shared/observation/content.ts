// What a seat says, with the bytes in which it said it: they are counted, kept and copied of every bid, and to encode each again would cost as much
// as to read it.
import { encodeCanonical, encodedLength } from "../cbor/encode.ts";
import { join, map, misfit, type Reader, record, text } from "../cbor/read.ts";
import type { CborMap } from "../cbor/value.ts";
import { CONTENT_BYTES_MAX } from "../limits.ts";
import type { ContributionBody } from "./observation.ts";

const readFields = record<{ role: string; content: CborMap }>({ role: text(), content: map(64) });

/** What a payload has besides its role and its content, which stands last: a head, and two keys. */
const BESIDE = encodedLength(new Map(Object.entries({ role: 0, content: 0 }))) - 2;

class Said implements ContributionBody {
  readonly kind = "contribution";
  readonly role: string;
  readonly content: CborMap;
  readonly #payload: Uint8Array;

  constructor(role: string, content: CborMap, payload: Uint8Array) {
    this.role = role;
    this.content = content;
    this.#payload = payload;
  }

  get bytes(): Uint8Array {
    return this.#payload.subarray(BESIDE + encodedLength(this.role));
  }

  get length(): number {
    return this.#payload.length - BESIDE - encodedLength(this.role);
  }
}

/** Reads a contribution from its payload, of which these are the canonical bytes. It is small, since parties send it to one another again. */
export function contributionIn(bytes: Uint8Array): Reader<ContributionBody> {
  return (value, path) => {
    const { role, content } = readFields(value, path);
    const said = new Said(role, content, bytes);
    return said.length <= CONTENT_BYTES_MAX
      ? said
      : misfit(join(path, "content"), `at most ${CONTENT_BYTES_MAX} bytes`);
  };
}

/** How many bytes the encoding of a content has. */
export function contentLength(body: ContributionBody): number {
  return body instanceof Said ? body.length : encodedLength(body.content);
}

/** The encoding of a content. */
export function contentBytes(body: ContributionBody): Uint8Array {
  return body instanceof Said ? body.bytes : encodeCanonical(body.content);
}
