// Files that people carry: what this party holds of a mesh, out; what a file brings, checked first and then taken in, frame by frame.
import type { ShownMesh } from "../../../durable/mesh-rpc.ts";
import type { ShownExchanges } from "../../../shared/mesh/exchange/told.ts";
import type { Refusal } from "../../../shared/refusals.ts";
import { Foreign } from "../foreign.tsx";
import { Form } from "../form.tsx";
import { Badged, Facts, Table } from "../layout.tsx";
import { type Badge, counted } from "../words.ts";
import { Arrivals, Departures, type FileBrought, FileResult } from "./exchange-file.tsx";

export const Exchange = ({ meshes }: { meshes: readonly string[] }) => (
  <>
    <p>
      For meshes that share no wire, or while they are apart. Statements are signed: whoever carries them changes
      nothing.
    </p>
    <ul class="rows">
      {meshes.map((name) => (
        <li>
          <a href={`/exchange/${name}`}>{name}</a>
        </li>
      ))}
    </ul>
  </>
);

export type Judged = { readonly id: string; readonly verdict: string; readonly refusal: Refusal | null };
export type Brought = { readonly file: string; readonly taken: boolean; readonly frames: readonly Judged[] };

export const ExchangePage = (props: {
  mesh: ShownMesh;
  files: ShownExchanges;
  brought: Brought | null;
  arrived: FileBrought | null;
}) => {
  const { mesh, files, brought, arrived } = props;
  return (
    <>
      {brought === null ? null : <Result brought={brought} />}
      {arrived === null ? null : <FileResult brought={arrived} />}
      <p>
        A numbered file is for another mesh that no wire reaches: its gateway signs for what leaves, its numbers show
        that none is lost, and a receipt tells what became of it. A file of statements is for partners in {mesh.mesh}.
      </p>
      <h2>Numbered files in</h2>
      <Arrivals mesh={mesh.mesh} brought={files.in} />
      <h2>Numbered files out</h2>
      <Departures mesh={mesh.mesh} out={files.out} />
      <h2>Statements out</h2>
      <p>
        <a href={`/exchange/${mesh.mesh}/statements.json`} download={`${mesh.mesh}.statements.json`}>
          All statements that this party holds of {mesh.mesh}
        </a>
        , the first thousand in a file; the file names where the next begins.
      </p>
      <Facts facts={Object.entries(mesh.held).map(([type, count]) => [type, String(count)] as const)} />
      <p>
        <a href={`/exchange/${mesh.mesh}/want.json`} download={`${mesh.mesh}.want.json`}>
          What this party holds, by id
        </a>
        : with it, the other side leaves that out of its next numbered file.
      </p>
      <h2>Statements in</h2>
      <Form action={`/exchange/${mesh.mesh}`} class="card" upload label="Bring a file">
        <label for="file">A file of statements</label>
        <input id="file" name="file" type="file" accept=".json,application/json" required />
        <fieldset>
          <legend>What to do</legend>
          <p>
            <label for="check">
              <input id="check" type="radio" name="do" value="check" checked /> Check only: tell what each would be
              answered
            </label>
          </p>
          <p>
            <label for="take">
              <input id="take" type="radio" name="do" value="take" /> Take in what passes
            </label>
          </p>
        </fieldset>
        <button type="submit">Bring it</button>
      </Form>
    </>
  );
};

const VERDICTS: Readonly<Record<string, Badge>> = {
  admitted: { icon: "✓", word: "admitted", tone: "plain" },
  passes: { icon: "✓", word: "would pass the door", tone: "plain" },
  held: { icon: "‖", word: "held", tone: "warn" },
  ignored: { icon: "=", word: "was here already", tone: "plain" },
  refused: { icon: "✗", word: "refused", tone: "bad" },
};

const Result = ({ brought: { file, taken, frames } }: { brought: Brought }) => {
  const refused = frames.filter(({ refusal }) => refusal !== null).length;
  return (
    <section id="result">
      <h2>{taken ? "Taken in" : "Checked; nothing was taken in"}</h2>
      <p class="sentence">
        <Foreign text={file} />: {counted(frames.length - refused, "statement")} {taken ? "answered" : "would pass"},{" "}
        {refused} refused.
      </p>
      <Table
        caption="Frame by frame"
        columns={["Statement", "Answer", "Why", "Do"]}
        none="The file holds no statement."
        rows={frames.map(({ id, verdict, refusal }) => [
          <code>{id.slice(0, 16)}</code>,
          <Badged badge={VERDICTS[verdict] ?? { icon: "·", word: verdict, tone: "plain" }} />,
          refusal === null ? (
            "–"
          ) : (
            <>
              <a href={`/e/${refusal.code}`}>
                <code>{refusal.code}</code>
              </a>{" "}
              <Foreign text={refusal.why} />
            </>
          ),
          refusal === null ? "–" : <Foreign text={refusal.do} />,
        ])}
      />
    </section>
  );
};
