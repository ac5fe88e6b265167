// Numbered files between meshes: what one would do or did, which were taken in, with their receipts and the numbers that are missing, and which
// were let out.
import type { FileOut, GatewayIn, Imported, ShownExchanges } from "../../../shared/mesh/exchange/told.ts";
import { Foreign } from "../foreign.tsx";
import { Form } from "../form.tsx";
import { Badged, Facts, Table, Time } from "../layout.tsx";
import { type Badge, counted } from "../words.ts";

export type FileBrought = { readonly file: string; readonly mesh: string; readonly arrived: Imported };

const ENDS = {
  taken: { icon: "✓", word: "taken in", tone: "plain" },
  stopped: { icon: "!", word: "stopped: nothing was merged", tone: "warn" },
  checked: { icon: "·", word: "checked: nothing was taken in", tone: "plain" },
} as const satisfies Record<string, Badge>;

export const FileResult = ({ brought: { file, mesh, arrived } }: { brought: FileBrought }) => {
  const { gateway, from, sequence, last, prerequisites, admit, hold, refuse, denied, revocations, written } = arrived;
  const { measured, limit } = arrived.divergence;
  const end = written !== null ? ENDS.taken : arrived.stopped === undefined ? ENDS.checked : ENDS.stopped;
  const { needed, missing } = prerequisites;
  return (
    <section id="result">
      <h2>
        <Foreign text={file} /> <Badged badge={end} />
      </h2>
      {arrived.stopped === undefined ? null : (
        <p class="sentence">
          <a href={`/e/${arrived.stopped.code}`}>
            <code>{arrived.stopped.code}</code>
          </a>{" "}
          <Foreign text={arrived.stopped.why} />{" "}
          <a href={`/mesh/${mesh}/divergence?with=${encodeURIComponent(from)}`}>Where the two differ</a>
        </p>
      )}
      <Facts
        facts={[
          ["Gateway", <Foreign text={`${gateway} of ${from}`} />],
          ["Number", `${sequence}; the last that was taken is ${last}`],
          ["What it builds on", `${needed - missing.length} of ${needed} present`],
          ["Revocations, applied first", String(revocations)],
          [written === null ? "Would be admitted" : "Admitted", String(admit.length)],
          ["Held until what they cite comes", String(hold.length)],
          ["Refused", String(refuse.length)],
          ["Withheld by the gateway", String(denied.length)],
          ["Divergence", `${measured.num}/${measured.den}, of ${limit.num}/${limit.den} at most`],
        ]}
      />
      <Left arrived={arrived} />
      {written === null ? null : (
        <p>
          <a href={`/exchange/${mesh}/receipts/${written.receipt}`} download={`${mesh}.receipt-${sequence}.json`}>
            The signed receipt, to carry back
          </a>
        </p>
      )}
    </section>
  );
};

/** What is missing, what waits, and what is refused. */
const Left = ({ arrived: { prerequisites, hold, refuse } }: { arrived: Imported }) => {
  const { missing } = prerequisites;
  return (
    <>
      {missing.length === 0 ? null : (
        <>
          <h3>Missing</h3>
          <ul>
            {missing.map((id) => (
              <li>
                <code>{id}</code>
              </li>
            ))}
          </ul>
        </>
      )}
      <Table
        caption="Statements that are not admitted"
        columns={["Statement", "Why", "Do"]}
        none="Every statement is admitted."
        rows={[
          ...hold.map((one) => [
            <code>{one.id.slice(0, 16)}</code>,
            `waits for ${one.missing.map((id) => id.slice(0, 16)).join(", ")}`,
            "bring a file that holds those",
          ]),
          ...refuse.map((one) => [
            <code>{one.id.slice(0, 16)}</code>,
            <>
              <a href={`/e/${one.code}`}>
                <code>{one.code}</code>
              </a>{" "}
              <Foreign text={one.why} />
            </>,
            <Foreign text={one.do} />,
          ]),
        ]}
      />
    </>
  );
};

export const Arrivals = ({ mesh, brought }: { mesh: string; brought: readonly GatewayIn[] }) => (
  <>
    <Form action={`/exchange/${mesh}/arrivals`} class="card" upload label="Bring a numbered file">
      <label for="arrival">A file that a gateway signed for, or a receipt of one</label>
      <input id="arrival" name="file" type="file" accept=".json,application/json" required />
      <label for="ceremony">The ceremony that decided to merge above the limit, where one had to</label>
      <input id="ceremony" name="ceremony" pattern="[0-9a-f]{64}" />
      <fieldset>
        <legend>What to do</legend>
        <p>
          <label for="verify">
            <input id="verify" type="radio" name="do" value="check" checked /> Check only: tell what an import would do
          </label>
        </p>
        <p>
          <label for="import">
            <input id="import" type="radio" name="do" value="take" /> Take in what the agreement admits, or nothing
          </label>
        </p>
      </fieldset>
      <button type="submit">Bring the file</button>
    </Form>
    {brought.flatMap(({ gateway, missing }) =>
      missing.map(([first, last]) => (
        <p class="sentence">
          <Badged badge={{ icon: "!", word: "missing", tone: "warn" }} /> <Foreign text={gateway} />:{" "}
          {first === last ? `number ${first}` : `numbers ${first} to ${last}`} did not come, and a later one did. Carry{" "}
          {first === last ? "it" : "them"} here first.
        </p>
      )),
    )}
    <Table
      caption="Files taken in"
      columns={["Gateway", "Number", "Admitted", "Held", "Refused", "Receipt"]}
      none="No numbered file was taken in."
      rows={brought.flatMap(({ gateway, from, files }) =>
        files.map(({ sequence, receipt }) => [
          <Foreign text={`${gateway} of ${from}`} />,
          String(sequence),
          String(receipt.admitted),
          String(receipt.held),
          String(receipt.refused),
          <a href={`/exchange/${mesh}/receipts/${receipt.id}`} download={`${mesh}.receipt-${sequence}.json`}>
            receipt {String(sequence)}
          </a>,
        ]),
      )}
    />
  </>
);

export const Departures = ({ mesh, out }: { mesh: string; out: ShownExchanges["out"] }) => (
  <>
    <Form action={`/exchange/${mesh}/files`} class="card" upload label="Let a file out">
      <label for="to">For the mesh</label>
      <input id="to" name="to" required />
      <label for="classes">Classes that may leave, with commas between them; nothing else does</label>
      <input id="classes" name="classes" required />
      <label for="reviewers">Persons who must sign for it besides</label>
      <input id="reviewers" name="reviewers" inputmode="numeric" pattern="\d{1,2}" value="0" />
      <label for="want">What the other side holds already (its list of wants), so that it is left out</label>
      <input id="want" name="want" type="file" accept=".json,application/json" />
      <p>
        <label for="one-way">
          <input id="one-way" type="checkbox" name="one-way" value="yes" /> One way: no receipt comes back
        </label>
      </p>
      <button type="submit">Sign for the next file</button>
    </Form>
    <Table
      caption="Files let out"
      columns={["For", "Number", "Statements", "Signed by", "When", "Receipt", "File"]}
      none="No numbered file was let out."
      rows={out.map((file) => [
        <Foreign text={file.to} />,
        String(file.sequence),
        String(file.count),
        <Foreign text={file.gateway} />,
        <Time at={file.at} />,
        receiptText(file),
        file.own ? (
          <a href={`/exchange/${mesh}/files/${file.manifest}`} download={`${mesh}-${file.to}-${file.sequence}.json`}>
            file {String(file.sequence)}
          </a>
        ) : (
          "with whoever signed it"
        ),
      ])}
    />
  </>
);

function receiptText({ receipt, oneWay }: FileOut): string {
  if (receipt === null) return oneWay ? "none is awaited" : "none came back yet";
  return `${counted(receipt.admitted, "statement")} admitted, ${receipt.held} held, ${receipt.refused} refused`;
}
