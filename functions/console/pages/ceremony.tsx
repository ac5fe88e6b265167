// One ceremony as this party holds it: what came of it, how far it is, who spoke under what authority, what happened, and the evidence.
import type { ShownCeremony } from "../../../durable/alerts.ts";
import type { Act, Picture } from "../../../shared/ceremony/picture.ts";
import type { CeremonyView, PartyView } from "../../../shared/ceremony/view.ts";
import type { LinkedEntry } from "../../../shared/lineage/entry.ts";
import { Foreign } from "../foreign.tsx";
import { Badged, Table, Time } from "../layout.tsx";
import { grouped } from "../words.ts";
import { Lineage } from "./lineage.tsx";
import { Proximity } from "./proximity.tsx";
import { State } from "./state.tsx";
import { Mark, Timeline } from "./timeline.tsx";

export type Held = {
  readonly view: ShownCeremony;
  readonly picture: Picture;
  /** A page of the lineage, of so many entries in all. */
  readonly lineage: readonly LinkedEntry[];
  readonly entries: number;
  /** The reader's time, in microseconds. */
  readonly now: number;
};

export const CeremonyPage = ({ held }: { held: Held }) => {
  const { view, picture, lineage, entries } = held;
  return (
    <>
      <div data-live={`/c/${view.ceremony}/state`}>
        <State view={view} picture={picture} now={held.now} />
      </div>
      <p class="tools">
        <button type="button" id="pause" aria-pressed="false" hidden>
          Pause updates
        </button>
      </p>
      <p id="spoken" role="status" class="quietly"></p>
      <Attention view={view} />
      <Disputes view={view} />
      <Parties view={view} picture={picture} />
      <Timeline ceremony={view.ceremony} lineage={lineage} picture={picture} entries={entries} />
      <Lineage view={view} picture={picture} />
      <Proximity picture={picture} />
    </>
  );
};

const Attention = ({ view }: { view: ShownCeremony }) =>
  view.alerts.length === 0 ? null : (
    <section>
      <h2>Look into this ({view.alerts.length})</h2>
      <ul class="rows">
        {view.alerts.map(({ code, what, why, do: remedy, at, about }) => (
          <li>
            <Time at={at} /> <strong>{what}</strong>: <Foreign text={why} />. {remedy}.{" "}
            <a href={`/e/${code}`}>
              <code>{code}</code>
            </a>{" "}
            {about.map((id) => (
              <>
                <a href={`/c/${view.ceremony}/o/${id}`}>{id.slice(0, 8)}</a>{" "}
              </>
            ))}
          </li>
        ))}
      </ul>
    </section>
  );

/** Beside the outcome wherever it is shown: who contests it, what is answered, and how it is ruled. */
export const Disputes = ({ view }: { view: CeremonyView }) =>
  view.disputes.length === 0 ? null : (
    <section>
      <h2>Disputed</h2>
      <ul class="rows">
        {view.disputes.map(({ id, by, act, reason, ruling, override }) => (
          <li>
            <strong>{act}</strong> by {by}: <Foreign text={reason} />
            {ruling === null ? null : (
              <>
                {" "}
                (<Foreign text={ruling} />)
              </>
            )}
            {override ? "; the record stays as it is" : ""} <code>{grouped(id, 4)}</code>
          </li>
        ))}
      </ul>
    </section>
  );

const Parties = ({ view, picture }: { view: CeremonyView; picture: Picture }) => {
  const acts = new Map(picture.acts.map((act) => [act.id, act]));
  const silentRefused = picture.acts.filter(
    ({ kind, verdict, id }) =>
      kind === "contribution" &&
      verdict === "not admitted" &&
      view.parties.every(({ contribution }) => contribution !== id),
  );
  return (
    <section>
      <h2>Who attested, under what authority</h2>
      <Table
        caption="One row for each seat"
        columns={["Party", "Role", "Power", "Says", "Disposition", "Authority", "Outcome it computed"]}
        rows={view.parties.map((party) => {
          const act = acts.get(party.contribution ?? "");
          return [
            party.authority,
            <Foreign text={party.role} />,
            party.power,
            <Said ceremony={view.ceremony} party={party} />,
            act === undefined ? "–" : <Mark act={act} />,
            act === undefined ? "–" : <Under act={act} />,
            party.outcome === null ? "not heard" : <code>{grouped(party.outcome, 4)}</code>,
          ];
        })}
      />
      {silentRefused.length === 0 ? null : (
        <>
          <h3>Said, and not counted ({silentRefused.length})</h3>
          <ul class="rows">
            {silentRefused.map((act) => (
              <li>
                {act.by ?? "not known"}: {act.choice === null ? "a contribution" : <Foreign text={act.choice} />}{" "}
                <Mark act={act} />{" "}
                <a href={`/c/${view.ceremony}/o/${act.id}`} aria-label={`Why ${act.id.slice(0, 8)} was not counted`}>
                  Why?
                </a>
              </li>
            ))}
          </ul>
        </>
      )}
    </section>
  );
};

/** From the root's grant to the key that signed. */
const Under = ({ act }: { act: Act }) => (
  <>
    {act.chain.map(({ subject }, index) => (
      <>
        {index === 0 ? "" : " → "}
        <Foreign text={subject} />
      </>
    ))}{" "}
    until <Time at={Math.min(...act.chain.map(({ until }) => until))} />, key <code>…{act.key.slice(-8)}</code>
  </>
);

const Said = ({ ceremony, party }: { ceremony: string; party: PartyView }) => (
  <>
    {party.contribution === null ? (
      "not heard"
    ) : (
      <a href={`/c/${ceremony}/o/${party.contribution}`}>
        {party.choice === null ? "a contribution" : <Foreign text={party.choice} />}
      </a>
    )}
    {party.equivocated ? (
      <>
        {" "}
        <Badged badge={{ icon: "!", word: "said two things", tone: "bad" }} />
      </>
    ) : null}
  </>
);
