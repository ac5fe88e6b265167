// What one ceremony says of another (SPEC §23.4): by ceremony and digest of the record, so that no other ending can stand in its place.
// A call cites what it follows, a choice the certificate that it passes on, and a release how its author came by custody.
import { type CborMap, type CborValue, isCborMap } from "../cbor/value.ts";
import type { CeremonyState } from "../ceremony/state.ts";
import { type Id, isKind } from "../observation/observation.ts";
import { textOf } from "./membership.ts";

export type Citation = {
  readonly ceremony: Id;
  readonly digest: Id;
  /** The statement that cites. */
  readonly by: Id;
  readonly as: "input" | "certificate" | "prior";
  /** Of an input: the part whose certificate it is. */
  readonly part: string | null;
  /** Of what a seat contributes: the seat, and what it chose. */
  readonly seat: number | null;
  readonly choice: CborValue;
};

/** Everything that a ceremony's call and its closed sets cite. */
export function citationsIn({ call, rounds, ceremony }: CeremonyState): readonly Citation[] {
  const subject = call?.body.subject ?? null;
  const inputs = isCborMap(subject) ? subject.get("inputs") : undefined;
  const cited = Array.isArray(inputs) ? (inputs as readonly CborValue[]) : [];
  const from = cited.flatMap((input) => cite(input, { by: ceremony, as: "input", seat: null, choice: null }));
  const said = rounds.flatMap(({ held, closing }) =>
    (closing.decision?.set ?? []).flatMap((id) => {
      const contribution = held.get(id);
      return contribution === undefined || !isKind(contribution, "contribution")
        ? []
        : citedBy(id, contribution.slot.seat, contribution.body.content);
    }),
  );
  return [...from, ...said];
}

function citedBy(by: Id, seat: number | null, content: CborMap): readonly Citation[] {
  const release = content.get("release");
  const prior = isCborMap(release) ? release.get("prior") : undefined;
  const choice = content.get("choice") ?? null;
  return [
    ...cite(content.get("certificate"), { by, as: "certificate", seat, choice }),
    ...cite(prior, { by, as: "prior", seat, choice }),
  ];
}

type Citing = Pick<Citation, "by" | "as" | "seat" | "choice">;

function cite(value: CborValue | undefined, citing: Citing): readonly Citation[] {
  if (!isCborMap(value)) return [];
  const [ceremony, digest] = [textOf(value.get("ceremony")), textOf(value.get("digest"))];
  return ceremony === null || digest === null ? [] : [{ ceremony, digest, part: textOf(value.get("part")), ...citing }];
}
