// What attesting would sign, shown before it is signed (SPEC §7.9). The step is pure, so the same state, content and instant give the
// same statement: what is confirmed is compared by id with what was shown, and nothing else can be signed in its place.
import type { CborMap } from "../cbor/value.ts";
import { parseStatement } from "../cose/sign1.ts";
import type { Author } from "../observation/author.ts";
import type { Id } from "../observation/observation.ts";
import { fault, ok, type Result } from "../result.ts";
import type { CeremonyState } from "./state.ts";
import { type Step, step } from "./step.ts";

/** `toBeSigned` are the exact bytes under the signature; their SHA-256 is `id`. `at` is in microseconds. */
export type DraftedContribution = { readonly id: Id; readonly at: number; readonly toBeSigned: Uint8Array };

/** How long a person may look at a draft before confirming it, in microseconds. */
export const DRAFT_AGE_MAX = 900_000_000;

/** Nothing is kept: the step's state and effects are dropped. */
export function draftContribution(
  state: CeremonyState,
  content: CborMap,
  now: number,
  author: Author,
  item: string | null = null,
): Result<DraftedContribution> {
  const { receipts, effects } = step(state, { on: "attest", now, content, item }, author);
  const [receipt] = receipts;
  if (receipt === undefined || receipt.verdict === "refused")
    return fault(receipt?.code ?? "CEREMONY_UNKNOWN", receipt?.detail ?? {});
  if (receipt.code === "DUPLICATE") return fault("DUPLICATE", { observation: receipt.id });
  const said = effects.find((effect) => effect.do === "append" && effect.observation.id === receipt.id);
  if (said?.do !== "append") return fault("ALREADY_ATTESTED", {});
  const statement = parseStatement(said.observation.frame, "quorate/observation/1");
  return statement.ok ? ok({ id: receipt.id, at: now, toBeSigned: statement.value.toBeSigned }) : statement;
}

/** The draft that a person confirms, and the item under which its content was drafted. */
export type Confirmed = Pick<DraftedContribution, "id" | "at"> & { readonly item?: string | null };

/** Steps a confirmed draft as of the instant it was shown at, or refuses: too old, or no longer what was shown. */
export function stepDraft(
  state: CeremonyState,
  content: CborMap,
  { id, at, item = null }: Confirmed,
  now: number,
  author: Author,
): Result<Step> {
  if (at > now || at < now - DRAFT_AGE_MAX) return fault("DRAFT_STALE", { at: at });
  const stepped = step(state, { on: "attest", now: at, content, item }, author);
  const [receipt] = stepped.receipts;
  if (receipt?.verdict === "refused" && receipt.code !== null) return fault(receipt.code, receipt.detail);
  return receipt?.id === id ? ok(stepped) : fault("DRAFT_CHANGED", { found: receipt?.id ?? "nothing", need: id });
}
