// A burst as it comes in: counts and not rows, how long until the close, and the newest few. Sealed offers stay sealed until they are revealed.
import type { Act, Picture } from "../../../shared/ceremony/picture.ts";
import type { CeremonyView } from "../../../shared/ceremony/view.ts";
import { Foreign } from "../foreign.tsx";
import { Badged, Facts, Table, Time } from "../layout.tsx";
import { counted, phaseBadge, relativeText, spanText } from "../words.ts";
import { Mark } from "./timeline.tsx";

type Counts = { readonly view: CeremonyView; readonly picture: Picture; readonly now: number };

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

export const LiveCounts = ({ view, picture, now }: Counts) => {
  const { held, refused } = picture.counts;
  const said = picture.acts.filter(({ kind }) => kind === "contribution");
  const newest = said.toReversed();
  const admitted = said.filter(({ verdict }) => verdict === "admitted").length;
  const left = view.closesAt === null ? null : Math.round((view.closesAt - now) / 1_000_000);
  return (
    <>
      <p
        data-say={`${counted(held, "contribution")}, ${left === null || left < 0 ? "past its close" : `${spanText(left)} left`}`}
      >
        <Badged badge={phaseBadge(view.phase)} />
      </p>
      <p class="count">
        <strong>{held.toLocaleString("en-GB")}</strong> contributions held here
      </p>
      <Facts
        facts={[
          ["Refused here", refused.toLocaleString("en-GB")],
          [
            "Time to close",
            left === null
              ? "not known"
              : left < 0
                ? `closed ${spanText(-left)} ago by this party's clock`
                : spanText(left),
          ],
          ["The newest was stated", <Newest act={newest[0]} now={now} />],
          ["By role", <ByRole picture={picture} />],
        ]}
      />
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
