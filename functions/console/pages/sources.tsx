// Webhooks as their owner sees them: each source, the requests that came, what each did, and bringing one again.
import type { RequestStatus, ShownEvent, ShownRequest } from "../../../durable/hook-requests.ts";
import type { SourceCounts } from "../../../durable/hooks-rpc.ts";
import type { SourceDocument } from "../../../shared/source/document.ts";
import { Foreign } from "../foreign.tsx";
import { Form } from "../form.tsx";
import { Badged, Facts, Table, Time } from "../layout.tsx";
import type { Badge } from "../words.ts";

export type ListedSource = {
  readonly source: SourceDocument;
  readonly url: string;
  readonly counts: SourceCounts;
};

export const Sources = ({ sources }: { sources: readonly ListedSource[] }) => (
  <>
    <p>
      <a href="/sources/told">What is told to others, and every attempt</a>
    </p>
    <Table
      caption="Where webhooks come from"
      columns={["Source", "How it signs", "Event", "Opens", "Address", "So far"]}
      none="No source is named in this party's document. `quorate source` writes one."
      rows={sources.map(({ source, url, counts }) => [
        <a href={`/sources/${source.id}`}>
          <Foreign text={source.id} />
        </a>,
        source.scheme,
        <Foreign text={source.action === null ? source.event : `${source.event} / ${source.action}`} />,
        <Foreign text={source.pattern ?? source.alias ?? "a policy of its own"} />,
        <code>
          <Foreign text={url} />
        </code>,
        <>
          {counts.pausedAtMs === null ? null : <Badged badge={{ icon: "‖", word: "paused", tone: "warn" }} />}{" "}
          {Object.entries(counts.byStatus)
            .map(([name, count]) => `${count} ${name}`)
            .join(", ") || "nothing came yet"}
        </>,
      ])}
    />
  </>
);

const STATUSES: Readonly<Record<string, Badge>> = {
  rejected: { icon: "✗", word: "rejected", tone: "bad" },
  failed: { icon: "✗", word: "failed", tone: "bad" },
  ignored: { icon: "=", word: "ignored", tone: "plain" },
  duplicate: { icon: "=", word: "duplicate", tone: "plain" },
  pending: { icon: "…", word: "pending", tone: "warn" },
};

const Status = ({ status }: { status: RequestStatus | "pending" }) => (
  <Badged badge={STATUSES[status] ?? { icon: "✓", word: status, tone: "plain" }} />
);

const Opened = ({ ceremony }: { ceremony: string | null }) =>
  ceremony === null ? <>–</> : <a href={`/c/${ceremony}`}>{ceremony.slice(0, 8)}</a>;

export const SourcePage = (props: {
  source: string;
  requests: readonly ShownRequest[];
  events: readonly ShownEvent[];
  next: string | null;
}) => (
  <>
    <section>
      <h2>Requests, the latest first</h2>
      <Table
        caption="Each time somebody sent something here"
        columns={["Came", "What became of it", "Event", "Delivery", "Ceremony", "Why", "Took", "Do"]}
        none="Nothing came yet."
        rows={props.requests.map((request) => [
          <a href={`/sources/${props.source}/requests/${request.id}`}>
            <Time at={request.atMs * 1_000} />
          </a>,
          <Status status={request.status} />,
          request.event === null ? "not read" : <Foreign text={request.event} />,
          request.delivery === null ? "–" : <Foreign text={request.delivery} />,
          <Opened ceremony={request.ceremony} />,
          <Why request={request} />,
          `${request.tookMs} ms`,
          <Replay source={props.source} request={request} />,
        ])}
      />
      {props.next === null ? null : (
        <p>
          <a href={props.next}>Earlier requests</a>
        </p>
      )}
    </section>
    <section>
      <h2>Events</h2>
      <p>One event may come in several requests; it does its work once.</p>
      <Table
        caption="What the requests were about"
        columns={["First came", "State", "Ceremony", "Requests"]}
        none="None yet."
        rows={props.events.map(({ atMs, status, ceremony, requests }) => [
          <Time at={atMs * 1_000} />,
          <Status status={status} />,
          <Opened ceremony={ceremony} />,
          requests,
        ])}
      />
    </section>
  </>
);

const Why = ({ request: { code, why } }: { request: ShownRequest }) =>
  code === null ? (
    <>–</>
  ) : (
    <>
      <a href={`/e/${code}`}>
        <code>{code}</code>
      </a>{" "}
      {why === null ? null : <Foreign text={why} />}
    </>
  );

const Replay = ({ source, request }: { source: string; request: ShownRequest }) =>
  request.isReplayable ? (
    <Form action={`/sources/${source}/requests/${request.id}/replay`} label={`Replay ${request.id}`}>
      <button type="submit" aria-label={`Replay ${request.id}`}>
        Replay
      </button>
    </Form>
  ) : (
    <>not kept</>
  );

export const RequestPage = ({ source, request }: { source: string; request: ShownRequest }) => (
  <>
    <p>
      <Status status={request.status} />
    </p>
    <Facts
      facts={[
        ["Source", <a href={`/sources/${source}`}>{source}</a>],
        ["Came", <Time at={request.atMs * 1_000} />],
        ["Event", request.event === null ? "not read" : <Foreign text={request.event} />],
        ["Delivery", request.delivery === null ? "not named" : <Foreign text={request.delivery} />],
        ["Body", `${request.bytes} bytes${request.digest === null ? "" : `, sha256 ${request.digest.slice(0, 16)}…`}`],
        ["Ceremony", <Opened ceremony={request.ceremony} />],
        ["Why", <Why request={request} />],
        ["Took", `${request.tookMs} ms`],
        ["Replay of", request.replayOf ?? "nothing: it came from the sender"],
      ]}
    />
    <p>The body itself is never shown: it is kept only so that it can be replayed, and gone after a while.</p>
    <Replay source={source} request={request} />
  </>
);
