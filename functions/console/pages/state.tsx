// How far a ceremony is, in words and gauges: the part of its page that changes while it is looked at.
import type { ShownCeremony } from "../../../durable/alerts.ts";
import type { Picture } from "../../../shared/ceremony/picture.ts";
import type { CeremonyView } from "../../../shared/ceremony/view.ts";
import { Foreign, ForeignDocument, plainly } from "../foreign.tsx";
import { Badged, Facts, Time } from "../layout.tsx";
import { agreementBadge, grouped, phaseBadge, relativeText } from "../words.ts";

/** What changes while a page is looked at. */
export const State = ({ view, picture, now }: { view: ShownCeremony; picture: Picture; now: number }) => {
  const spoken = view.parties.filter(({ contribution }) => contribution !== null).length;
  return (
    <>
      <p
        data-say={`${phaseBadge(view.phase).word}, ${agreementBadge(view).word}, ${spoken} of ${view.parties.length} have spoken`}
      >
        <Badged badge={phaseBadge(view.phase)} /> <Badged badge={agreementBadge(view)} />
      </p>
      <p class="sentence">
        <Sentence view={view} spoken={spoken} />
      </p>
      {view.asked === null ? null : (
        <p>
          <a class="act" href={`/c/${view.ceremony}/sign`}>
            Review and sign as <Foreign text={view.asked.role} />
          </a>
        </p>
      )}
      <Facts
        facts={[
          ["Pattern", view.pattern === null ? "not known" : <Foreign text={view.pattern} />],
          [
            "Opened",
            <>
              {view.openedBy === null ? "not known by whom" : `by ${view.openedBy}`}, <Time at={view.opensAt} />
            </>,
          ],
          ["Closes", <When at={view.closesAt} now={now} />],
          ["Expires", <When at={view.expiresAt} now={now} />],
          ["Round", view.round < 0 ? "not known" : String(view.round)],
          [
            "Policy",
            view.policy === null ? (
              "not known"
            ) : (
              <a href={`/c/${view.ceremony}/policy`}>
                <code>{grouped(view.policy, 4)}</code>
              </a>
            ),
          ],
          ["About", view.subject === null ? "nothing was named" : <Foreign text={plainly(view.subject)} />],
        ]}
      />
      <Outcome view={view} />
      <Quorum view={view} picture={picture} spoken={spoken} />
      <p>
        <a href={`/c/${view.ceremony}/live`}>Counts as they come in</a>
      </p>
    </>
  );
};

const When = ({ at, now }: { at: number | null; now: number }) => (
  <>
    <Time at={at} />
    {at === null ? "" : ` (${relativeText(at, now)})`}
  </>
);

const Sentence = ({ view, spoken }: { view: CeremonyView; spoken: number }) => {
  if (view.refusal !== null) return <>This party takes no part: {view.refusal}.</>;
  if (view.hold !== null)
    return (
      <>
        On hold: this agent does not know the critical extension <Foreign text={view.hold} />.
      </>
    );
  if (view.mute)
    return <>This party met statements of its own that it has no memory of, so it signs nothing more here.</>;
  if (view.outcome !== null) return <Result view={view} />;
  if (view.phase === "expired")
    return <>No certificate was known by the hard expiry: this party claims no outcome. Nobody's data was wrong.</>;
  return (
    <>
      {spoken} of {view.parties.length} have spoken; nothing is released before a certificate.
    </>
  );
};

/** What came of it; nothing is called the result while another party is known to have computed another. */
export const Result = ({ view: { outcome, agreement } }: { view: CeremonyView }) => {
  if (outcome === null) return <>There is no outcome yet.</>;
  if (agreement.different.length > 0)
    return (
      <>
        {agreement.different.join(", ")} computed another outcome than this party, so none is shown as the result. Act
        on neither: compare the evidence of both first.
      </>
    );
  const { value, cause, path, late } = outcome;
  return (
    <>
      {cause === null ? "Decided: " : "Ended without an outcome: "}
      <strong>
        <Foreign text={cause ?? plainly(value)} />
      </strong>
      , by the {path} close
      {late ? ", after its expiry" : ""}.
    </>
  );
};

/** Beside every outcome stand its digest and the file that proves it. */
const Outcome = ({ view: { ceremony, outcome, agreement } }: { view: CeremonyView }) =>
  outcome === null ? null : (
    <section id="outcome">
      <h2>Outcome and evidence</h2>
      <p>
        Outcome <code class="digest">{grouped(outcome.digest)}</code>
      </p>
      <p>
        <a href={`/c/${ceremony}/evidence`} download={`${ceremony.slice(0, 8)}.evidence.json`}>
          Evidence bundle
        </a>{" "}
        · <a href={`/c/${ceremony}/certificate`}>Certificate to print</a> · <a href="/verify">Verify it</a>
      </p>
      <details>
        <summary>{agreement.different.length > 0 ? "What this party computed" : "The outcome in full"}</summary>
        <ForeignDocument value={outcome.value} />
      </details>
    </section>
  );

/** Counted by the same function as the outcome; provisional until a certificate. */
const Quorum = ({ view, picture, spoken }: { view: CeremonyView; picture: Picture; spoken: number }) => (
  <section>
    <h2>Quorum</h2>
    <Gauge id="spoken-of" label="Have spoken, as far as is held here" has={spoken} of={view.parties.length} />
    {picture.tally === null ? null : (
      <>
        {picture.tally.sides.map(({ choice, has }, index) =>
          picture.tally?.carries.includes(choice) ? (
            <Gauge
              id={`side-${index}`}
              label={<Foreign text={choice} />}
              has={has}
              of={picture.tally.need}
              note={` needed, of ${picture.tally.of} in all`}
            />
          ) : (
            <p>
              <strong>
                <Foreign text={choice} />
              </strong>{" "}
              {has} of {picture.tally?.of}
            </p>
          ),
        )}
        {picture.tally.sides.length === 0 ? (
          <p>
            No choice was admitted yet; {picture.tally.need} of {picture.tally.of} are needed.
          </p>
        ) : null}
      </>
    )}
  </section>
);

const Gauge = (props: { id: string; label: unknown; has: number; of: number; note?: string }) => (
  <p>
    <label for={props.id}>{props.label}</label>
    <progress id={props.id} max={Math.max(1, props.of)} value={Math.min(props.has, props.of)}></progress> {props.has} of{" "}
    {props.of}
    {props.note ?? ""}
  </p>
);
