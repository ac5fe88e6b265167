// Inbox and the list of ceremonies: what needs this party first, then what is stuck, then what has ended.
import type { CeremonyView } from "../../../shared/ceremony/view.ts";
import { Badged } from "../layout.tsx";
import { agreementBadge, phaseBadge, relativeText } from "../words.ts";

export type ListedCeremony = {
  readonly ceremony: string;
  readonly title: string;
  readonly phase: string;
  readonly atMs: number;
};

const Row = ({ view, now }: { view: CeremonyView; now: number }) => (
  <li>
    <a href={`/c/${view.ceremony}`}>{view.title || "without a title"}</a> <Badged badge={phaseBadge(view.phase)} />{" "}
    {view.outcome === null ? null : <Badged badge={agreementBadge(view)} />}
    <br />
    {view.pattern ?? "pattern not known"} · opened by {view.openedBy ?? "not known"} ·{" "}
    {view.parties.filter(({ contribution }) => contribution !== null).length} of {view.parties.length} have spoken
    {view.closesAt === null || view.outcome !== null ? "" : ` · closes ${relativeText(view.closesAt, now)}`}
    {view.asked === null ? null : (
      <>
        {" "}
        · you: {view.asked.role} ·{" "}
        <a href={`/c/${view.ceremony}/sign`}>Review: {view.title || view.ceremony.slice(0, 8)}</a>
      </>
    )}
  </li>
);

const Section = (props: { name: string; views: readonly CeremonyView[]; now: number; none: string }) => (
  <section>
    <h2>
      {props.name} ({props.views.length})
    </h2>
    {props.views.length === 0 ? (
      <p>{props.none}</p>
    ) : (
      <ul class="rows">
        {props.views.map((view) => (
          <Row view={view} now={props.now} />
        ))}
      </ul>
    )}
  </section>
);

/** Three lists, nothing else. */
export const Inbox = ({ views, now }: { views: readonly CeremonyView[]; now: number }) => {
  const asked = views.filter((view) => view.asked !== null);
  const stuck = views.filter(
    (view) =>
      view.hold !== null ||
      view.mute ||
      ["refused", "expired"].includes(view.phase) ||
      view.agreement.different.length > 0,
  );
  const ended = views.filter((view) => view.outcome !== null && !stuck.includes(view));
  return (
    <>
      <Section name="Needs you" views={asked} now={now} none="Nothing waits for your organisation." />
      <Section name="Stuck" views={stuck} now={now} none="Nothing is stuck." />
      <Section name="Recently ended" views={ended} now={now} none="Nothing has ended yet." />
    </>
  );
};

export const Ceremonies = ({ rows, now }: { rows: readonly ListedCeremony[]; now: number }) =>
  rows.length === 0 ? (
    <p>No ceremony is known here yet. A webhook, the API or a partner's call opens one.</p>
  ) : (
    <table>
      <thead>
        <tr>
          <th scope="col">Ceremony</th>
          <th scope="col">State</th>
          <th scope="col">Changed</th>
        </tr>
      </thead>
      <tbody>
        {rows.map(({ ceremony, title, phase, atMs }) => (
          <tr>
            <td data-label="Ceremony">
              <a href={`/c/${ceremony}`}>{title || ceremony.slice(0, 8)}</a>
            </td>
            <td data-label="State">
              <Badged badge={phaseBadge(phase)} />
            </td>
            <td data-label="Changed">{relativeText(atMs * 1_000, now)}</td>
          </tr>
        ))}
      </tbody>
    </table>
  );
