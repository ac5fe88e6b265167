// One ceremony as this party holds it: the sentence, the parties, the timeline, the picture, the evidence.
import type { CeremonyView, PartyView } from "../../../shared/ceremony/view.ts";
import type { LinkedEntry } from "../../../shared/lineage/entry.ts";
import { Badged } from "../layout.tsx";
import { agreementBadge, grouped, instantText, phaseBadge } from "../words.ts";
import { LineagePicture } from "./lineage.tsx";

/** Entries shown; the rest are told by number, and all are in the evidence. */
const ENTRIES_MAX = 200;

export const CeremonyPage = ({ view, lineage }: { view: CeremonyView; lineage: readonly LinkedEntry[] }) => (
  <>
    <p>
      <Badged badge={phaseBadge(view.phase)} /> <Badged badge={agreementBadge(view)} />
    </p>
    <p>{sentenceOf(view)}</p>
    {view.asked === null ? null : (
      <p>
        <a href={`/c/${view.ceremony}/sign`}>Review and sign as {view.asked.role}</a>
      </p>
    )}
    <Disputes view={view} />
    <Times view={view} />
    <Parties view={view} />
    <Timeline ceremony={view.ceremony} lineage={lineage} />
    <section>
      <h2>Lineage</h2>
      <LineagePicture ceremony={view.ceremony} lineage={lineage} />
    </section>
    <section>
      <h2>Evidence</h2>
      {view.outcome === null ? (
        <p>There is none before the outcome is certified.</p>
      ) : (
        <p>
          <a href={`/c/${view.ceremony}/evidence`} download={`${view.ceremony.slice(0, 8)}.evidence.json`}>
            Evidence bundle
          </a>{" "}
          · outcome <code>{grouped(view.outcome.digest)}</code>
        </p>
      )}
    </section>
  </>
);

function sentenceOf(view: CeremonyView): string {
  if (view.refusal !== null) return `This party takes no part: ${view.refusal}.`;
  if (view.hold !== null) return `On hold: this agent does not know the critical extension ${view.hold}.`;
  if (view.mute) return "This party met statements of its own that it has no memory of, so it signs nothing more here.";
  if (view.outcome !== null) {
    const what = view.outcome.cause === null ? JSON.stringify(view.outcome.value) : `nothing: ${view.outcome.cause}`;
    return `Decided ${what}, by the ${view.outcome.path} close${view.outcome.late ? ", after its expiry" : ""}.`;
  }
  if (view.phase === "expired") return "No certificate was known by the hard expiry: this party claims no outcome.";
  const spoken = view.parties.filter(({ contribution }) => contribution !== null).length;
  return `${spoken} of ${view.parties.length} have spoken; nothing is released before a certificate.`;
}

/** Beside the outcome wherever it is shown: who contests it, what is answered, and how it is ruled. */
const Disputes = ({ view }: { view: CeremonyView }) =>
  view.disputes.length === 0 ? null : (
    <section>
      <h2>Disputed</h2>
      <ul>
        {view.disputes.map(({ id, by, act, reason, ruling, override }) => (
          <li>
            {act} by {by}: {reason}
            {ruling === null ? "" : ` (${ruling})`}
            {override ? "; the record stays as it is" : ""} <code>{grouped(id, 4)}</code>
          </li>
        ))}
      </ul>
    </section>
  );

const Times = ({ view }: { view: CeremonyView }) => (
  <dl class="card">
    {(
      [
        ["Pattern", view.pattern ?? "not known"],
        ["Opened by", view.openedBy ?? "not known"],
        ["Opened", instantText(view.opensAt)],
        ["Closes", instantText(view.closesAt)],
        ["Expires", instantText(view.expiresAt)],
        ["Round", view.round < 0 ? "not known" : String(view.round)],
        ["Policy", view.policy === null ? "not known" : grouped(view.policy, 4)],
        ["About", JSON.stringify(view.subject)],
      ] as const
    ).map(([name, value]) => (
      <>
        <dt>
          <strong>{name}</strong>
        </dt>
        <dd>{value}</dd>
      </>
    ))}
  </dl>
);

const Parties = ({ view }: { view: CeremonyView }) => {
  const spoken = view.parties.filter(({ contribution }) => contribution !== null).length;
  return (
    <section>
      <h2>Who speaks, under what authority</h2>
      <p>
        <label for="spoken">Contributions held here</label>
        <progress id="spoken" max={Math.max(1, view.parties.length)} value={spoken}></progress> {spoken} of{" "}
        {view.parties.length}
      </p>
      <table>
        <thead>
          <tr>
            {["Party", "Role", "Power", "Says", "Outcome it computed"].map((name) => (
              <th scope="col">{name}</th>
            ))}
          </tr>
        </thead>
        <tbody>
          {view.parties.map((party) => (
            <tr>
              <td data-label="Party">{party.authority}</td>
              <td data-label="Role">{party.role}</td>
              <td data-label="Power">{party.power}</td>
              <td data-label="Says">
                <Said ceremony={view.ceremony} party={party} />
              </td>
              <td data-label="Outcome">{party.outcome === null ? "not heard" : grouped(party.outcome, 4)}</td>
            </tr>
          ))}
        </tbody>
      </table>
    </section>
  );
};

const Said = ({ ceremony, party }: { ceremony: string; party: PartyView }) => (
  <>
    {party.contribution === null ? (
      "not heard"
    ) : (
      <a href={`/c/${ceremony}/o/${party.contribution}`}>{party.choice ?? "a contribution"}</a>
    )}
    {party.equivocated ? (
      <>
        {" "}
        <Badged badge={{ icon: "!", word: "said two things", tone: "bad" }} />
      </>
    ) : null}
  </>
);

const Timeline = ({ ceremony, lineage }: { ceremony: string; lineage: readonly LinkedEntry[] }) => (
  <section>
    <h2>Timeline</h2>
    {lineage.length > ENTRIES_MAX ? (
      <p>
        The newest {ENTRIES_MAX} of {lineage.length} entries; the evidence holds all.
      </p>
    ) : null}
    <ol class="timeline">
      {lineage.slice(-ENTRIES_MAX).map((entry) => (
        <li>
          <time datetime={instantText(entry.at).replace(" ", "T")}>{instantText(entry.at)}</time> {entry.kind}
          {entry.by === null ? "" : ` by ${entry.by}`}{" "}
          {Object.entries(entry.detail)
            .map(([name, value]) => `${name} ${value}`)
            .join(", ")}{" "}
          {entry.about.slice(0, 3).map((id) => (
            <>
              <a href={`/c/${ceremony}/o/${id}`}>{id.slice(0, 8)}</a>{" "}
            </>
          ))}
        </li>
      ))}
    </ol>
  </section>
);
