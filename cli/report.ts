// A certificate of completion on paper: Markdown, or one page of HTML without a script and without anything to load.
import type { Json } from "../shared/cbor/json.ts";
import type { Completion } from "../shared/evidence/completion.ts";
import { shown } from "./terminal.ts";

export const REPORTS = ["html", "md", "json"] as const;
export type ReportForm = (typeof REPORTS)[number];

export function reportAs(form: ReportForm, completion: Completion): string {
  if (form === "json") return `${JSON.stringify(completion, null, 1)}\n`;
  const sections = sectionsOf(completion);
  return form === "md" ? markdown(completion, sections) : html(completion, sections);
}

type Section = {
  readonly title: string;
  readonly head: readonly string[];
  readonly rows: readonly (readonly string[])[];
};

const MARKS = { passed: "✓", failed: "✗", indeterminate: "?", "not reached": "–" } as const;
const VERDICTS = { passed: "✓ PASSED", failed: "✗ FAILED", indeterminate: "? CANNOT TELL" } as const;

/** Everything that is shown, as tables of text: both forms show the same. */
function sectionsOf(completion: Completion): readonly Section[] {
  const { stopped, outcome, parties, checks, roots, disputes } = completion;
  const facts: readonly (readonly [string, string | null])[] = [
    ["Ceremony", completion.title],
    ["Ceremony id", completion.ceremony],
    ["Subject", completion.subject === null ? null : plain(completion.subject)],
    ["Opened", completion.opened && `${completion.opened} by ${completion.openedBy ?? "unknown"}`],
    ["Closed", completion.closed],
    ["Policy", completion.pattern && `${completion.pattern}, sha256:${completion.policy}`],
    ["Outcome", outcome && `${outcome.status} ${plain(outcome.value)}`],
    ["Outcome digest", outcome && `sha256:${outcome.digest}`],
    ["Revocations", completion.revocations],
    ["Network", completion.network],
  ];
  const told = stopped && [
    [stopped.code, `at ${stopped.step}, ${stopped.entry}`],
    ["what", stopped.what],
    ["why", stopped.why],
    ["do", stopped.do],
  ];
  return [
    ...(told ? [{ title: "Why", head: [], rows: told }] : []),
    {
      title: "What was decided",
      head: [],
      rows: facts.flatMap(([name, value]) => (value === null ? [] : [[name, value]])),
    },
    {
      title: "Who said what",
      head: ["party", "role", "power", "says", "signed statement"],
      rows: parties.map(({ authority, role, power, said, statement, equivocated }) => [
        authority,
        role,
        String(power),
        `${said ?? (statement === null ? "nothing" : "see the evidence")}${equivocated ? " (and something else: proved)" : ""}`,
        statement ?? "–",
      ]),
    },
    ...(disputes.length === 0 ? [] : [{ title: "Disputes", head: [], rows: disputes.map((line) => [line]) }]),
    {
      title: "What was checked",
      head: ["check", "result"],
      rows: checks.map(({ name, result }) => [name, `${MARKS[result]} ${result}`]),
    },
    {
      title: "Under which roots",
      head: ["authority", "root", "words"],
      rows: roots.map(({ authority, key, words }) => [authority, key, words]),
    },
  ];
}

const plain = (value: Json) => (typeof value === "string" ? value : JSON.stringify(value));

function markdown({ verdict, sentence }: Completion, sections: readonly Section[]): string {
  const cell = (text: string) =>
    shown(text)
      .replace(/[\\|`*_<>[\]#]/g, "\\$&")
      .replace(/\s+/g, " ");
  const table = ({ title, head, rows }: Section) => {
    const width = Math.max(head.length, ...rows.map((row) => row.length), 1);
    const line = (cells: readonly string[]) =>
      `| ${Array.from({ length: width }, (_, at) => cell(cells[at] ?? "")).join(" | ")} |`;
    return [`## ${title}`, "", line(head), `|${"---|".repeat(width)}`, ...rows.map(line), ""].join("\n");
  };
  return [
    `# Certificate of completion`,
    "",
    `**${VERDICTS[verdict]}** ${cell(sentence)}`,
    "",
    ...sections.map(table),
  ].join("\n");
}

const STYLE = `:root{color-scheme:light dark}body{margin:2rem auto;max-width:60rem;padding:0 1rem;font:1rem/1.5 system-ui,sans-serif;overflow-wrap:anywhere}
table{border-collapse:collapse;width:100%}th,td{text-align:left;vertical-align:top;padding:.25rem .75rem .25rem 0;border-bottom:1px solid #8888}
th{font-weight:600}.verdict{font-size:1.25rem;font-weight:700;border:2px solid;padding:.5rem 1rem}@media print{body{margin:0}h2{break-after:avoid}tr{break-inside:avoid}}`;

function html({ verdict, sentence, title }: Completion, sections: readonly Section[]): string {
  const row = (cells: readonly string[], isPair: boolean) =>
    `<tr>${cells.map((cell, at) => (isPair && at === 0 ? `<th scope="row">${escaped(cell)}</th>` : `<td>${escaped(cell)}</td>`)).join("")}</tr>`;
  const tables = sections.map(({ title: name, head, rows }) => {
    const top =
      head.length === 0
        ? ""
        : `<thead><tr>${head.map((cell) => `<th scope="col">${escaped(cell)}</th>`).join("")}</tr></thead>`;
    const isPair = head.length === 0 && rows.some((cells) => cells.length > 1);
    return `<h2>${escaped(name)}</h2>\n<table>${top}<tbody>${rows.map((cells) => row(cells, isPair)).join("\n")}</tbody></table>`;
  });
  return `<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta http-equiv="content-security-policy" content="default-src 'none'; style-src 'unsafe-inline'">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>${escaped(`Certificate of completion: ${title ?? "evidence"}`)}</title>
<style>${STYLE}</style>
</head>
<body>
<main>
<h1>Certificate of completion</h1>
<p class="verdict">${escaped(VERDICTS[verdict])}</p>
<p>${escaped(sentence)}</p>
${tables.join("\n")}
</main>
</body>
</html>
`;
}

/** Titles and reasons are other people's words: none of them is markup. */
function escaped(text: string): string {
  return shown(text).replace(/[&<>"']/g, (sign) => `&#${sign.charCodeAt(0)};`);
}
