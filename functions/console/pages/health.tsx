// Whether this agent can take part, and why not: its link, what waits, what it holds, what its edge refused, and the limits it works in.
import type { EdgeRefusal } from "../../../durable/directory-object.ts";
import * as limits from "../../../shared/limits.ts";
import type { Readiness } from "../../ops/readiness.ts";
import type { Vitals } from "../../ops/vitals.ts";
import { Foreign } from "../foreign.tsx";
import { Badged, Facts, Table, Time } from "../layout.tsx";
import { type Badge, counted, relativeText } from "../words.ts";

/** Something that an operator should do something about. */
export type Reason = { readonly badge: Badge; readonly why: string; readonly remedy: string };

const STATUSES: { readonly [S in Readiness["status"]]: Badge } = {
  ready: { icon: "✓", word: "ready", tone: "good" },
  degraded: { icon: "!", word: "degraded: it works, and something must be done", tone: "warn" },
  "not ready": { icon: "✗", word: "not ready", tone: "bad" },
};

export const Health = (props: {
  vitals: Vitals;
  readiness: Readiness;
  reasons: readonly Reason[];
  refusals: readonly EdgeRefusal[];
  partners: readonly { readonly name: string; readonly account: string }[];
  clockOffsetMs: number;
  now: number;
}) => {
  const { vitals, readiness, reasons, refusals, partners, clockOffsetMs, now } = props;
  const { link } = vitals;
  return (
    <>
      <p>
        <Badged badge={STATUSES[readiness.status]} />
      </p>
      <ul class="rows">
        {readiness.reasons.map(({ code, what, why, do: remedy }) => (
          <li>
            <strong>{what}</strong>: {why}. {remedy}.{" "}
            <a href={`/e/${code}`}>
              <code>{code}</code>
            </a>
          </li>
        ))}
        {reasons.map(({ badge, why, remedy }) => (
          <li>
            <Badged badge={badge} /> <Foreign text={why} />. {remedy}.
          </li>
        ))}
      </ul>
      <Facts
        facts={[
          ["Link to the bus", link.connected ? "up" : "down"],
          ["Waiting to be sent", counted(link.outbox, "message")],
          ["Waiting to be taken in", link.inbox === null ? "not known" : counted(link.inbox, "message")],
          [
            "This party's clock",
            clockOffsetMs === 0 ? "taken as it is" : `corrected by ${clockOffsetMs} ms towards mesh time`,
          ],
          ["Mesh time here", <Time at={now} />],
        ]}
      />
      <Partners vitals={vitals} partners={partners} now={now} />
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
  vitals: Vitals;
  partners: readonly { readonly name: string; readonly account: string }[];
  now: number;
}) => {
  const { vitals, partners, now } = props;
  const { link, clocks } = vitals;
  return (
    <>
      <h2>Partners</h2>
      <Table
        caption="When each was last heard of, and what waits for it"
        columns={["Partner", "Last heard", "Waiting", "Failed attempts", "Its clock"]}
        none="No partner is known."
        rows={partners.map(({ name, account }) => {
          const at = link.lastHeardMs[account];
          const lane = link.lanes.find(({ peer }) => peer === name);
          return [
            name,
            at === undefined ? "never yet" : relativeText(at * 1_000, now),
            lane?.rows ?? 0,
            lane?.failures ?? 0,
            clockText(clocks.find(({ partner }) => partner === name)?.behindMs),
          ];
        })}
      />
    </>
  );
};

/** As far as what it stated shows: the road takes time too. */
function clockText(behindMs: number | undefined): string {
  if (behindMs === undefined) return "not heard";
  return `${Math.abs(Math.round(behindMs))} ms ${behindMs < 0 ? "ahead" : "behind"}`;
}

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
