// Where those who spoke say they were: a scatter with the policy's rings, or the boxes of a logical frame. No map is fetched from anyone, and
// the table says the same as the picture.
import type { Act, Picture } from "../../../shared/ceremony/picture.ts";
import { Foreign, plainTitle } from "../foreign.tsx";
import { Badged, Table, Time } from "../layout.tsx";
import { type Boxes, boxesOf, type Scatter, type Spot, scattersOf } from "../places.ts";
import type { Badge } from "../words.ts";

const SIZE = 320;
const MARGIN = 28;

export const Proximity = ({ picture }: { picture: Picture }) => {
  const scatters = scattersOf(picture.acts, picture.constraints);
  const boxes = boxesOf(picture.acts);
  return (
    <section id="proximity">
      <h2>Proximity</h2>
      {scatters.length + boxes.length === 0 ? <p>Nobody who spoke says where it was.</p> : null}
      {scatters.map((scatter) => (
        <Scattered scatter={scatter} />
      ))}
      {boxes.map((frame) => (
        <Boxed frame={frame} />
      ))}
    </section>
  );
};

const nameOf = ({ by, role }: Act) => `${by ?? "not known"}${role === null ? "" : ` / ${plainTitle(role)}`}`;

const Scattered = ({ scatter }: { scatter: Scatter }) => {
  const { frame, spots, rings, anchor } = scatter;
  const reach = Math.max(1, ...rings, ...spots.map(({ distance }) => distance));
  const scale = (SIZE / 2 - MARGIN) / reach;
  const outside = spots.filter(({ inside }) => inside === false).length;
  const middle = SIZE / 2;
  return (
    <>
      <h3>
        Frame <Foreign text={frame} />
      </h3>
      <p>
        {rings.length === 0
          ? "The policy sets no distance here. "
          : `${spots.length - outside} of ${spots.length} inside ${metres(rings[0] ?? 0)}. `}
        Distances are from {anchor}, as each states its own place.
      </p>
      <svg
        viewBox={`0 0 ${SIZE} ${SIZE}`}
        width={SIZE}
        height={SIZE}
        role="img"
        aria-label={`${spots.length} places round ${anchor}; the table below has them all`}
      >
        {rings.map((radius) => (
          <>
            <circle cx={middle} cy={middle} r={radius * scale} class="ring" />
            <text x={middle} y={middle - radius * scale - 4} text-anchor="middle">
              {metres(radius)}
            </text>
          </>
        ))}
        <path d={`M${middle - 5} ${middle}h10M${middle} ${middle - 5}v10`} />
        {spots.map((spot) => (
          <Dot spot={spot} x={middle + spot.east * scale} y={middle - spot.north * scale} />
        ))}
      </svg>
      <Table
        caption="Who was where"
        columns={["Who", "Distance", "Bearing", "Give or take", "Against the policy", "Stated at"]}
        rows={spots.map(({ act, distance, bearing, uncertainty, inside }) => [
          <Foreign text={nameOf(act)} />,
          metres(distance),
          bearing === null ? "–" : `${bearing}°`,
          metres(uncertainty),
          <Badged badge={INSIDE[String(inside)] as Badge} />,
          <Time at={act.at[0]} />,
        ])}
      />
    </>
  );
};

const INSIDE: Readonly<Record<string, Badge>> = {
  true: { icon: "✓", word: "inside", tone: "plain" },
  false: { icon: "✗", word: "outside", tone: "warn" },
  null: { icon: "·", word: "not asked for", tone: "plain" },
};

/** Outside is a square, inside a circle: not by colour alone. */
const Dot = ({ spot, x, y }: { spot: Spot; x: number; y: number }) => (
  <>
    {spot.inside === false ? (
      <rect class="dot" x={Math.round(x) - 5} y={Math.round(y) - 5} width={10} height={10} />
    ) : (
      <circle class="dot" cx={Math.round(x)} cy={Math.round(y)} r={5} />
    )}
    <text x={Math.round(x) + 8} y={Math.round(y) + 4}>
      {spot.act.by ?? "?"}
    </text>
  </>
);

const Boxed = ({ frame: { frame, boxes } }: { frame: Boxes }) => (
  <>
    <h3>
      Logical frame <Foreign text={frame} />
    </h3>
    <ul class="boxes">
      {[...boxes].map(([key, acts]) => (
        <li>
          <strong>
            <Foreign text={key} />
          </strong>
          <ul>
            {acts.map((act) => (
              <li>
                <Foreign text={nameOf(act)} />
              </li>
            ))}
          </ul>
        </li>
      ))}
    </ul>
  </>
);

function metres(length: number): string {
  if (length >= 10_000) return `${Math.round(length / 100) / 10} km`;
  return length >= 10 ? `${Math.round(length)} m` : `${Math.round(length * 100) / 100} m`;
}
