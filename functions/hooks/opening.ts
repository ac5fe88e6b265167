// From a verified delivery to what its ceremony is about: a title and a subject of a few mapped texts.

import type { CborValue } from "../../shared/cbor/value.ts";
import type { SourceDocument } from "../../shared/source/document.ts";
import { carriedText, type Payload, textAt } from "./payload.ts";

function carried(payload: Payload, ...paths: readonly string[]): string | null {
  for (const path of paths) {
    const text = textAt(payload, path.split("."));
    if (text !== null) return carriedText(text);
  }
  return null;
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

/** What the ceremony is about: where it came from, and the digest of the bytes, so that anyone who has them can check. */
export function subjectOf(source: SourceDocument, payload: Payload, digest: string): CborValue {
  const fields: readonly (readonly [string, string | null])[] = [
    ["source", source.id],
    ["event", source.event],
    ["action", carried(payload, "action")],
    ["repository", carried(payload, "repository.full_name")],
    ["environment", carried(payload, "environment", "deployment.environment")],
    ["ref", carried(payload, "deployment.ref", "workflow_run.head_branch")],
    ["sender", carried(payload, "sender.login")],
    ["body", `sha256:${digest}`],
  ];
  return new Map(fields.filter(([, value]) => value !== null) as readonly (readonly [string, string])[]);
}
