// Releases, acceptances, withdrawals and translations as the custody rule reads them (SPEC §6.4). What else they hold (condition reports,
// seals) is theirs, and signed.
import { readAs, record, text } from "../cbor/read.ts";
import { type CborMap, type CborValue, isCborMap } from "../cbor/value.ts";
import { TEXT_LENGTH_MAX } from "../limits.ts";
import { readTranslator } from "../mesh/documents/translator.ts";
import { checkRoundTrip, type Translator } from "../mesh/translator.ts";
import type { Id, Interval } from "../observation/observation.ts";
import { type Fault, fault } from "../result.ts";
import { type Contribution, compareText, type Seat, seatsByIndex } from "./contribution.ts";

/** What both halves may say of the object: in whose words, and its state, field by field. */
type Account = {
  readonly id: Id;
  readonly at: Interval;
  readonly object: string | null;
  readonly vocabulary: string | null;
  readonly state: CborMap;
};

export type Release = Account & {
  readonly from: Seat;
  /** The receiver; null where the release leaves it open. */
  readonly to: string | null;
  /** Its place in the chain, from 0; null where the custodian alone gives it. */
  readonly leg: number | null;
  /** By which an acceptance may cite it: its own id, its slot, or its hash. */
  readonly names: readonly string[];
};

export type Acceptance = Account & {
  readonly by: Seat;
  readonly release: string;
  readonly exceptions: readonly string[];
};

/** Takes back what its author said before. */
export type Withdrawal = { readonly by: Seat; readonly at: Interval; readonly names: string };

export type Translation = {
  readonly id: Id;
  readonly by: Seat;
  readonly names: readonly string[];
  readonly map: Translator;
};

export type Handovers = {
  readonly releases: readonly Release[];
  readonly acceptances: readonly Acceptance[];
  readonly withdrawals: readonly Withdrawal[];
  readonly translations: readonly Translation[];
};

const FORMS = ["release", "accept", "withdraw", "translation"] as const;
const FIELDS = new Set<string | number>([...FORMS, "reason"]);

/** Whether a content is one statement of a handover that can be read; null where it is. */
export function judgeHandover(content: CborMap): Fault | null {
  const unread = [...content.keys()].find((name) => !FIELDS.has(name));
  if (unread !== undefined) return notA(String(unread), "left out");
  const [form, other] = FORMS.filter((name) => content.has(name));
  if (form === undefined || other !== undefined)
    return notA("release", "given, or one of accept, withdraw, translation");
  return JUDGES[form](content.get(form) as CborValue);
}

const name = text(TEXT_LENGTH_MAX);
/** How the releaser came by custody: the ceremony that handed it over, and the digest of its record. */
const readPrior = record<{ ceremony: string; digest: string }>({ ceremony: name, digest: name });

const JUDGES: { readonly [F in (typeof FORMS)[number]]: (value: CborValue) => Fault | null } = {
  release: (value) => (isCborMap(value) ? judgeRelease(value) : notA("release", "a map")),
  accept: (value) => (isCborMap(value) ? judgeAcceptance(value) : notA("accept", "a map")),
  withdraw: (value) => (isText(value) ? null : notA("withdraw", "the id of what is withdrawn")),
  translation: judgeTranslation,
};

function notA(path: string, need: string): Fault {
  return fault("CONTENT_INVALID", { path, need }).fault;
}

function judgeRelease(release: CborMap): Fault | null {
  const odd = ["to", "object", "id", "vocabulary"].find((field) => !isTextOrAbsent(release.get(field)));
  if (odd !== undefined) return notA(`release.${odd}`, "text");
  const [leg, prior] = [release.get("leg"), release.get("prior")];
  if (leg !== undefined && !(typeof leg === "number" && leg >= 0)) return notA("release.leg", "a number from 0");
  const cited = prior === undefined ? null : readAs(prior, readPrior, "release.prior");
  if (cited?.ok === false) return fault("CONTENT_INVALID", cited.fault.detail).fault;
  return isCborMap(release.get("state") ?? new Map()) ? null : notA("release.state", "a map");
}

function judgeAcceptance(accept: CborMap): Fault | null {
  const odd = ["object", "vocabulary"].find((field) => !isTextOrAbsent(accept.get(field)));
  if (odd !== undefined) return notA(`accept.${odd}`, "text");
  if (!isText(accept.get("release"))) return notA("accept.release", "the id of a release");
  if (!isCborMap(accept.get("state") ?? new Map())) return notA("accept.state", "a map");
  const exceptions = accept.get("exceptions") ?? [];
  const sound = Array.isArray(exceptions) && exceptions.every(isText);
  return sound ? null : notA("accept.exceptions", "a list of texts");
}

/** A map from one vocabulary to another that goes there and back, or says what it loses. */
function judgeTranslation(value: CborValue): Fault | null {
  const read = readAs(value, readTranslator(null), "translation");
  if (!read.ok) return fault("CONTENT_INVALID", read.fault.detail).fault;
  const [first] = checkRoundTrip(read.value).undeclared;
  return first === undefined
    ? null
    : notA(`translation.${first.element}`, "declared as a loss, or mapped to come back");
}

function isText(value: CborValue | undefined): value is string {
  return typeof value === "string" && value.length > 0;
}

function isTextOrAbsent(value: CborValue | undefined): boolean {
  return value === undefined || isText(value);
}

/** Of admitted contributions, in the order of their ids. */
export function collectHandovers(seats: readonly Seat[], contributions: readonly Contribution[]): Handovers {
  const byIndex = seatsByIndex(seats);
  const releases: Release[] = [];
  const acceptances: Acceptance[] = [];
  const withdrawals: Withdrawal[] = [];
  const translations: Translation[] = [];
  for (const contribution of [...contributions].sort((a, b) => compareText(a.id, b.id))) {
    const { content, at, seat: index } = contribution;
    const seat = byIndex.get(index);
    if (seat === undefined) continue;
    const [release, accept, withdraw] = [content.get("release"), content.get("accept"), content.get("withdraw")];
    const translation = content.get("translation");
    if (isCborMap(release)) releases.push(readRelease(seat, contribution, release));
    if (isCborMap(accept)) acceptances.push(readAcceptance(seat, contribution, accept));
    if (isText(withdraw)) withdrawals.push({ by: seat, at, names: withdraw });
    if (translation !== undefined) translations.push(readTranslation(seat, contribution, translation));
  }
  return { releases, acceptances, withdrawals, translations };
}

/** What a statement may be cited by: its id, its hash as such, its slot. */
function namesOf({ id, item }: Contribution): readonly string[] {
  return [id, `sha256:${id}`, ...(item === null ? [] : [item])];
}

function accountOf({ id, at }: Contribution, half: CborMap): Account {
  const state = half.get("state");
  const [object, vocabulary] = [textOf(half.get("object")), textOf(half.get("vocabulary"))];
  return { id, at, object, vocabulary, state: isCborMap(state) ? state : new Map() };
}

function readRelease(from: Seat, contribution: Contribution, release: CborMap): Release {
  const [own, leg] = [textOf(release.get("id")), release.get("leg")];
  const names = [...namesOf(contribution), ...(own === null ? [] : [own])];
  const place = typeof leg === "number" ? leg : null;
  return { ...accountOf(contribution, release), from, to: textOf(release.get("to")), leg: place, names };
}

function readAcceptance(by: Seat, contribution: Contribution, accept: CborMap): Acceptance {
  const exceptions = (accept.get("exceptions") as readonly string[] | undefined) ?? [];
  return { ...accountOf(contribution, accept), by, release: String(accept.get("release")), exceptions };
}

function readTranslation(by: Seat, contribution: Contribution, value: CborValue): Translation {
  const map = readTranslator(null)(value, "translation");
  return { id: contribution.id, by, names: [...namesOf(contribution), map.id], map };
}

function textOf(value: CborValue | undefined): string | null {
  return isText(value) ? value : null;
}
