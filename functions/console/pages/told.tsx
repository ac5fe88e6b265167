// Webhooks out: who is told of what, how each delivery goes, every attempt, and sending a dead one again.
import type { ShownEndpoint } from "../../../durable/hook-endpoints.ts";
import type { ShownAttempt, ShownDelivery } from "../../../durable/hook-outbox.ts";
import { Foreign } from "../foreign.tsx";
import { Form } from "../form.tsx";
import { Badged, Table, Time } from "../layout.tsx";
import type { Badge } from "../words.ts";

const STATUSES: Readonly<Record<string, Badge>> = {
  delivered: { icon: "✓", word: "delivered", tone: "plain" },
  pending: { icon: "…", word: "pending", tone: "plain" },
  dead: { icon: "✗", word: "dead: not tried any more", tone: "bad" },
};

const Ceremony = ({ id }: { id: string }) => <a href={`/c/${id}`}>{id.slice(0, 8)}</a>;

export const Told = (props: {
  endpoints: readonly ShownEndpoint[];
  deliveries: readonly ShownDelivery[];
  attempts: readonly ShownAttempt[];
}) => (
  <>
    <h2>Who is told</h2>
    <Table
      caption="Endpoints"
      columns={["Endpoint", "Address", "Of what", "State"]}
      none="Nobody is told. The API adds an endpoint."
      rows={props.endpoints.map(({ id, url, events, disabledAtMs, why }) => [
        <Foreign text={id} />,
        <Foreign text={url} />,
        events.join(", "),
        disabledAtMs === null ? (
          <Badged badge={{ icon: "✓", word: "told", tone: "plain" }} />
        ) : (
          <>
            <Badged badge={{ icon: "‖", word: "disabled", tone: "warn" }} /> <Foreign text={why ?? ""} />
          </>
        ),
      ])}
    />
    <h2>Deliveries</h2>
    <Table
      caption="One for each event and receiver"
      columns={["What", "To", "Ceremony", "State", "Attempts", "Do"]}
      none="Nothing was to be told yet."
      rows={props.deliveries.map(({ id, type, owner, ceremony, status, attempts }) => [
        type,
        <Foreign text={owner} />,
        <Ceremony id={ceremony} />,
        <Badged badge={STATUSES[status] ?? { icon: "·", word: status, tone: "plain" }} />,
        attempts,
        <Form action={`/sources/told/${id}/again`} label={`Send ${id} again`}>
          <button type="submit" aria-label={`Send again ${id}`}>
            Send again
          </button>
        </Form>,
      ])}
    />
    <h2>Attempts, the latest first</h2>
    <Table
      caption="What each receiver answered"
      columns={["When", "To", "Ceremony", "Answer", "Why it failed", "Took"]}
      none="None yet."
      rows={props.attempts.map(({ atMs, owner, ceremony, http, why, tookMs }) => [
        <Time at={atMs * 1_000} />,
        <Foreign text={owner} />,
        <Ceremony id={ceremony} />,
        http ?? "no answer",
        why === null ? "delivered" : <Foreign text={why} />,
        `${tookMs} ms`,
      ])}
    />
  </>
);
