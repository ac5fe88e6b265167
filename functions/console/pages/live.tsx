// A burst as it comes in: counts and not rows, how long until the close, and the newest few. Sealed offers stay sealed until they are revealed.

import type { Act, Picture } from "../../../shared/ceremony/picture.ts";
import type { ShardDepth } from "../../../shared/ceremony/spread.ts";
import type { CeremonyView } from "../../../shared/ceremony/view.ts";
import type { QueueState } from "../../ops/vitals.ts";
import { Foreign } from "../foreign.tsx";
import { Badged, Facts, Table, Time } from "../layout.tsx";
import { agreementBadge, counted, instantText, phaseBadge, relativeText, spanText } from "../words.ts";
import { PaceDrawn } from "./pace.tsx";
import { Result } from "./state.tsx";
import { Mark } from "./timeline.tsx";

/** What waits to be taken in and to be sent, and how late partners' statements came, the difference of the clocks included. */
export type Lag = {
  /** Null where the platform does not say. */
  readonly queue: QueueState | null;
  readonly waiting: number;
  readonly late: readonly { readonly partner: string; readonly behindMs: number }[];
};
export type Counts = {
  readonly view: CeremonyView & { readonly shards?: readonly ShardDepth[] };
  readonly picture: Picture;
  readonly now: number;
  readonly lag: Lag;
};

export const Live = (props: Counts) => (
  <>
    <p class="tools">
      <button type="button" id="pause" aria-pressed="false" hidden>
        Pause updates
      </button>{" "}
      <a href={`/c/${props.view.ceremony}/live`}>Load again</a>{" "}
      <a href={`/c/${props.view.ceremony}`}>The whole ceremony</a>
    </p>
    <p id="spoken" role="status" class="quietly"></p>
    <div data-live={`/c/${props.view.ceremony}/live/counts`}>
      <LiveCounts {...props} />
    </div>
  </>
);

export const LiveCounts = ({ view, picture, now, lag }: Counts) => {
  const { held } = picture.counts;
  const said = picture.acts.filter(({ kind }) => kind === "contribution");
  const newest = said.toReversed();
  const admitted = said.filter(({ verdict }) => verdict === "admitted").length;
  const left = view.closesAt === null ? null : Math.round((view.closesAt - now) / 1_000_000);
  const timeLeft =
    left === null ? "its time to close is not known" : left < 0 ? "past its close" : `${spanText(left)} left`;
  return (
    <>
      <p data-say={`${counted(held, "contribution")}, ${timeLeft}`}>
        <Badged badge={phaseBadge(view.phase)} /> <Badged badge={agreementBadge(view)} />
      </p>
      <p class="count">
        <strong>{held.toLocaleString("en-GB")}</strong> {held === 1 ? "contribution" : "contributions"} held here,{" "}
        {timeLeft}
      </p>
      {view.outcome === null ? null : (
        <p class="sentence">
          <Result view={view} />
        </p>
      )}
      <LiveFacts view={view} picture={picture} lag={lag} now={now} newest={newest[0]} />
      {picture.pace === null ? null : <PaceDrawn pace={picture.pace} />}
      <h2>The newest {newest.length}</h2>
      <p>{admitted} of these are admitted so far; what counts is settled by the close, over the closed set.</p>
      <Table
        caption="Newest contributions, the latest first"
        columns={["Stated", "By", "Role", "Says", "So far"]}
        none="None yet."
        rows={newest.map((act) => [
          <Time at={act.at[0]} />,
          act.by ?? "not known",
          act.role === null ? "–" : <Foreign text={act.role} />,
          <a href={`/c/${view.ceremony}/o/${act.id}`}>
            {act.choice === null ? (
              act.item === null ? (
                act.id.slice(0, 8)
              ) : (
                <Foreign text={act.item} />
              )
            ) : (
              <Foreign text={act.choice} />
            )}
          </a>,
          <Mark act={act} />,
        ])}
      />
    </>
  );
};

const Newest = ({ act, now }: { act: Act | undefined; now: number }) => (
  <>{act === undefined ? "none yet" : relativeText(act.at[1], now)}</>
);

const LiveFacts = ({ view, picture, now, lag, newest }: Counts & { newest: Act | undefined }) => (
  <Facts
    facts={[
      ["Refused here", picture.counts.refused.toLocaleString("en-GB")],
      ["Closes", view.closesAt === null ? "not known" : <Time at={view.closesAt} />],
      ["The newest was stated", <Newest act={newest} now={now} />],
      ["Waits to be taken in", <Queued queue={lag.queue} />],
      ["Waits at its shards", shardsText(view)],
      ["Waits for partners", lag.waiting === 0 ? "nothing waits" : `${counted(lag.waiting, "message")} wait`],
      ["Statements of partners came", <Late lag={lag} />],
      ["By role", <ByRole picture={picture} />],
    ]}
  />
);

/** Where its intake is spread here: what waits in each object of it. */
function shardsText({ shards = [] }: Counts["view"]): string {
  if (shards.length === 0) return "not spread over shards";
  const said = shards.map(({ shard, waiting }) => `${shard}: ${waiting ?? "does not answer"}`);
  return shards.every(({ waiting }) => waiting === 0) ? `nothing, at ${shards.length}` : said.join(", ");
}

const Queued = ({ queue }: { queue: QueueState | null }) => (
  <>
    {queue === null
      ? "not known"
      : queue.messages === 0
        ? "nothing waits"
        : `${counted(queue.messages, "message")}${queue.oldestMs === null ? "" : `, the oldest since ${instantText(queue.oldestMs * 1_000)}`}`}
  </>
);

const Late = ({ lag: { late } }: { lag: Lag }) => (
  <>
    {late.length === 0
      ? "none came yet"
      : late
          .map(
            ({ partner, behindMs }) =>
              `${partner} ${Math.abs(Math.round(behindMs))} ms ${behindMs < 0 ? "early" : "late"}`,
          )
          .join(", ")}
  </>
);

const ByRole = ({ picture }: { picture: Picture }) => {
  const counts = new Map(Object.entries(picture.folded));
  for (const { kind, role } of picture.acts)
    if (kind === "contribution") counts.set(role ?? "", (counts.get(role ?? "") ?? 0) + 1);
  return (
    <>
      {[...counts].map(([role, count], index) => (
        <>
          {index === 0 ? "" : ", "}
          <Foreign text={role} /> {count.toLocaleString("en-GB")}
        </>
      ))}
    </>
  );
};
