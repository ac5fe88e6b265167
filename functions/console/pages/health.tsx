// Whether this agent can take part, and why not: its link, what waits, what it holds, what its edge refused, and the limits it works in.
import type { EdgeRefusal } from "../../../durable/directory-object.ts";
import type { LinkHealth } from "../../../durable/link-object.ts";
import * as limits from "../../../shared/limits.ts";
import { Foreign } from "../foreign.tsx";
import { Badged, Facts, Table, Time } from "../layout.tsx";
import { type Badge, counted, relativeText } from "../words.ts";

/** Something that an operator should do something about. */
export type Reason = { readonly badge: Badge; readonly why: string; readonly remedy: string };

export const Health = (props: {
  link: LinkHealth;
  reasons: readonly Reason[];
  refusals: readonly EdgeRefusal[];
  partners: readonly { readonly name: string; readonly account: string }[];
  clockOffsetMs: number;
  now: number;
}) => {
  const { link, reasons, refusals, partners, clockOffsetMs, now } = props;
  return (
    <>
      {reasons.length === 0 ? (
        <p>
          <Badged badge={{ icon: "✓", word: "ready: linked, and nothing asks for attention", tone: "good" }} />
        </p>
      ) : (
        <ul class="rows">
          {reasons.map(({ badge, why, remedy }) => (
            <li>
              <Badged badge={badge} /> <Foreign text={why} />. {remedy}.
            </li>
          ))}
        </ul>
      )}
      <Facts
        facts={[
          ["Link to the bus", link.connected ? "up" : "down"],
          ["Waiting to be sent", counted(link.outbox, "message")],
          [
            "This party's clock",
            clockOffsetMs === 0 ? "taken as it is" : `corrected by ${clockOffsetMs} ms towards mesh time`,
          ],
          ["Mesh time here", <Time at={now} />],
        ]}
      />
      <Partners link={link} partners={partners} now={now} />
      <h2>Counts of the link</h2>
      <Table
        caption="Since this agent began"
        columns={["What", "How often"]}
        none="Nothing yet."
        rows={Object.entries(link.counts).map(([name, count]) => [<code>{name}</code>, count.toLocaleString("en-GB")])}
      />
      <Refused refusals={refusals} />
      <Limits />
    </>
  );
};

const Partners = (props: {
  link: LinkHealth;
  partners: readonly { readonly name: string; readonly account: string }[];
  now: number;
}) => {
  const { link, partners, now } = props;
  return (
    <>
      <h2>Partners</h2>
      <Table
        caption="When each was last heard of, and what waits for it"
        columns={["Partner", "Last heard", "Waiting", "Failed attempts"]}
        none="No partner is known."
        rows={partners.map(({ name, account }) => {
          const at = link.lastHeardMs[account];
          const lane = link.lanes.find(({ peer }) => peer === name);
          return [
            name,
            at === undefined ? "never yet" : relativeText(at * 1_000, now),
            lane?.rows ?? 0,
            lane?.failures ?? 0,
          ];
        })}
      />
    </>
  );
};

const Refused = ({ refusals }: { refusals: readonly EdgeRefusal[] }) => (
  <>
    <h2>Refused at the edge, the latest first</h2>
    <Table
      caption="What never reached a ceremony"
      columns={["When", "Code", "Road", "Account", "Bytes"]}
      none="Nothing was refused of late."
      rows={refusals.map(({ atMs, code, road, account, bytes }) => [
        <Time at={atMs * 1_000} />,
        <a href={`/e/${code}`}>
          <code>{code}</code>
        </a>,
        road,
        account ?? "–",
        bytes,
      ])}
    />
  </>
);

const Limits = () => (
  <>
    <h2>Limits</h2>
    <Table
      caption="What is refused beyond"
      columns={["Limit", "Value"]}
      rows={Object.entries(limits)
        .filter(([, value]) => typeof value === "number")
        .map(([name, value]) => [<code>{name}</code>, Number(value).toLocaleString("en-GB")])}
    />
    <p>
      <a href="/docs">The API and its metrics</a>
    </p>
  </>
);
