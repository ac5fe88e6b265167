// Acts of membership (SPEC §24): a party leaves, is put out, or is let in. They are contributions of a round like any other, and change who
// is in from the next one on. Silence is no act.
import { oneOf, type Reader, readAs, recordWith, text } from "../cbor/read.ts";
import { type CborMap, isCborMap } from "../cbor/value.ts";
import { TEXT_LENGTH_MAX } from "../limits.ts";
import { JOIN } from "../observation/observation.ts";
import type { Contribution } from "../outcome/contribution.ts";
import { type Fault, fault } from "../result.ts";

/** `successor` binds the change to the newcomer of that name: both take effect, or neither does. */
export type Act =
  | { readonly act: "depart"; readonly successor?: string; readonly reason?: string }
  | { readonly act: "eject"; readonly party: string; readonly successor?: string; readonly reason: string }
  | { readonly act: "admit"; readonly party: string; readonly role: string; readonly reason?: string };

const name = text();
const reason = text(TEXT_LENGTH_MAX);
const READERS: { readonly [A in Act["act"]]: Reader<Extract<Act, { act: A }>> } = {
  depart: recordWith({ act: oneOf("depart") }, { successor: name, reason }) as Reader<Extract<Act, { act: "depart" }>>,
  eject: recordWith({ act: oneOf("eject"), party: name, reason }, { successor: name }) as Reader<
    Extract<Act, { act: "eject" }>
  >,
  admit: recordWith({ act: oneOf("admit"), party: name, role: name }, { reason }) as Reader<
    Extract<Act, { act: "admit" }>
  >,
};

/** Whether a content is about who is in, and not about the matter. */
export function isMembership(content: CborMap): boolean {
  return content.has("membership") || content.get("choice") === JOIN;
}

/** Null where it can be read. A join is judged where joins are. */
export function judgeAct(content: CborMap): Fault | null {
  const act = content.get("membership");
  const known = isCborMap(act)
    ? (Object.keys(READERS) as readonly Act["act"][]).find((one) => act.get("act") === one)
    : undefined;
  if (act === undefined || known === undefined || content.size !== 1)
    return fault("CONTENT_INVALID", { path: "membership.act", need: Object.keys(READERS).join(", ") }).fault;
  const read = readAs(act, READERS[known] as Reader<Act>, "membership");
  return read.ok ? null : fault("CONTENT_INVALID", read.fault.detail).fault;
}

/** The act of an admitted contribution; null for a join, or for what is about the matter. */
export function actOf({ content }: Pick<Contribution, "content">): Act | null {
  const act = content.get("membership");
  return isCborMap(act) ? (Object.fromEntries(act) as unknown as Act) : null;
}

/** The slot of an act: one for each party that it is about, beside what the seat says of the matter. */
export function actItem(content: CborMap): string | null {
  const act = content.get("membership");
  if (!isCborMap(act)) return null;
  return `membership ${String(act.get("act"))} ${String(act.get("party") ?? "")}`.trim();
}

/** Names of parties that somebody lets in: they are told of the ceremony, so that they can ask for their seats. */
export function invitedIn(contents: readonly CborMap[]): readonly string[] {
  return contents.flatMap((content) => {
    const act = content.get("membership");
    const party = isCborMap(act) && act.get("act") === "admit" ? act.get("party") : undefined;
    return typeof party === "string" ? [party] : [];
  });
}
