// Where two histories differ: what is the same, what only one side has, and each contradiction with what the rule would choose; and the two
// ways on, to compare again and to merge by a ceremony's decision.
import type { ReportRow } from "../../../durable/mesh-ledger.ts";
import { Foreign } from "../foreign.tsx";
import { Form } from "../form.tsx";
import { Badged, Facts, Table, Time } from "../layout.tsx";
import { type Badge, counted, grouped } from "../words.ts";

const STATES: { readonly [S in ReportRow["state"]]: Badge } = {
  written: { icon: "✓", word: "merged", tone: "plain" },
  pending: { icon: "!", word: "nothing written: a ceremony has to decide", tone: "warn" },
};

export type Divergence = {
  readonly mesh: string;
  readonly other: string;
  /** The newest comparison as this mesh tells it, and as the other does where this party stands in both. */
  readonly report: ReportRow | null;
  readonly mirror: ReportRow | null;
};

export const DivergencePage = ({ divergence }: { divergence: Divergence }) => {
  const { mesh, other, report, mirror } = divergence;
  return (
    <>
      {report === null ? (
        <p>These two were not compared by this party yet.</p>
      ) : (
        <Compared divergence={{ ...divergence, report }} />
      )}
      <h2>Go on</h2>
      <Form action={`/mesh/${mesh}/reconcile`} label="Compare again">
        <input type="hidden" name="with" value={other} />
        <button type="submit">Compare the two now</button>
      </Form>
      {report?.state === "pending" ? <Merge mesh={mesh} other={other} digest={report.digest} /> : null}
      <p>
        <a href={`/exchange/${mesh}`}>Carry a file to the other side</a> ·{" "}
        <a href={`/mesh/${mesh}`}>Leave both as they are</a>
        {mirror === null ? " · the other side's own report is with whoever stands in both" : ""}
      </p>
    </>
  );
};

const takenOf = ({ report, state }: ReportRow): number =>
  state === "written" ? report.imported.length : "pending" in report ? (report.pending?.facts.length ?? 0) : 0;

const Compared = ({
  divergence: { mesh, other, report, mirror },
}: {
  divergence: Divergence & { report: ReportRow };
}) => {
  const { measured, limit, comparable } = report.report.divergence;
  const { conflicts, held, refused, rule } = report.report;
  return (
    <>
      <p>
        <Badged badge={STATES[report.state]} /> compared <Time at={report.at} />
      </p>
      <Facts
        facts={[
          ["Same on both sides", counted(held.length, "statement")],
          [`Only in ${other}`, counted(takenOf(report), "statement")],
          [`Only in ${mesh}`, mirror === null ? "as the other side tells it" : counted(takenOf(mirror), "statement")],
          ["In contradiction", `${measured.num} of ${comparable} comparable subjects`],
          ["Limit", `${limit.num}/${limit.den}`],
          ["Not taken", counted(refused.length, "statement")],
          ["Record", <code>{grouped(report.digest, 8)}</code>],
        ]}
      />
      <h2>Contradictions ({conflicts.length})</h2>
      <p>
        By the agreement's rule <Foreign text={JSON.stringify(rule)} />:
      </p>
      <Table
        caption="Each subject with what the rule would choose"
        columns={["Subject", "Between", "Would choose", "Because", "Only by"]}
        none="Nobody contradicts anybody."
        rows={conflicts.map(({ subject, contenders, winner, lostBy, rule: by }) => [
          <Foreign text={subject} />,
          <Facted mesh={mesh} ids={contenders} />,
          winner === null ? "nobody" : <Facted mesh={mesh} ids={[winner]} />,
          <Foreign text={Object.values(lostBy).join(", ") || "nothing decides it"} />,
          <Foreign text={by} />,
        ])}
      />
    </>
  );
};

const Facted = ({ mesh, ids }: { mesh: string; ids: readonly string[] }) => (
  <>
    {ids.map((id, index) => (
      <>
        {index === 0 ? "" : ", "}
        <a href={`/mesh/${mesh}/facts/${id}`}>{id.slice(0, 8)}</a>
      </>
    ))}
  </>
);

const Merge = ({ mesh, other, digest }: { mesh: string; other: string; digest: string }) => (
  <section>
    <h2>Merge by decision</h2>
    <p>
      Open a ceremony among those who may decide, about <code>{`{"reconciliation":"${digest}"}`}</code>. When it is
      decided here, give its id: what it says is then merged, and nothing else.
    </p>
    <Form action={`/mesh/${mesh}/merge`} class="card" label="Merge by a decision">
      <input type="hidden" name="with" value={other} />
      <label for="ceremony">The ceremony that decided</label>
      <input id="ceremony" name="ceremony" required pattern="[0-9a-f]{64}" autocomplete="off" />
      <button type="submit">Merge as it decided</button>
    </Form>
  </section>
);
