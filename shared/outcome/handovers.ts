// Releases and acceptances as the custody rule reads them (SPEC §6.4). What else they hold (condition reports, seals) is theirs, and signed.
import { type CborMap, type CborValue, isCborMap } from "../cbor/value.ts";
import type { Id } from "../observation/observation.ts";
import { type Fault, fault } from "../result.ts";
import { type Contribution, compareText, type Seat, seatsByIndex } from "./contribution.ts";

export type Release = {
  readonly from: Seat;
  /** The receiver; null where the release leaves it open. */
  readonly to: string | null;
  readonly object: string | null;
  /** Its place in the chain, from 0; null where the custodian alone gives it. */
  readonly leg: number | null;
  /** By which an acceptance may cite it: its own id, its slot, or its hash. */
  readonly names: readonly string[];
};

export type Acceptance = {
  readonly id: Id;
  readonly by: Seat;
  readonly release: string;
  readonly object: string | null;
  readonly exceptions: readonly string[];
};

const FIELDS = new Set<string | number>(["release", "accept", "reason"]);

/** Whether a content is a release or an acceptance that can be matched; null where it is. */
export function judgeHandover(content: CborMap): Fault | null {
  const unread = [...content.keys()].find((name) => !FIELDS.has(name));
  if (unread !== undefined) return fault("CONTENT_INVALID", { path: String(unread), need: "left out" }).fault;
  const release = content.get("release");
  const accept = content.get("accept");
  if ((release === undefined) === (accept === undefined))
    return fault("CONTENT_INVALID", { path: "release", need: "given, or accept in its place" }).fault;
  if (release !== undefined) return isCborMap(release) ? judgeRelease(release) : notA("release", "a map");
  if (!isCborMap(accept)) return notA("accept", "a map");
  return typeof accept.get("release") === "string"
    ? judgeAcceptance(accept)
    : notA("accept.release", "the id of a release");
}

function notA(path: string, need: string): Fault {
  return fault("CONTENT_INVALID", { path, need }).fault;
}

function judgeRelease(release: CborMap): Fault | null {
  const name = ["to", "object", "id"].find((field) => !isTextOrAbsent(release.get(field)));
  if (name !== undefined) return notA(`release.${name}`, "text");
  const leg = release.get("leg");
  return leg === undefined || (typeof leg === "number" && leg >= 0) ? null : notA("release.leg", "a number from 0");
}

function judgeAcceptance(accept: CborMap): Fault | null {
  if (!isTextOrAbsent(accept.get("object"))) return notA("accept.object", "text");
  const exceptions = accept.get("exceptions");
  const sound =
    exceptions === undefined || (Array.isArray(exceptions) && exceptions.every((one) => typeof one === "string"));
  return sound ? null : notA("accept.exceptions", "a list of texts");
}

function isTextOrAbsent(value: CborValue | undefined): boolean {
  return value === undefined || (typeof value === "string" && value.length > 0);
}

/** Of admitted contributions, in the order of their ids. */
export function collectHandovers(
  seats: readonly Seat[],
  contributions: readonly Contribution[],
): { readonly releases: readonly Release[]; readonly acceptances: readonly Acceptance[] } {
  const byIndex = seatsByIndex(seats);
  const releases: Release[] = [];
  const acceptances: Acceptance[] = [];
  for (const { id, seat: index, item, content } of [...contributions].sort((a, b) => compareText(a.id, b.id))) {
    const seat = byIndex.get(index);
    const [release, accept] = [content.get("release"), content.get("accept")];
    if (seat === undefined) continue;
    if (isCborMap(release)) releases.push(readRelease(seat, [id, `sha256:${id}`, item ?? ""], release));
    if (isCborMap(accept)) acceptances.push(readAcceptance(id, seat, accept));
  }
  return { releases, acceptances };
}

function readRelease(from: Seat, names: readonly string[], release: CborMap): Release {
  const [own, leg] = [textOf(release.get("id")), release.get("leg")];
  const cited = [...names, own ?? ""].filter((name) => name !== "");
  const [to, object] = [textOf(release.get("to")), textOf(release.get("object"))];
  return { from, to, object, leg: typeof leg === "number" ? leg : null, names: cited };
}

function readAcceptance(id: Id, by: Seat, accept: CborMap): Acceptance {
  const exceptions = (accept.get("exceptions") as readonly string[] | undefined) ?? [];
  return { id, by, release: String(accept.get("release")), object: textOf(accept.get("object")), exceptions };
}

function textOf(value: CborValue | undefined): string | null {
  return typeof value === "string" ? value : null;
}
