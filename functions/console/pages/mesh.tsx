// A mesh as this party sees it: how it stands to others, what contends and where each word was said, and which merges wait for people.
import type { ShownMesh } from "../../../durable/mesh-rpc.ts";
import type { ShownSubject, ShownValue } from "../../../shared/mesh/live/world.ts";
import { Foreign, ForeignValue } from "../foreign.tsx";
import { Badged, Table } from "../layout.tsx";
import { type Badge, instantText, relativeText } from "../words.ts";
import { Links } from "./apart.tsx";
import { Coalition, type CoalitionView } from "./coalition.tsx";

export type ListedMesh = { readonly name: string; readonly partners: readonly string[] };

export const Meshes = ({ meshes }: { meshes: readonly ListedMesh[] }) => (
  <Table
    caption="Where this party stands"
    columns={["Mesh", "Partners there"]}
    rows={meshes.map(({ name, partners }) => [
      <a href={`/mesh/${name}`}>{name}</a>,
      partners.join(", ") || "nobody else",
    ])}
  />
);

const STATES: Readonly<Record<ShownMesh["reconciliations"][number]["state"], Badge>> = {
  written: { icon: "✓", word: "merged", tone: "good" },
  settled: { icon: "✓", word: "decided by a ceremony, and merged", tone: "good" },
  pending: { icon: "!", word: "nothing written: a ceremony has to decide", tone: "warn" },
};

const Reconciliations = ({ mesh }: { mesh: ShownMesh }) => (
  <section>
    <h2>Reconciliations</h2>
    {mesh.reconciliations.length === 0 ? (
      <p>None yet by this party. Whoever stands in both meshes reconciles them.</p>
    ) : (
      <ul class="rows">
        {mesh.reconciliations.map(({ with: other, digest, state, at, divergence, stopped }) => (
          <li>
            <a href={`/mesh/${mesh.mesh}/divergence?with=${encodeURIComponent(other)}`}>
              {mesh.mesh} and {other}
            </a>{" "}
            <Badged badge={STATES[state]} /> {relativeText(at, mesh.at)}
            <br />
            {divergence.measured.num} of {divergence.measured.den} comparable subjects in conflict, limit{" "}
            {divergence.limit.num}/{divergence.limit.den} · record <code>{digest.slice(0, 16)}</code>
            {state !== "pending" || stopped === null ? null : (
              <>
                <br />
                {stopped.what}. {stopped.do}. Subject of the ceremony: <code>{`{"reconciliation":"${digest}"}`}</code>
              </>
            )}
          </li>
        ))}
      </ul>
    )}
  </section>
);

function resolutionBadge({ values, resolution }: ShownSubject): Badge {
  if (values.length < 2) return { icon: "·", word: "one value", tone: "plain" };
  if (resolution === null) return { icon: "?", word: "not resolved", tone: "warn" };
  const words = { resolved: "resolved", open: "nobody prevails", reopened: "open again: others speak now" } as const;
  return { icon: resolution.state === "resolved" ? "✓" : "?", word: words[resolution.state], tone: "plain" };
}

const Value = ({ shown, winner }: { shown: ShownValue; winner: string | null }) => (
  <li>
    <code>
      <ForeignValue value={shown.value} />
    </code>
    {shown.by.some(({ id }) => id === winner) ? " · prevails" : ""}
    <ul>
      {shown.by.map(({ origin, authority, as, at, losses, mark, imports }) => (
        <li>
          said in {origin} by {authority}
          {as === authority ? "" : `, counts as ${as} here`} · {instantText(at[0])} of its clock
          {imports.length === 0 ? "" : ` · ${imports.length} imports`}
          {losses.length === 0 ? "" : ` · lost in translation: ${losses.join(", ")}`}
          {mark === null ? "" : ` · its agreement has ended (${mark})`}
        </li>
      ))}
    </ul>
  </li>
);

const Subjects = ({ subjects }: { subjects: readonly ShownSubject[] }) => (
  <ul class="rows">
    {subjects.map((subject) => (
      <li>
        <Foreign text={subject.subject} /> <Badged badge={resolutionBadge(subject)} />
        {subject.resolution === null ? "" : ` by ${subject.resolution.rule}`}
        {subject.resolution?.ceremony ? (
          <>
            {" "}
            · <a href={`/c/${subject.resolution.ceremony}`}>the ceremony that decided</a>
          </>
        ) : null}
        <ul>
          {subject.values.map((shown) => (
            <Value shown={shown} winner={subject.resolution?.winner ?? null} />
          ))}
        </ul>
      </li>
    ))}
  </ul>
);

export const MeshPage = ({ mesh, coalition }: { mesh: ShownMesh; coalition: CoalitionView }) => {
  const contended = mesh.subjects.filter(({ values }) => values.length > 1);
  const single = mesh.subjects.filter(({ values }) => values.length < 2);
  return (
    <>
      <Links mesh={mesh.mesh} links={mesh.links} others={mesh.reconciliations.map((one) => one.with)} now={mesh.at} />
      <Coalition view={coalition} />
      <Reconciliations mesh={mesh} />
      <section>
        <h2>In contention ({contended.length})</h2>
        {contended.length === 0 ? <p>Nobody contradicts anybody.</p> : <Subjects subjects={contended} />}
      </section>
      <section>
        <h2>
          Other subjects ({single.length}
          {mesh.more === 0 ? "" : ` and ${mesh.more} more`})
        </h2>
        {single.length === 0 ? <p>None.</p> : <Subjects subjects={single} />}
        {mesh.dropped.length === 0 ? null : (
          <p>{mesh.dropped.length} facts are out of view, since their agreement ended; they are kept.</p>
        )}
      </section>
    </>
  );
};
