// Inbox and the list of ceremonies: what needs this party first, then what is stuck and why, then what has ended.
import type { ShownCeremony } from "../../../durable/alerts.ts";
import type { CeremonyRow } from "../../../durable/ceremony-list.ts";
import { Foreign, plainTitle } from "../foreign.tsx";
import { Badged, Table } from "../layout.tsx";
import { stuckReason } from "../stuck.ts";
import { agreementBadge, PHASE_NAMES, phaseBadge, relativeText } from "../words.ts";

const nameOf = (view: { readonly title: string; readonly ceremony: string }) =>
  view.title === "" ? `ceremony ${view.ceremony.slice(0, 8)}` : view.title;

const Row = ({ view, now }: { view: ShownCeremony; now: number }) => {
  const reason = stuckReason(view, now);
  return (
    <li>
      <a href={`/c/${view.ceremony}`}>
        <Foreign text={nameOf(view)} />
      </a>{" "}
      <Badged badge={phaseBadge(view.phase)} /> {view.outcome === null ? null : <Badged badge={agreementBadge(view)} />}
      <br />
      {view.pattern === null ? "pattern not known" : <Foreign text={view.pattern} />} · opened by{" "}
      {view.openedBy ?? "not known"} · {view.parties.filter(({ contribution }) => contribution !== null).length} of{" "}
      {view.parties.length} have spoken
      {view.closesAt === null || view.outcome !== null ? "" : ` · closes ${relativeText(view.closesAt, now)}`}
      {view.asked === null ? null : (
        <>
          {" "}
          · you: <Foreign text={view.asked.role} />{" "}
          <a class="act" href={`/c/${view.ceremony}/sign`} aria-label={`Review: ${plainTitle(nameOf(view))}`}>
            Review
          </a>
        </>
      )}
      {reason === null ? null : (
        <>
          <br />
          <strong>Why it is stuck:</strong> {reason}{" "}
          <a href={`/c/${view.ceremony}`} aria-label={`Look into ${plainTitle(nameOf(view))}`}>
            Look into it
          </a>
        </>
      )}
    </li>
  );
};

const Section = (props: { name: string; views: readonly ShownCeremony[]; now: number; none: string }) => (
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
export const Inbox = (props: {
  views: readonly ShownCeremony[];
  now: number;
  /** A credential of this party's that ends soon; null where none does. */
  ending: { readonly subject: string; readonly until: number } | null;
}) => {
  const { views, now, ending } = props;
  const asked = views.filter((view) => view.asked !== null);
  const stuck = views.filter((view) => stuckReason(view, now) !== null);
  const ended = views.filter((view) => view.outcome !== null && !stuck.includes(view));
  return (
    <>
      {ending === null ? null : (
        <p>
          <Badged
            badge={{ icon: "!", word: `${ending.subject} ends ${relativeText(ending.until, now)}`, tone: "warn" }}
          />{" "}
          What is signed after that counts nowhere. <a href="/keys">Keys and credentials</a>
        </p>
      )}
      <Section name="Needs you" views={asked} now={now} none="Nothing waits for your organisation." />
      <Section name="Stuck" views={stuck} now={now} none="Nothing is stuck." />
      <Section name="Recently ended" views={ended} now={now} none="Nothing has ended yet." />
      <p>
        <a href="/ceremonies">All ceremonies</a>
      </p>
    </>
  );
};

/** As they stand in the address; empty for what is not asked for. */
export type Filters = {
  readonly status: string;
  readonly pattern: string;
  readonly partner: string;
  readonly mine: string;
};

const Choose = (props: {
  name: string;
  label: string;
  chosen: string;
  any: string;
  options: readonly (readonly [string, string])[];
}) => (
  <div>
    <label for={props.name}>{props.label}</label>
    <select id={props.name} name={props.name}>
      <option value="">{props.any}</option>
      {props.options.map(([value, word]) => (
        <option value={value} selected={value === props.chosen}>
          {word}
        </option>
      ))}
    </select>
  </div>
);

/** Filters stand in the address, so that a list can be kept and sent on. */
export const Ceremonies = (props: {
  rows: readonly CeremonyRow[];
  now: number;
  filters: Filters;
  patterns: readonly (readonly [string, string])[];
  partners: readonly string[];
  /** Address of what follows; null where nothing does. */
  next: string | null;
}) => {
  const { rows, now, filters } = props;
  const states = PHASE_NAMES.map((phase) => [phase, phaseBadge(phase).word] as const);
  return (
    <>
      <form method="get" action="/ceremonies" class="card filters" aria-label="Filter the list">
        <Choose name="status" label="State" chosen={filters.status} any="any" options={states} />
        <Choose name="pattern" label="Pattern" chosen={filters.pattern} any="any" options={props.patterns} />
        <Choose
          name="partner"
          label="With"
          chosen={filters.partner}
          any="anyone"
          options={props.partners.map((name) => [name, name] as const)}
        />
        <Choose
          name="mine"
          label="Opened by"
          chosen={filters.mine}
          any="anyone"
          options={[["opened", "this organisation"]]}
        />
        <div>
          <button type="submit">Filter</button> <a href="/ceremonies">Clear</a>
        </div>
      </form>
      <Table
        caption="Ceremonies, the latest change first"
        columns={["Ceremony", "State", "Pattern", "Opened by", "With", "Changed"]}
        none="No ceremony fits. A webhook, the API or a partner's call opens one."
        rows={rows.map((row) => [
          <a href={`/c/${row.ceremony}`}>
            <Foreign text={nameOf(row)} />
          </a>,
          <Badged badge={phaseBadge(row.phase)} />,
          row.pattern === null ? "not known" : <Foreign text={row.pattern} />,
          row.openedBy ?? "not known",
          row.parties.length === 0 ? "not known" : row.parties.join(", "),
          relativeText(row.atMs * 1_000, now),
        ])}
      />
      {props.next === null ? null : (
        <p>
          <a href={props.next}>Older ceremonies</a>
        </p>
      )}
    </>
  );
};
