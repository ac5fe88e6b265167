// The lineage as a picture, drawn here and readable without a script: nodes are links, left to right. The list beside it says the same.
import { Graph, layout } from "@dagrejs/dagre";
import type { Picture } from "../../../shared/ceremony/picture.ts";
import type { CeremonyView } from "../../../shared/ceremony/view.ts";
import { Foreign } from "../foreign.tsx";
import { type GraphNode, lineageGraph } from "../lineage-graph.ts";

/** Beyond this nothing is drawn: it would tell nothing, and its layout would cost too much. */
const NODES_MAX = 200;
const WIDTH = 186;
const HEIGHT = 46;
/** Characters that fit a node. */
const FITS = 26;

export const Lineage = ({ view, picture }: { view: CeremonyView; picture: Picture }) => {
  const nodes = lineageGraph(view, picture);
  return (
    <section id="lineage">
      <h2>Lineage</h2>
      {nodes.length > NODES_MAX ? (
        <p>Too large to draw: {nodes.length} statements. The list below has them all.</p>
      ) : (
        <Drawing nodes={nodes} />
      )}
      <h3>The same as a list, each with what it rests on</h3>
      <ol class="rests">
        {nodes.map((node) => (
          <li>
            <a href={node.href}>
              <Foreign text={node.label} />
            </a>{" "}
            <Foreign text={node.note} />
            {node.from.length === 0 ? "" : <> — rests on {namesOf(node, nodes)}</>}
          </li>
        ))}
      </ol>
    </section>
  );
};

const NAMED_MAX = 6;

function namesOf({ from }: GraphNode, nodes: readonly GraphNode[]): string {
  const names = from.map((id) => nodes.find((node) => node.id === id)?.label ?? id);
  const more = names.length - NAMED_MAX;
  return more <= 0 ? names.join("; ") : `${names.slice(0, NAMED_MAX).join("; ")} and ${more} more`;
}

type Placed = {
  readonly nodes: readonly { readonly node: GraphNode; readonly x: number; readonly y: number }[];
  readonly lines: readonly string[];
  readonly width: number;
  readonly height: number;
};

const Drawing = ({ nodes }: { nodes: readonly GraphNode[] }) => {
  const { nodes: placed, lines, width, height } = place(nodes);
  return (
    <section class="scroll" tabindex={0} aria-label="Lineage, drawn">
      <svg
        viewBox={`0 0 ${width} ${height}`}
        width={width}
        height={height}
        aria-label={`${nodes.length} statements, from the call on the left to what followed on the right`}
      >
        {lines.map((path) => (
          <path d={path} />
        ))}
        {placed.map(({ node, x, y }) => (
          <a href={node.href} class={node.tone}>
            <rect x={x} y={y} width={WIDTH} height={HEIGHT} rx={4} />
            <text x={x + 8} y={y + 19}>
              {fitted(`${MARKS[node.tone]}${node.label}`)}
            </text>{" "}
            <text x={x + 8} y={y + 36} class="note">
              {fitted(node.note)}
            </text>
          </a>
        ))}
      </svg>
    </section>
  );
};

const MARKS: { readonly [T in GraphNode["tone"]]: string } = { good: "✓ ", bad: "✗ ", warn: "! ", plain: "" };

function fitted(text: string): string {
  const characters = [...text];
  return characters.length > FITS ? `${characters.slice(0, FITS - 1).join("")}…` : text;
}

function place(nodes: readonly GraphNode[]): Placed {
  const graph = new Graph();
  graph.setGraph({ rankdir: "LR", nodesep: 14, ranksep: 26, marginx: 4, marginy: 4 });
  graph.setDefaultEdgeLabel(() => ({}));
  for (const { id } of nodes) graph.setNode(id, { width: WIDTH, height: HEIGHT });
  for (const { id, from } of nodes) for (const other of from) graph.setEdge(other, id);
  layout(graph);
  const { width = 0, height = 0 } = graph.graph() as { width?: number; height?: number };
  return {
    nodes: nodes.map((node) => {
      const { x, y } = graph.node(node.id) as { x: number; y: number };
      return { node, x: Math.round(x - WIDTH / 2), y: Math.round(y - HEIGHT / 2) };
    }),
    lines: graph.edges().map((edge) => lineThrough((graph.edge(edge) as { points: readonly Point[] }).points)),
    width: Math.ceil(width),
    height: Math.ceil(height),
  };
}

type Point = { readonly x: number; readonly y: number };

function lineThrough(points: readonly Point[]): string {
  return points.map(({ x, y }, index) => `${index === 0 ? "M" : "L"}${Math.round(x)} ${Math.round(y)}`).join(" ");
}
