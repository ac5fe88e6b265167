// From a verified delivery to what it does: the title and subject of a ceremony, by the source's own expressions or by what every source
// reads; what is said in one; and where its sender wants to hear of the outcome.
import type { Callback } from "../../durable/hook-answers.ts";
import type { CborMap, CborValue } from "../../shared/cbor/value.ts";
import { fault, ok, type Result } from "../../shared/result.ts";
import type { AttestDocument, SourceDocument } from "../../shared/source/document.ts";
import { type Delivered, mapped } from "../../shared/source/mapping.ts";
import { readTarget } from "../../shared/webhooks/target.ts";
import { carriedText, type Payload, textAt } from "./payload.ts";

function carried(payload: Payload, ...paths: readonly string[]): string | null {
  for (const path of paths) {
    const text = textAt(payload, path.split("."));
    if (text !== null) return carriedText(text);
  }
  return null;
}

export type Mapped = { readonly title: string; readonly subject: CborValue; readonly label: string | null };

/** `statement` is the id of the signed document by which it is read; null for a source of the deployment. */
export function mappedOf(
  source: SourceDocument,
  payload: Payload,
  delivered: Delivered,
  statement: string | null,
): Result<Mapped> {
  const { map } = source;
  const title = map?.title == null ? ok(titleOf(source, payload)) : textOf(map.title, delivered);
  if (!title.ok) return title;
  const fields = map === null || map.subject.size === 0 ? ok(fieldsOf(payload)) : mappedFields(map.subject, delivered);
  if (!fields.ok) return fields;
  const label = map?.label == null ? ok(null) : textOf(map.label, delivered);
  if (!label.ok) return label;
  const origin: readonly (readonly [string, string])[] = [
    ["source", source.id],
    ["event", source.event],
    ["body", delivered.digest],
    ...(statement === null ? [] : [["mapping", `sha256:${statement}`] as const]),
  ];
  return ok({ title: title.value, subject: new Map([...fields.value, ...origin]), label: label.value });
}

export function titleOf(source: SourceDocument, payload: Payload): string {
  const environment = carried(payload, "environment", "deployment.environment");
  const repository = carried(payload, "repository.full_name");
  const words = [
    source.event.replaceAll("_", " "),
    environment && `to ${environment}`,
    repository && `of ${repository}`,
  ];
  return words.filter((word) => word).join(" ");
}

/** What a subject holds besides where it came from, and the digest of the bytes, so that anyone who has them can check. */
function fieldsOf(payload: Payload): CborMap {
  const fields: readonly (readonly [string, string | null])[] = [
    ["action", carried(payload, "action")],
    ["repository", carried(payload, "repository.full_name")],
    ["environment", carried(payload, "environment", "deployment.environment")],
    ["ref", carried(payload, "deployment.ref", "workflow_run.head_branch")],
    ["sender", carried(payload, "sender.login")],
  ];
  return new Map(fields.filter(([, value]) => value !== null) as readonly (readonly [string, string])[]);
}

function mappedFields(expressions: ReadonlyMap<string, string>, delivered: Delivered): Result<CborMap> {
  const fields = new Map<string, CborValue>();
  for (const [name, expression] of expressions) {
    const value = mapped(expression, delivered);
    if (!value.ok) return value;
    fields.set(name, typeof value.value === "string" ? (carriedText(value.value) ?? "") : value.value);
  }
  return ok(fields);
}

function textOf(expression: string, delivered: Delivered): Result<string> {
  const value = mapped(expression, delivered);
  if (!value.ok) return value;
  const text = carriedText(String(value.value));
  return text === null
    ? fault("EXPRESSION_FAILED", { expression, reason: "it gives no text that can be shown" })
    : ok(text);
}

/** What is said, and in which ceremony: its id, or the label under which it was opened. */
export function attestationOf(
  { ceremony, content, item }: AttestDocument,
  delivered: Delivered,
): Result<{ readonly ceremony: string; readonly content: CborMap; readonly item: string | null }> {
  const place = textOf(ceremony, delivered);
  if (!place.ok) return place;
  const said = mappedFields(content, delivered);
  if (!said.ok) return said;
  const part = item === null ? ok(null) : textOf(item, delivered);
  return part.ok ? ok({ ceremony: place.value, content: said.value, item: part.value }) : part;
}

const CALLBACK_PATH = /^\/repos\/[\w.-]+\/[\w.-]+\/actions\/runs\/\d+\/deployment_protection_rule$/;

/** Where GitHub waits for the answer: under the API that the source names, and nowhere else, whatever the body says. */
export function callbackOf(source: SourceDocument, payload: Payload, loopback: boolean): Result<Callback | null> {
  const { respond } = source;
  if (respond === null) return ok(null);
  const url = textAt(payload, ["deployment_callback_url"]) ?? "";
  const target = readTarget(url, { loopback });
  if (!target.ok) return target;
  const base = respond.api.replace(/\/$/, "");
  const { href } = target.value; // as it will be called: with its dots and blanks resolved
  const fits = href.startsWith(`${base}/`) && CALLBACK_PATH.test(href.slice(base.length));
  if (!fits) return fault("HOOK_TARGET_REFUSED", { reason: `the callback is not one of ${base}` });
  const installation = (payload.installation as { readonly id?: unknown } | undefined)?.id;
  return ok({
    source: source.id,
    url: href,
    environment: textAt(payload, ["environment"]) ?? "",
    installation: Number.isSafeInteger(installation) ? (installation as number) : null,
    api: base,
    approved: respond.approved,
  });
}
