// The documents of a history and of an alignment (SPEC §20.1, §20.6), in their plain form.
import { anything, integer, list, nullable, type Reader, text } from "../../cbor/read.ts";
import type { CborValue } from "../../cbor/value.ts";
import { FACTS_MAX, LINEAGE_REFERENCES_MAX, RATIO_TERM_MAX, SHARED_EVENTS_MAX, TEXT_LENGTH_MAX } from "../../limits.ts";
import { readLabels } from "../../observation/labels.ts";
import type { Alignment } from "../alignment.ts";
import type { Box } from "../clock-line.ts";
import type { Fact, History } from "../fact.ts";
import { fields, NO_ITEMS, readInstant, readInterval, type Unread } from "./fields.ts";

const PPM = 1_000_000;

type PlainFact = Omit<Fact, "origin" | "frame" | "drawn"> & {
  readonly origin: string | null;
  readonly frame: string | null;
};

export function readHistory(unread: Unread): Reader<History> {
  const fact = fields<PlainFact>(
    {
      id: text(),
      subject: text(TEXT_LENGTH_MAX),
      value: anything,
      at: readInterval,
      authority: text(),
      class: nullable(text()),
      sources: list(text(), LINEAGE_REFERENCES_MAX),
      labels: readLabels,
      origin: nullable(text()),
      frame: nullable(text()),
      sequence: nullable(integer(0, Number.MAX_SAFE_INTEGER)),
      admissibility: nullable(integer(0, PPM)),
      cap: nullable(integer(0, RATIO_TERM_MAX)),
    },
    {
      class: null,
      sources: NO_ITEMS,
      labels: NO_ITEMS,
      origin: null,
      frame: null,
      sequence: null,
      admissibility: null,
      cap: null,
    },
    unread,
  );
  const reader = fields<Omit<History, "facts" | "refused"> & { readonly facts: readonly PlainFact[] }>(
    {
      mesh: text(),
      frame: text(),
      taxonomy: nullable(text()),
      rule: nullable(text()),
      facts: list(fact, FACTS_MAX),
    },
    { taxonomy: null, rule: null },
    unread,
  );
  return (value, path) => {
    const history = reader(value, path);
    const facts = history.facts.map((item) => ({
      ...item,
      drawn: item.sources,
      origin: item.origin ?? history.mesh,
      frame: item.frame ?? history.frame,
    }));
    return { ...history, facts, refused: [] };
  };
}

export function readAlignment(id: string, unread: Unread): Reader<Alignment> {
  const box: Reader<Box> = fields<Box>({ from: readInterval, to: readInterval }, {}, unread);
  return fields<Alignment>(
    {
      id: text(),
      from: text(),
      to: text(),
      shared: list(box, SHARED_EVENTS_MAX),
      driftPpm: nullable(integer(0, PPM - 1)),
      expires: nullable(readInstant),
    },
    { id: id as CborValue, driftPpm: null, expires: null },
    unread,
  );
}
