// The lineage as a picture, drawn on the server: one column a kind of act, left to right. The timeline beside it says the same in words.
import type { LinkedEntry } from "../../../shared/lineage/entry.ts";

/** Nodes drawn; beyond them the picture would tell nothing, and thousands of bids are counted instead. */
const NODES_MAX = 48;
const WIDTH = 190;
const HEIGHT = 34;
const GAP = 14;

const COLUMNS: readonly (readonly [string, readonly LinkedEntry["kind"][]])[] = [
  ["heard and said", ["admission", "attestation", "refusal"]],
  ["found", ["byzantine-event", "hold", "alert"]],
  ["closed", ["round-transition", "membership-change"]],
  ["ended", ["handoff", "outcome", "abandonment", "expiry"]],
];

type Node = { readonly entry: LinkedEntry; readonly x: number; readonly y: number };

export const LineagePicture = ({ ceremony, lineage }: { ceremony: string; lineage: readonly LinkedEntry[] }) => {
  const acts = lineage.filter(
    ({ kind, detail }) => kind !== "admission" || detail.kind === "contribution" || detail.kind === undefined,
  );
  const nodes = placed(acts.slice(-NODES_MAX));
  const height = Math.max(HEIGHT, ...nodes.map(({ y }) => y + HEIGHT)) + 30;
  const closing = nodes.find(({ entry }) => entry.kind === "round-transition");
  const folded = lineage.length - nodes.length;
  return (
    <div class="scroll">
      <svg viewBox={`0 0 ${COLUMNS.length * (WIDTH + 40)} ${height}`}>
        <title>{`${nodes.length} acts, from what was said to the outcome`}</title>
        {COLUMNS.map(([name], column) => (
          <text x={column * (WIDTH + 40) + 4} y={16}>
            {name}
          </text>
        ))}
        {nodes.map((node) => (
          <Edge node={node} closing={closing} />
        ))}
        {nodes.map((node) => (
          <Drawn ceremony={ceremony} node={node} />
        ))}
      </svg>
      {folded > 0 ? <p>and {folded} more: statements of closing and repair, all in the timeline</p> : null}
    </div>
  );
};

function placed(entries: readonly LinkedEntry[]): readonly Node[] {
  const rows = COLUMNS.map(() => 0);
  return entries.map((entry) => {
    const column = COLUMNS.findIndex(([, kinds]) => kinds.includes(entry.kind));
    const row = rows[column] ?? 0;
    rows[column] = row + 1;
    return { entry, x: column * (WIDTH + 40), y: 26 + row * (HEIGHT + GAP) };
  });
}

/** What was said leads to the close, and the close to the end. */
const Edge = ({ node, closing }: { node: Node; closing: Node | undefined }) => {
  if (closing === undefined || node === closing) return null;
  const [from, to] = node.x < closing.x ? [node, closing] : [closing, node];
  const [x1, y1, x2, y2] = [from.x + WIDTH, from.y + HEIGHT / 2, to.x, to.y + HEIGHT / 2];
  return <path d={`M ${x1} ${y1} C ${x1 + 30} ${y1}, ${x2 - 30} ${y2}, ${x2} ${y2}`} />;
};

const Drawn = ({ ceremony, node: { entry, x, y } }: { ceremony: string; node: Node }) => {
  const label = [entry.kind, entry.by].filter((part) => part !== null).join(", ");
  const about = entry.about[0] ?? ceremony;
  return (
    <a
      href={about === ceremony ? `/c/${ceremony}` : `/c/${ceremony}/o/${about}`}
      aria-label={`${label}, ${about.slice(0, 8)}`}
    >
      <rect x={x} y={y} width={WIDTH} height={HEIGHT} rx={4} />
      <text x={x + 8} y={y + 21}>
        {label.length > 30 ? `${label.slice(0, 29)}…` : label}
      </text>
    </a>
  );
};
