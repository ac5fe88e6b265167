// What happened here, in order, in words: one line a step, repeats of the closing folded, long silence told as what it is.
import type { Act, Picture } from "../../../shared/ceremony/picture.ts";
import type { LinkedEntry } from "../../../shared/lineage/entry.ts";
import { Foreign } from "../foreign.tsx";
import { Badged, Time } from "../layout.tsx";
import { type Badge, counted, grouped, spanText } from "../words.ts";

/** Entries on one page; the rest is a link away, and all are in the evidence. */
export const ENTRIES_MAX = 200;
/** Silence worth a line of its own, in microseconds. */
const QUIET = 120_000_000;
const CLOSING_KINDS: readonly unknown[] = ["page", "witness", "propose", "prevote", "precommit", "status"];

type Line = { readonly at: number; readonly entries: readonly LinkedEntry[]; readonly folded: boolean };

export const Timeline = (props: {
  ceremony: string;
  /** Neighbouring entries of the lineage, of so many in all. */
  lineage: readonly LinkedEntry[];
  entries: number;
  picture: Picture;
}) => {
  const { ceremony, lineage, entries, picture } = props;
  const from = lineage[0]?.index ?? 0;
  const until = (lineage.at(-1)?.index ?? -1) + 1;
  const acts = new Map(picture.acts.map((act) => [act.id, act]));
  const lines = linesOf(lineage);
  return (
    <section id="timeline">
      <h2>Timeline</h2>
      {from === 0 ? null : (
        <p>
          <a href={`/c/${ceremony}?before=${from}#timeline`}>{counted(from, "earlier entry", "earlier entries")}</a>
        </p>
      )}
      {until === entries ? null : (
        <p>
          <a href={`/c/${ceremony}#timeline`}>Back to the newest</a>
        </p>
      )}
      <ol class="timeline">
        {lines.map((line, index) => (
          <>
            <Gap from={lines[index - 1]?.at} to={line.at} />
            <li>
              {line.folded ? <Folded line={line} /> : <Step ceremony={ceremony} entry={line.entries[0]} acts={acts} />}
            </li>
          </>
        ))}
      </ol>
    </section>
  );
};

/** What this party said it also admits: one line is enough. Neighbouring statements of the closing become one. */
function linesOf(entries: readonly LinkedEntry[]): readonly Line[] {
  const own = new Set(entries.filter(({ kind }) => kind === "attestation").map(({ about }) => about[0]));
  const lines: Line[] = [];
  for (const entry of entries) {
    if (entry.kind === "admission" && own.has(entry.about[0])) continue;
    const closing = CLOSING_KINDS.includes(entry.detail.kind);
    const last = lines.at(-1);
    if (closing && last?.folded) lines.splice(-1, 1, { ...last, entries: [...last.entries, entry] });
    else lines.push({ at: entry.at, entries: [entry], folded: closing });
  }
  return lines;
}

const Gap = ({ from, to }: { from: number | undefined; to: number }) =>
  from === undefined || to - from < QUIET ? null : (
    <li class="gap">{spanText(Math.round((to - from) / 1_000_000))} quiet</li>
  );

const Folded = ({ line }: { line: Line }) => {
  const by = [...new Set(line.entries.map((entry) => entry.by ?? "time"))];
  return (
    <details>
      <summary>
        <Time at={line.at} /> {counted(line.entries.length, "statement")} of the closing, by {by.join(", ")}
      </summary>
      <ol>
        {line.entries.map((entry) => (
          <li>
            <Time at={entry.at} /> {String(entry.detail.kind)} by {entry.by} <code>{entry.about[0]?.slice(0, 8)}</code>
          </li>
        ))}
      </ol>
    </details>
  );
};

const MARKS: { readonly [V in Act["verdict"]]: Badge } = {
  admitted: { icon: "✓", word: "admitted", tone: "plain" },
  "partially admitted": { icon: "◐", word: "partially admitted", tone: "warn" },
  "not admitted": { icon: "✗", word: "not admitted", tone: "bad" },
  held: { icon: "‖", word: "held", tone: "warn" },
};

export const Mark = ({ act }: { act: Act }) => (
  <>
    <Badged badge={MARKS[act.verdict]} />
    {act.code === null ? null : (
      <>
        {" "}
        <a href={`/e/${act.code}`}>
          <code>{act.code}</code>
        </a>
      </>
    )}
  </>
);

const Step = (props: { ceremony: string; entry: LinkedEntry | undefined; acts: ReadonlyMap<string, Act> }) => {
  const { ceremony, entry, acts } = props;
  if (entry === undefined) return null;
  const [about] = entry.about;
  const act = about === undefined ? undefined : acts.get(about);
  return (
    <>
      <Time at={entry.at} /> <strong>{titleOf(entry)}</strong>
      {entry.by === null ? "" : ` ${entry.by}`}{" "}
      {act === undefined || act.kind !== "contribution" ? (
        <Details entry={entry} />
      ) : (
        <>
          {act.role === null ? null : (
            <>
              as <Foreign text={act.role} />:{" "}
            </>
          )}
          {act.choice === null ? "its contribution" : <Foreign text={act.choice} />} <Mark act={act} />
        </>
      )}{" "}
      {about === undefined ? null : (
        <a href={`/c/${ceremony}/o/${about}`} aria-label={`Why, for ${titleOf(entry)} ${about.slice(0, 8)}`}>
          {entry.kind === "refusal" ? "Why?" : about.slice(0, 8)}
        </a>
      )}
    </>
  );
};

const TITLES: Readonly<Record<string, string>> = {
  "admission call": "opened",
  "attestation call": "opened",
  "admission contribution": "attested",
  "attestation contribution": "attested",
  "admission notice": "revocation carried in by",
  "attestation notice": "revocation carried in by",
  "admission outcome": "same ceremony ended at",
  "attestation outcome": "ended here, said by",
  "admission dispute": "disputed by",
  "attestation dispute": "disputed by",
  refusal: "not admitted",
  "round-transition": "round closed",
  "byzantine-event": "said two things",
  "membership-change": "members changed",
  handoff: "handed over",
  outcome: "decided",
  abandonment: "abandoned",
  expiry: "expired",
  hold: "put on hold",
  alert: "look into this",
  "re-evaluation": "judged again",
};

function titleOf({ kind, detail }: LinkedEntry): string {
  return TITLES[`${kind} ${detail.kind}`] ?? TITLES[kind] ?? kind;
}

const Details = ({ entry }: { entry: LinkedEntry }) => {
  const parts = Object.entries(entry.detail).filter(([name]) => name !== "kind");
  return (
    <>
      {parts.map(([name, value], index) => (
        <>
          {index === 0 ? "" : ", "}
          {name}{" "}
          {typeof value === "string" && /^[0-9a-f]{64}$/.test(value) ? (
            <code>{grouped(value, 4)}</code>
          ) : (
            <Foreign text={String(value)} />
          )}
        </>
      ))}
    </>
  );
};
