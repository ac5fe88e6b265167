// The lineage of reconciliations (SPEC §20.16): every discovery, crossing, translation, ordering, verdict, arbitration and merge leaves an
// entry, whatever came of it, under the digest that the other side's record has too.
import type { Entry, EntryKind } from "../../lineage/entry.ts";
import type { VerifiedObservation } from "../../observation/observation.ts";
import type { Fault } from "../../result.ts";
import type { LinkEffect } from "../disconnect.ts";
import { describeLink } from "../disconnect.ts";
import type { Reconciliation, Scene } from "../reconcile.ts";
import type { Refusal } from "../routes.ts";
import { isDeclaration } from "../signed/declared.ts";
import type { Import } from "../view.ts";
import type { Decision } from "./taking.ts";
import { linkTo, type Turn } from "./turn.ts";

type Detail = Entry["detail"];
type Note = (kind: EntryKind, about: readonly string[], detail: Detail) => Entry;

function noting(at: number, by: string | null): Note {
  return (kind, about, detail) => ({ kind, at, about, by, detail });
}

const TERMS: readonly string[] = ["agreement", "suspension", "resumption", "termination"];

/** What a statement's arrival leaves behind; nothing for most, which are in the history themselves. */
export function arrivalEntries(statement: VerifiedObservation, turn: Turn, by: string, now: number): readonly Entry[] {
  const note = noting(now, by);
  if (isDeclaration(statement) && TERMS.includes(statement.body.type))
    return [note("agreement", [statement.id], { step: statement.body.type, mesh: statement.mesh })];
  if (turn.link === null) return [];
  const { with: mesh, effects } = turn.link;
  const state = describeLink(linkTo(turn.desk, mesh), now);
  return [note("disconnection", [statement.id], { with: mesh, state, ...detailOf(effects) })];
}

function detailOf(effects: readonly LinkEffect[]): Detail {
  for (const effect of effects) {
    if (effect.do === "decline") return { declined: effect.why };
    if (effect.do === "merge")
      return { deferred: effect.inbound.length, queued: effect.outbound.length, reason: effect.reason };
  }
  return {};
}

/** What was found out, in the order in which it was. */
export function findingEntries(
  scene: Scene,
  result: Reconciliation,
  refused: readonly Refusal[],
  agent: string,
  now: number,
): readonly Entry[] {
  const note = noting(now, null);
  const meshes = scene.histories.map(({ mesh }) => mesh).join(" and ");
  const { measured, comparable } = result.divergence;
  const { alignment, contradicted, order } = result.timing;
  const { digest } = result;
  return [
    note("discovery", [], { meshes, agent, agreement: scene.agreement.id }),
    note("ordering", [], {
      digest,
      groups: order.length,
      contradicted: contradicted.length,
      alignment: alignment?.id ?? "none",
    }),
    note("divergence", [], {
      digest,
      verdict: result.verdict,
      measured: `${measured.num}/${measured.den}`,
      limit: `${result.limit.num}/${result.limit.den}`,
      comparable,
    }),
    ...result.conflicts.map(({ contenders, ruling }) =>
      note("arbitration", contenders, {
        digest,
        rule: result.rule.name,
        function: result.rule.hash ?? "not common",
        winner: ruling.winner ?? "none",
        lostBy: ruling.losers.map(({ lostBy }) => lostBy).join(", "),
      }),
    ),
    ...refused.map(({ id, fault: { code, detail } }) => note("refusal", [id], { digest, code, ...clauseIn(detail) })),
  ];
}

/** The clause that governed a refusal, and the effective policy that it stands in. */
function clauseIn({ clause, from, policy }: Fault["detail"]): Detail {
  return typeof policy === "string" ? { policy, clause: String(clause), of: String(from) } : {};
}

/** What was written: a crossing for each fact, its translation where there was one, and the merge. */
export function mergeEntries(
  taken: readonly { readonly item: Import; readonly act: string }[],
  record: { readonly id: string; readonly digest: string; readonly from: string },
  decision: Decision | null,
  by: string,
  now: number,
): readonly Entry[] {
  const note = noting(now, by);
  const { digest, from } = record;
  const decided: Detail = decision === null ? {} : { ceremony: decision.ceremony, settles: decision.settles };
  return [
    ...taken.flatMap(({ item: { fact, crossing }, act }) => {
      const { authority, equivalences, losses } = crossing.reading;
      const crossed = note("crossing", [fact.id, act], {
        from,
        origin: fact.origin,
        as: authority,
        tier: crossing.tier,
      });
      if (equivalences.length === 0) return [crossed];
      const translator = equivalences.map((equivalence) => equivalence.translator).join(" then ");
      const lost = losses.map(({ element, loss }) => `${element} ${loss}`).join(", ") || "nothing";
      return [note("translation", [fact.id], { translator, as: authority, lost }), crossed];
    }),
    note("merge", [record.id], { with: from, digest, imported: taken.length, ...decided }),
  ];
}
