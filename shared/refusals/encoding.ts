// Refusals of bytes: CBOR, COSE, keys and signatures (SPEC §1, §2).
const CANONICAL = "send the deterministic encoding (RFC 8949 §4.2.1) of the profile in SPEC §1.1";

export const ENCODING_REFUSALS = {
  FRAME_TOO_LARGE: {
    what: "the frame is {found} bytes",
    why: "a frame has at most {limit} bytes",
    do: "split the content, or refer to it by its hash",
  },
  FRAME_EMPTY: {
    what: "the frame is empty",
    why: "an observation has a header, a payload and a signature",
    do: "send the whole frame",
  },
  CBOR_TRUNCATED: {
    what: "the bytes end inside an item",
    why: "byte {at} announces more than follows",
    do: "send the whole frame",
  },
  CBOR_TRAILING: {
    what: "bytes follow the end of the item",
    why: "the item ends at byte {at}",
    do: "send one item and nothing after it",
  },
  CBOR_NOT_SHORTEST: { what: "a length or integer is not in its shortest form", why: "see byte {at}", do: CANONICAL },
  CBOR_INDEFINITE: { what: "an indefinite length or a stray break", why: "see byte {at}", do: CANONICAL },
  CBOR_RESERVED: { what: "a reserved additional value", why: "byte {at} is not well-formed CBOR", do: CANONICAL },
  CBOR_TAG: { what: "a tag", why: "the profile has no tags; see byte {at}", do: CANONICAL },
  CBOR_FLOAT: {
    what: "a floating-point number",
    why: "decisions use integers only; see byte {at}",
    do: "send a scaled integer",
  },
  CBOR_SIMPLE: {
    what: "undefined or another simple value",
    why: "only false, true and null are used; see byte {at}",
    do: CANONICAL,
  },
  CBOR_KEY_TYPE: {
    what: "a map key that is neither text nor a small unsigned integer",
    why: "see byte {at}",
    do: CANONICAL,
  },
  CBOR_KEY_ORDER: {
    what: "map keys out of order",
    why: "keys are in bytewise order of their encodings; see byte {at}",
    do: CANONICAL,
  },
  CBOR_DUPLICATE_KEY: { what: "a map key twice", why: "see byte {at}", do: "send each key once" },
  CBOR_UTF8: { what: "text that is not UTF-8", why: "see byte {at}", do: "send valid UTF-8" },
  CBOR_BYTE_ORDER_MARK: {
    what: "text that begins with a byte order mark",
    why: "common decoders drop it, so two byte strings would read as one text; see byte {at}",
    do: "leave the mark out",
  },
  CBOR_INTEGER_RANGE: {
    what: "an integer below -2^63",
    why: "integers are in [-2^63, 2^64); see byte {at}",
    do: "send a smaller number",
  },
  CBOR_TOO_DEEP: { what: "nesting is too deep", why: "see byte {at}", do: "flatten the document" },
  CBOR_TOO_MANY_ITEMS: { what: "too many items in one document", why: "see byte {at}", do: "split the document" },
  COSE_SHAPE: {
    what: "the frame is not a COSE_Sign1",
    why: "it needs {need}",
    do: "send an untagged COSE_Sign1 (RFC 9052 §4.2)",
  },
  COSE_UNPROTECTED: {
    what: "the unprotected header holds {found} entries",
    why: "what is not signed is not carried",
    do: "move them into the protected header or leave them out",
  },
  COSE_HEADER: {
    what: "the protected header does not fit",
    why: "it needs {need}",
    do: "send {1: -8, 4: public key} as the protected header",
  },
  KEY_LENGTH: { what: "the key has {found} bytes", why: "an Ed25519 public key has 32", do: "send the raw public key" },
  KEY_NOT_CANONICAL: {
    what: "the key is not in canonical form",
    why: "its y coordinate is not below 2^255 - 19",
    do: "use a key that a standard library made",
  },
  KEY_SMALL_ORDER: {
    what: "the key is a point of small order",
    why: "anyone can sign for it",
    do: "use a key that a standard library made",
  },
  KEY_TORSION: {
    what: "the key has a torsion component",
    why: "verifiers would disagree about its signatures",
    do: "use a key that a standard library made",
  },
  KEY_NOT_A_POINT: {
    what: "the key is no point of the curve",
    why: "it cannot be decompressed",
    do: "send the raw public key",
  },
  SIGNATURE_LENGTH: {
    what: "the signature has {found} bytes",
    why: "an Ed25519 signature has 64",
    do: "send R and S, 32 bytes each",
  },
  SIGNATURE_SCALAR: {
    what: "the signature's S is not below the group order",
    why: "such a signature is a second one for the same statement",
    do: "send the signature as it was made",
  },
  SIGNATURE_NOT_CANONICAL: {
    what: "the signature's R is not in canonical form",
    why: "verifiers would disagree about it",
    do: "send the signature as it was made",
  },
  SIGNATURE_SMALL_ORDER: {
    what: "the signature's R is a point of small order",
    why: "verifiers would disagree about it",
    do: "sign with a standard library",
  },
  SIGNATURE_INVALID: {
    what: "the signature does not fit the bytes and the key",
    why: "the frame was altered or signed by another key or for another context",
    do: "send the frame as it was signed",
  },
  FIELD_MISSING: {
    what: "the field {path} is missing",
    why: 'every field is mandatory; "none" is written as null',
    do: "send the field",
  },
  FIELD_UNKNOWN: {
    what: "the field {path} is not known",
    why: "unknown fields are refused, since they would be signed and ignored",
    do: "leave it out, or name it in `critical` under a version that has it",
  },
  FIELD_INVALID: {
    what: "the field {path} does not fit",
    why: "it must be {need}",
    do: "correct that field",
  },
  KIND_UNKNOWN: {
    what: "the kind {kind} is not known",
    why: "an observation says what it is",
    do: "use a kind of SPEC §3.2",
  },
} as const;
