// A policy tried on what was made up or recorded: how it ends, what its end hangs on, and what it withstands. It proves nothing and sends
// nothing; the command line runs the same function.
import type { Ending, FaultRun, Pivot, Swing } from "../../../shared/outcome/dry-run.ts";
import type { PlainDecision } from "../../../shared/outcome/plain.ts";
import type { Refusal } from "../../../shared/refusals.ts";
import { Foreign, ForeignDocument, ForeignValue } from "../foreign.tsx";
import { Form } from "../form.tsx";
import { Badged, Table } from "../layout.tsx";
import type { Badge } from "../words.ts";
import { RefusalText } from "./plain.tsx";
import { Chooser, type Finding, Findings, type Named } from "./policies.tsx";

export type Tried = {
  readonly policy: string;
  /** A document in place of the named policy; empty where that is meant. */
  readonly own: string;
  readonly scenario: string;
  readonly silent: number;
  readonly equivocating: number;
};
export type Found = {
  readonly decision: PlainDecision;
  readonly faults: readonly FaultRun[];
  readonly pivotal: readonly Pivot[];
  readonly swing: readonly Swing[];
  /** How the recorded ceremony ended; null for what was made up. */
  readonly recorded: { readonly ceremony: string; readonly ended: Ending } | null;
  readonly findings: readonly Finding[];
};

const FAULTY_MAX = 4;

export const Simulator = (props: {
  names: readonly Named[];
  tried: Tried;
  from: string;
  found: Found | null;
  refusal: Refusal | null;
}) => {
  const { names, tried, found, refusal } = props;
  return (
    <>
      <p>Nothing is signed or sent. A scenario is who takes part and what each would say, round by round.</p>
      {refusal === null ? null : (
        <section aria-label="Not tried">
          <RefusalText refusal={refusal} />
        </section>
      )}
      {found === null ? null : <Result found={found} />}
      <Form action="/policies/simulate" class="card" label="What to try">
        <label for="policy">Policy</label>
        <Chooser id="policy" names={names} chosen={tried.policy} />
        <label for="own">Or a document of your own, as JSON (taken in its place)</label>
        <textarea id="own" name="own" rows={4} spellcheck={false}>
          {tried.own}
        </textarea>
        <label for="scenario">Scenario, as JSON</label>
        <textarea id="scenario" name="scenario" rows={16} required spellcheck={false}>
          {tried.scenario}
        </textarea>
        <input type="hidden" name="from" value={props.from} />
        {(["silent", "equivocating"] as const).map((fault) => (
          <>
            <label for={fault}>Parties that are {fault}</label>
            <input
              id={fault}
              name={fault}
              type="number"
              min="0"
              max={String(FAULTY_MAX)}
              value={String(tried[fault])}
            />
          </>
        ))}
        <button type="submit" class="main">
          Try it
        </button>
      </Form>
    </>
  );
};

function endingBadge({ status, cause }: Ending): Badge {
  return status === "decided"
    ? { icon: "■", word: "decided", tone: "plain" }
    : { icon: "–", word: `${status}${cause === undefined ? "" : `: ${cause}`}`, tone: "warn" };
}

const Ended = ({ ending }: { ending: Ending }) => (
  <>
    <Badged badge={endingBadge(ending)} /> {ending.value === null ? null : <ForeignValue value={ending.value} />}
  </>
);

const Result = ({ found }: { found: Found }) => {
  const { decision, faults, pivotal, swing, recorded } = found;
  const moved = faults.filter(({ same }) => !same);
  return (
    <section id="result">
      <h2>How it would end</h2>
      <p class="sentence">
        <Ended ending={decision} />
      </p>
      {recorded === null ? null : (
        <p>
          <a href={`/c/${recorded.ceremony}`}>The recorded ceremony</a> ended: <Ended ending={recorded.ended} />
        </p>
      )}
      <ul>
        {decision.explanation.map((line) => (
          <li>
            <Foreign text={line} />
          </li>
        ))}
      </ul>
      {decision.value === null ? null : <ForeignDocument value={decision.value} />}
      <h3>What it hangs on</h3>
      {pivotal.length + swing.length === 0 ? <p>No single contribution would change it.</p> : null}
      <ul>
        {pivotal.map(({ party, round, without }) => (
          <li>
            without <Foreign text={party} />
            {round > 0 ? ` in round ${round}` : ""}: <Ended ending={without} />
          </li>
        ))}
        {swing.map(({ party, choice, gives }) => (
          <li>
            with <Foreign text={choice} /> of <Foreign text={party} />: <Ended ending={gives} />
          </li>
        ))}
      </ul>
      {faults.length === 0 ? null : (
        <>
          <h3>With parties at fault</h3>
          <p>
            {faults.length - moved.length} of {faults.length} runs end the same.
          </p>
          <Table
            caption="Runs that end otherwise"
            columns={["At fault", "How", "Ends"]}
            none="None ends otherwise."
            rows={moved.map((run) => [<Foreign text={run.parties.join(", ")} />, run.fault, <Ended ending={run} />])}
          />
        </>
      )}
      <Findings findings={found.findings} />
    </section>
  );
};
