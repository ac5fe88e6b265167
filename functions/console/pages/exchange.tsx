// Files that people carry: what this party holds of a mesh, out; what a file brings, checked first and then taken in, frame by frame.
import type { ShownMesh } from "../../../durable/mesh-rpc.ts";
import type { Refusal } from "../../../shared/refusals.ts";
import { Foreign } from "../foreign.tsx";
import { Form } from "../form.tsx";
import { Badged, Facts, Table } from "../layout.tsx";
import { type Badge, counted } from "../words.ts";

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

export const ExchangePage = (props: { mesh: ShownMesh; brought: Brought | null }) => {
  const { mesh, brought } = props;
  return (
    <>
      {brought === null ? null : <Result brought={brought} />}
      <h2>Out</h2>
      <p>
        <a href={`/exchange/${mesh.mesh}/statements.json`} download={`${mesh.mesh}.statements.json`}>
          All statements that this party holds of {mesh.mesh}
        </a>
        , the first thousand in a file; the file names where the next begins.
      </p>
      <Facts facts={Object.entries(mesh.held).map(([type, count]) => [type, String(count)] as const)} />
      <p>
        For another mesh behind an air gap, <code>quorate exchange export</code> applies a release policy and numbers
        the file; <code>quorate exchange verify</code> tells of gaps and of what is missing, and its import writes a
        receipt.
      </p>
      <h2>In</h2>
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
