// The outcome on paper: what was decided, by whom under what authority, by which certificate, and how anyone checks it without us.
import type { ClosedPart, Picture } from "../../../shared/ceremony/picture.ts";
import type { CeremonyView } from "../../../shared/ceremony/view.ts";
import { digestWords } from "../../../shared/words.ts";
import { Foreign, ForeignDocument } from "../foreign.tsx";
import { Facts, Table, Time } from "../layout.tsx";
import { agreementBadge, grouped } from "../words.ts";
import { Disputes } from "./ceremony.tsx";
import { Result } from "./state.tsx";

export const Certificate = ({ view, picture }: { view: CeremonyView; picture: Picture }) => {
  const acts = new Map(picture.acts.map((act) => [act.id, act]));
  return (
    <article class="certificate">
      <p>
        As {view.asSeenBy} holds it: {agreementBadge(view).word}. This sheet proves nothing by itself; the evidence
        bundle of the same digest does.
      </p>
      <p class="sentence">
        <Result view={view} />
      </p>
      {view.agreement.different.length > 0 ? null : (
        <ForeignDocument value={view.outcome?.value ?? view.outcome?.cause ?? null} whole />
      )}
      <Disputes view={view} />
      <Certified view={view} closed={picture.closings.at(-1)} />
      <h2>About</h2>
      <ForeignDocument value={view.subject} whole />
      <Table
        caption="Who attested, under what authority"
        columns={["Party", "Role", "Power", "Says", "Stated at", "Statement", "Key"]}
        rows={view.parties.map(({ authority, role, power, choice, contribution }) => {
          const act = acts.get(contribution ?? "");
          return [
            authority,
            <Foreign text={role} />,
            power,
            contribution === null ? "not heard" : choice === null ? "a contribution" : <Foreign text={choice} />,
            act === undefined ? "–" : <Time at={act.at[0]} />,
            contribution === null ? "–" : <code>{grouped(contribution)}</code>,
            act === undefined ? "–" : <code>{grouped(act.key)}</code>,
          ];
        })}
      />
      <h2>To check it</h2>
      <p>
        Take the evidence bundle and a statement of the roots that you trust to any verifier:{" "}
        <code>quorate verify BUNDLE --trust TRUST</code>, or the Verify page of any party. It must recompute this
        digest.
      </p>
      <p class="tools">
        <a href={`/c/${view.ceremony}/evidence`} download={`${view.ceremony.slice(0, 8)}.evidence.json`}>
          Evidence bundle
        </a>{" "}
        <a href={`/c/${view.ceremony}`}>The ceremony</a>. To print, use your browser's Print.
      </p>
    </article>
  );
};

const Certified = ({ view, closed }: { view: CeremonyView; closed: ClosedPart | undefined }) => (
  <Facts
    facts={[
      ["Outcome", <code class="digest">{grouped(view.outcome?.digest ?? "")}</code>],
      ["In words", digestWords(view.outcome?.digest ?? "0".repeat(64), 8)],
      ["Ceremony", <code class="digest">{grouped(view.ceremony)}</code>],
      ["Policy", <code class="digest">{grouped(view.policy ?? "")}</code>],
      ["Pattern", view.pattern === null ? "not known" : <Foreign text={view.pattern} />],
      ["Opened by", view.openedBy ?? "not known"],
      [
        "Closed",
        `${view.outcome?.path ?? "not known"} close of round ${closed?.round ?? 0}, ${closed?.set ?? 0} contributions`,
      ],
      ["Closed set", <code class="digest">{grouped(closed?.root ?? "")}</code>],
    ]}
  />
);
