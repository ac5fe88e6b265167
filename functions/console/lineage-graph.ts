// The lineage as a graph for people: the call, what was said, each close, the ending and what followed, with what each rests on. Bids and the
// like are counted in a group once there are many.
import type { Act, Picture } from "../../shared/ceremony/picture.ts";
import type { CeremonyView } from "../../shared/ceremony/view.ts";
import { plainTitle } from "./foreign.tsx";
import { counted } from "./words.ts";

export type GraphNode = {
  readonly id: string;
  readonly label: string;
  /** Said beside it, on a second line. */
  readonly note: string;
  readonly href: string;
  readonly tone: "good" | "bad" | "warn" | "plain";
  /** Nodes that it rests on. */
  readonly from: readonly string[];
};

/** Contributions of one round that are drawn one by one; the page stays one that can be read, and its layout cheap. */
const EACH_MAX = 12;

export function lineageGraph(view: CeremonyView, { acts, folded, closings }: Picture): readonly GraphNode[] {
  const { ceremony } = view;
  const call = acts.find(({ kind }) => kind === "call");
  const nodes: GraphNode[] = [
    {
      id: "call",
      label: `call of ${call?.by ?? "not known"}`,
      note: plainTitle(view.title),
      href: `/c/${ceremony}/o/${ceremony}`,
      tone: "plain",
      from: [],
    },
  ];
  const known = new Set(acts.map(({ id }) => id));
  for (const closing of closings) nodes.push(...roundNodes(view, closing, acts, folded, known));
  const last = `closing ${closings.length - 1}`;
  if (view.outcome !== null) {
    const { status, digest, cause } = view.outcome;
    const note = cause === null ? digest.slice(0, 16) : plainTitle(cause);
    nodes.push({ id: "outcome", label: status, note, href: `/c/${ceremony}#outcome`, tone: "plain", from: [last] });
  }
  for (const act of acts.filter(({ kind }) => kind === "outcome" || kind === "dispute")) {
    const label = act.kind === "outcome" ? `ending told by ${act.by}` : `disputed by ${act.by}`;
    const tone = act.kind === "dispute" ? "warn" : "plain";
    const from = view.outcome === null ? [last] : ["outcome"];
    nodes.push({ id: act.id, label, note: act.id.slice(0, 16), href: hrefOf(ceremony, act), tone, from });
  }
  const drawn = new Set(nodes.map(({ id }) => id));
  return nodes.map((node) => ({ ...node, from: [...new Set(node.from)].filter((id) => drawn.has(id)) }));
}

function hrefOf(ceremony: string, { id }: Act): string {
  return `/c/${ceremony}/o/${id}`;
}

function roundNodes(
  view: CeremonyView,
  { round, path, set, statements }: Picture["closings"][number],
  acts: readonly Act[],
  folded: Picture["folded"],
  known: ReadonlySet<string>,
): readonly GraphNode[] {
  const before = round === 0 ? "call" : `closing ${round - 1}`;
  const said = acts.filter((act) => act.round === round && ["contribution", "notice"].includes(act.kind));
  // Those that tell most first: what was not admitted, and what this party said.
  const ranked = [...said].sort((a, b) => rankOf(b, view) - rankOf(a, view));
  const each = ranked.slice(0, EACH_MAX);
  const nodes: GraphNode[] = each.map((act) => ({
    id: act.id,
    label: `${act.choice === null ? act.kind : plainTitle(act.choice)} · ${act.by ?? "not known"}`,
    note: [act.role === null ? null : plainTitle(act.role), act.verdict].filter(Boolean).join(", "),
    href: hrefOf(view.ceremony, act),
    tone: TONES[act.verdict],
    from: [before, ...act.parents.filter((id) => known.has(id) && id !== view.ceremony)],
  }));
  const groups = new Map<string, number>();
  for (const { role } of ranked.slice(EACH_MAX)) groups.set(role ?? "notice", (groups.get(role ?? "notice") ?? 0) + 1);
  if (round === 0)
    for (const [role, count] of Object.entries(folded)) groups.set(role, (groups.get(role) ?? 0) + count);
  for (const [role, count] of groups)
    nodes.push({
      id: `more ${round} ${role}`,
      label: `+ ${counted(count, "contribution")}`,
      note: plainTitle(role),
      href: `/c/${view.ceremony}/live`,
      tone: "plain",
      from: [before],
    });
  const counting = nodes.filter(({ tone }) => tone !== "bad").map(({ id }) => id);
  nodes.push({
    id: `closing ${round}`,
    label: path === null ? `round ${round} is open` : `round ${round} closed`,
    note: path === null ? counted(statements, "closing statement") : `${path}, ${counted(set, "contribution")}`,
    href: `/c/${view.ceremony}#timeline`,
    tone: "plain",
    from: counting.length === 0 ? [before] : counting,
  });
  return nodes;
}

const TONES: { readonly [V in Act["verdict"]]: GraphNode["tone"] } = {
  admitted: "plain",
  "partially admitted": "warn",
  "not admitted": "bad",
  held: "warn",
};

function rankOf({ verdict, by }: Act, { asSeenBy }: CeremonyView): number {
  return (verdict === "admitted" ? 0 : 2) + (by === asSeenBy ? 1 : 0);
}
