// Whether a ceremony decided that two histories too far apart are merged all the same (SPEC §20.18): it is final here, it approved, and
// its subject is the record that it is said to decide on.
import type { CeremonyView } from "../../ceremony/view.ts";
import { fault, ok, type Result } from "../../result.ts";

/** The pending record with another mesh, if the last with it is one; reports come newest first. */
export function pendingWith<Row extends { readonly peer: string; readonly state: "written" | "pending" }>(
  other: string,
  reports: readonly Row[],
): Result<Row> {
  const last = reports.find(({ peer }) => peer === other);
  return last?.state === "pending" ? ok(last) : fault("MERGE_NOT_PENDING", { with: other });
}

export function checkDecision(view: CeremonyView, digest: string): Result<true> {
  const { ceremony, phase, subject, outcome } = view;
  const undecided = (need: string) => fault("MERGE_UNDECIDED", { ceremony, digest, need });
  if (phase !== "final" || outcome === null) return undecided(`final, and is ${phase}`);
  if (nameIn(subject, "reconciliation") !== digest) return undecided("about this reconciliation");
  const choice = nameIn(outcome.value, "choice");
  return choice === "approve" ? ok(true) : undecided(`an approval, and is ${choice ?? "none"}`);
}

function nameIn(value: unknown, field: string): string | null {
  if (typeof value !== "object" || value === null) return null;
  const found = (value as Readonly<Record<string, unknown>>)[field];
  return typeof found === "string" ? found : null;
}
