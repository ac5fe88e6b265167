// Whether this agent can take part, and why not: its link, what waits, what it holds, what its edge refused, and the limits it works in.
import type { EdgeRefusal } from "../../../durable/directory-object.ts";
import * as limits from "../../../shared/limits.ts";
import type { Readiness } from "../../ops/readiness.ts";
import type { Vitals } from "../../ops/vitals.ts";
import { Foreign } from "../foreign.tsx";
import { Badged, Facts, Table, Time } from "../layout.tsx";
import { type Badge, counted, relativeText } from "../words.ts";

const STATUSES: { readonly [S in Readiness["status"]]: Badge } = {
  ready: { icon: "✓", word: "ready", tone: "good" },
  degraded: { icon: "!", word: "degraded: it works, and something must be done", tone: "warn" },
  "not ready": { icon: "✗", word: "not ready", tone: "bad" },
};

/** What monitoring is told at /readyz, in words; the reasons below are the same, from the same function. */
const SENTENCES: { readonly [S in Readiness["status"]]: string } = {
  ready: "This agent takes part, and nothing is known that will keep it from that before long.",
  degraded: "This agent takes part, and one of these will keep it from that before long.",
  "not ready": "This agent takes nothing in and sends nothing, for these reasons.",
};

export const Health = (props: {
  vitals: Vitals;
  readiness: Readiness;
  /** Subjects of credentials of this party that are revoked. */
  revoked: readonly string[];
  refusals: readonly EdgeRefusal[];
  partners: readonly { readonly name: string; readonly account: string }[];
  clockOffsetMs: number;
  now: number;
}) => {
  const { vitals, readiness, revoked, refusals, partners, clockOffsetMs, now } = props;
  const { link } = vitals;
  return (
    <>
      <p>
        <Badged badge={STATUSES[readiness.status]} />
      </p>
      <p class="sentence">{SENTENCES[readiness.status]}</p>
      <ul class="rows">
        {readiness.reasons.map(({ code, what, why, do: remedy }) => (
          <li>
            <strong>{what}</strong>: {why}. {remedy}.{" "}
            <a href={`/e/${code}`}>
              <code>{code}</code>
            </a>
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
          ["Credentials", <Revoked subjects={revoked} />],
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

const Revoked = ({ subjects }: { subjects: readonly string[] }) =>
  subjects.length === 0 ? (
    <>none is known to be revoked</>
  ) : (
    <>
      revoked: <Foreign text={subjects.join(", ")} />; see <a href="/keys">Keys</a>
    </>
  );

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
    <details>
      <summary>What is refused beyond, by the names of the specification</summary>
      <Table
        caption="What is refused beyond"
        columns={["Limit", "Value"]}
        rows={Object.entries(limits)
          .filter(([, value]) => typeof value === "number")
          .map(([name, value]) => [<code>{name}</code>, Number(value).toLocaleString("en-GB")])}
      />
    </details>
    <p>
      <a href="/docs">The API and its metrics</a>
    </p>
  </>
);
