// How fast a burst comes in, drawn small: a column for each step of time. The words beside it say the same.
import type { Pace } from "../../../shared/ceremony/pace.ts";
import { Time } from "../layout.tsx";
import { counted, spanText } from "../words.ts";

const HEIGHT = 48;
const COLUMN = 8;
const SECOND = 1_000_000;

export const PaceDrawn = ({ pace }: { pace: Pace }) => {
  const { from, step, counts } = pace;
  const most = Math.max(1, ...counts);
  const each = spanText(step / SECOND);
  const newest = counts.at(-1) ?? 0;
  return (
    <figure class="pace">
      <svg
        viewBox={`0 0 ${counts.length * COLUMN} ${HEIGHT}`}
        width={counts.length * COLUMN}
        height={HEIGHT}
        role="img"
        aria-label={`Contributions in each ${each}: ${most} at most, ${newest} in the newest`}
      >
        {counts.map((count, index) => {
          const height = count === 0 ? 0 : Math.max(1, Math.round((count * HEIGHT) / most));
          return <rect x={index * COLUMN} y={HEIGHT - height} width={COLUMN - 2} height={height} />;
        })}
      </svg>
      <figcaption>
        {counted(most, "contribution")} in {each} at most, {newest.toLocaleString("en-GB")} in the newest; one column is{" "}
        {each}, from <Time at={from} /> on, by the time that each states
      </figcaption>
    </figure>
  );
};
