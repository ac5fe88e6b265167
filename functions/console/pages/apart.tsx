// Going apart from another mesh on purpose, and returning: a state of affairs that a form declares, never an error.
import type { ShownLink } from "../../../durable/mesh-rpc.ts";
import { REASONS } from "../../../shared/mesh/disconnect.ts";
import { Foreign } from "../foreign.tsx";
import { Form } from "../form.tsx";
import { Badged, Time } from "../layout.tsx";
import { type Badge, counted, relativeText } from "../words.ts";

/** Apart by declaration is a state of affairs, and looks like one. */
function linkBadge({ mode }: ShownLink): Badge {
  return mode === "connected"
    ? { icon: "✓", word: "connected", tone: "plain" }
    : { icon: "‖", word: "apart by declaration", tone: "plain" };
}

export const Links = (props: { mesh: string; links: readonly ShownLink[]; others: readonly string[]; now: number }) => {
  const { mesh, links, others, now } = props;
  const known = [...new Set([...links.map((link) => link.with), ...others])];
  return (
    <section id="links">
      <h2>How it stands to others</h2>
      {known.length === 0 ? <p>Nothing was declared: it is connected to whoever it has an agreement with.</p> : null}
      <ul class="rows">
        {links.map((link) => (
          <li>
            <Foreign text={link.with} /> <Badged badge={linkBadge(link)} />
            <br />
            <Foreign text={link.state} />
            {link.condition === null ? null : (
              <>
                {" "}
                · until <Foreign text={link.condition} />
              </>
            )}
            {link.until === null ? null : (
              <>
                {" "}
                · until <Time at={link.until} /> ({relativeText(link.until, now)})
              </>
            )}
            {link.mode === "connected" ? null : <Return mesh={mesh} link={link} />}
          </li>
        ))}
      </ul>
      <Disconnect mesh={mesh} known={known} />
    </section>
  );
};

const Return = ({ mesh, link }: { mesh: string; link: ShownLink }) => (
  <Form action={`/mesh/${mesh}/return`} label={`Return to ${link.with}`}>
    <p>
      {counted(link.queued, "statement")} of ours wait for it, {counted(link.deferred, "statement")} of theirs wait
      here, {link.lapsed} have lapsed. Returning begins the comparison; nothing is merged above the limit.
    </p>
    <input type="hidden" name="with" value={link.with} />
    <button type="submit">Return to {link.with}</button>
  </Form>
);

const Disconnect = ({ mesh, known }: { mesh: string; known: readonly string[] }) => (
  <details>
    <summary>Run disconnected from another mesh until this party says otherwise</summary>
    <Form action={`/mesh/${mesh}/apart`} class="card" label="Disconnect">
      <p>
        What keeps working: everything within {mesh}, ceremonies of its parties, files carried by hand. What waits: what
        is said for the other mesh, and what comes from it. Nothing is lost; both are compared on return.
      </p>
      <label for="with">From which mesh</label>
      <input id="with" name="with" required maxlength={64} list="meshes" autocomplete="off" />
      <datalist id="meshes">
        {known.map((name) => (
          <option value={name}></option>
        ))}
      </datalist>
      <label for="reason">Why</label>
      <select id="reason" name="reason">
        {REASONS.map((reason) => (
          <option value={reason}>{reason}</option>
        ))}
      </select>
      <label for="until">Until when (UTC, such as 2027-01-31T00:00:00Z), or</label>
      <input id="until" name="until" autocomplete="off" />
      <label for="condition">until what has happened</label>
      <input id="condition" name="condition" autocomplete="off" />
      <button type="submit">Disconnect</button>
    </Form>
  </details>
);
