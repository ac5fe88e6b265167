// Two steps to a signature: choose, then see exactly what will be signed. Who may, and what it would do, is shown before anything is asked.
import { toBase64 } from "../../../shared/bytes.ts";
import type { Json } from "../../../shared/cbor/json.ts";
import type { DraftedContribution } from "../../../shared/ceremony/draft.ts";
import type { Picture } from "../../../shared/ceremony/picture.ts";
import type { CeremonyView } from "../../../shared/ceremony/view.ts";
import type { Difference } from "../../../shared/policy/differences.ts";
import { digestWords } from "../../../shared/words.ts";
import { Foreign, ForeignDocument } from "../foreign.tsx";
import { Form } from "../form.tsx";
import { Facts, Time } from "../layout.tsx";
import { grouped, relativeText } from "../words.ts";
import { Differences } from "./differences.tsx";

/** The longest reason that fits a contribution comfortably. */
const REASON_MAX = 500;
/** Choices by which nothing is said about the matter itself. */
const DECLINING = ["abstain", "decline", "recuse"];

/** What this party last signed under a policy of the same name; null where it never did, or where that cannot be told. */
export type LastSigned = { readonly ceremony: string; readonly differences: readonly Difference[] } | null;

/** What the agent's own credential allows, and until when, in microseconds. */
export type Credential = { readonly subject: string; readonly roles: readonly string[]; readonly until: number };

export type Asking = {
  readonly view: CeremonyView;
  readonly picture: Picture;
  readonly last: LastSigned;
  readonly credential: Credential;
  readonly now: number;
};

export const ChoosePage = ({ asking }: { asking: Asking }) => {
  const { view } = asking;
  const { asked } = view;
  if (asked === null)
    return (
      <>
        <p>
          There is nothing to sign here: your organisation has spoken, has no seat that speaks, or the round is closed.
        </p>
        <p>
          <a href={`/c/${view.ceremony}`}>Back to the ceremony</a>
        </p>
      </>
    );
  return (
    <>
      <p>
        You are asked as <strong>{view.asSeenBy}</strong>, in the role{" "}
        <strong>
          <Foreign text={asked.role} whole />
        </strong>
        , about{" "}
        <strong>
          <Foreign text={view.title} whole />
        </strong>
        .
      </p>
      <ForeignDocument value={view.subject} whole />
      <Eligible asking={asking} role={asked.role} />
      <PolicyChange asking={asking} />
      <Form action={`/c/${view.ceremony}/sign`} class="card">
        {asked.choices.length === 0 ? (
          <Content asking={asking} role={asked.role} />
        ) : (
          <Choices asking={asking} choices={asked.choices} />
        )}
        <label for="reason">Reason (signed with it; everyone in the ceremony reads it)</label>
        <input id="reason" name="reason" maxlength={REASON_MAX} autocomplete="off" />
        <button type="submit" class="main">
          Show what I would sign
        </button>{" "}
        <a href={`/c/${view.ceremony}`}>Not now</a>
      </Form>
    </>
  );
};

const Eligible = ({ asking: { view, credential, now }, role }: { asking: Asking; role: string }) => {
  const grants = credential.roles.includes("*") || credential.roles.includes(role);
  const open = view.closesAt === null || now <= view.closesAt;
  const rows = [
    [true, `${view.asSeenBy} has the seat`],
    [grants, `${credential.subject} is granted ${grants ? "the role" : `only ${credential.roles.join(", ")}`}`],
    [credential.until > now, `the credential ends ${relativeText(credential.until, now)}`],
    [open, view.closesAt === null ? "the round is open" : `the round closes ${relativeText(view.closesAt, now)}`],
  ] as const;
  return (
    <section>
      <h2>{rows.every(([fits]) => fits) ? "You may sign, because" : "You may not be counted, because"}</h2>
      <ul>
        {rows.map(([fits, text]) => (
          <li>
            <span aria-hidden="true">{fits ? "✓" : "✗"}</span> {fits ? "" : "not met: "}
            <Foreign text={text} whole />
          </li>
        ))}
      </ul>
    </section>
  );
};

const PolicyChange = ({ asking: { view, last } }: { asking: Asking }) => (
  <section>
    <h2>The policy</h2>
    <p>
      <a href={`/c/${view.ceremony}/policy`}>
        <code>{grouped(view.policy ?? "", 4)}</code>
      </a>{" "}
      {last === null
        ? "– you have not signed under a policy of this name before, as far as is known here."
        : last.differences.length === 0
          ? "– the same as when you last signed."
          : `– changed since you last signed: ${last.differences.length} places.`}
    </p>
    {last === null || last.differences.length === 0 ? null : <Differences differences={last.differences} />}
  </section>
);

const Choices = ({ asking, choices }: { asking: Asking; choices: readonly string[] }) => (
  <fieldset>
    <legend>What do you say?</legend>
    {choices.map((choice, index) => (
      <p>
        <label for={`choice-${index}`}>
          <input id={`choice-${index}`} type="radio" name="choice" value={choice} required />{" "}
          <Foreign text={choice} whole />
        </label>
        <span class="effect">{effectOf(asking.picture, choice)}</span>
      </p>
    ))}
  </fieldset>
);

/** What the choice would come to with this party's own part, by the count of what is admitted so far. */
function effectOf({ tally, adds }: Picture, choice: string): string {
  if (DECLINING.includes(choice)) return "says nothing for or against; your answer is on record as this";
  if (tally === null || adds === null) return "";
  const has = (tally.sides.find((side) => side.choice === choice)?.has ?? 0) + adds;
  if (tally.carries.includes(choice)) {
    const reaches = has >= tally.need && has - adds < tally.need;
    return `with you it has ${has} of ${tally.need} needed${reaches ? ": this reaches it" : ""}`;
  }
  if (choice !== tally.refusal) return "counts towards no choice that can win";
  const left = tally.of - has;
  return left < tally.need
    ? `with you it has ${has}, which leaves ${left} where ${tally.need} are needed: nothing else can win any more`
    : `with you it has ${has} against; ${left} are left, and ${tally.need} are needed`;
}

/** Where there is nothing to choose from: what the role gives, as JSON. */
const Content = ({ asking, role }: { asking: Asking; role: string }) => {
  const gives = givenBy(asking.picture.policy, role);
  return (
    <>
      <label for="content">What you give ({gives.join(" or ")}), as JSON</label>
      <textarea id="content" name="content" rows={4} required autocomplete="off"></textarea>
      <p>
        For example{" "}
        {gives
          .map((form) => EXAMPLES[form])
          .filter(Boolean)
          .join(" or ") || '{"value":1}'}
        .
      </p>
    </>
  );
};

const EXAMPLES: Readonly<Record<string, string>> = {
  ballot: '{"approve":["a","b"]}',
  bid: '{"bid":{"item":"lot-1","price":100}}',
  value: '{"value":42}',
  plan: '{"plan":"move at dawn"}',
  ack: '{"ack":"the plan’s id"}',
  release: '{"release":{"id":"leg-1"}}',
  accept: '{"accept":{"release":"leg-1"}}',
};

function givenBy(policy: Json, role: string): readonly string[] {
  const roles = (policy as { roles?: Record<string, { gives?: readonly string[] }> } | null)?.roles;
  return roles?.[role]?.gives ?? ["content"];
}

/** What was chosen, or written as JSON, exactly as the form will send it again. */
export type Saying = { readonly choice: string; readonly reason: string; readonly content: string };

export const ConfirmPage = (props: {
  asking: Asking;
  saying: Saying;
  draft: DraftedContribution;
  payload: unknown;
}) => {
  const { asking, saying, draft, payload } = props;
  const { ceremony } = asking.view;
  return (
    <Form
      action={`/c/${ceremony}/sign/confirm`}
      class="card"
      data={{ "data-signed": toBase64(draft.toBeSigned), "data-digest": draft.id }}
    >
      <AboutToSign asking={asking} saying={saying} />
      <Signed asking={asking} draft={draft} />
      <p id="recomputed" role="status">
        Without JavaScript this page shows the digest as your own agent computed it: compare it with{" "}
        <code>quorate explain</code> on another machine after signing. With JavaScript there is no button before the
        page itself has recomputed the digest.
      </p>
      {[...Object.entries(saying), ["at", String(draft.at)], ["id", draft.id]].map(([name, value]) => (
        <input type="hidden" name={name} value={value} />
      ))}
      <button type="submit" class="main" id="sign" hidden disabled>
        <SignWord saying={saying} />
      </button>
      <noscript>
        <button type="submit" class="main">
          <SignWord saying={saying} />
        </button>
      </noscript>{" "}
      <a href={`/c/${ceremony}/sign`}>Change</a> <a href={`/c/${ceremony}`}>Not now</a>
      <details>
        <summary>What will be sent, exactly</summary>
        <ForeignDocument value={payload} id="decoded" whole />
      </details>
    </Form>
  );
};

const SignWord = ({ saying }: { saying: Saying }) => (
  <>
    Sign: <Foreign text={saying.choice === "" ? "this contribution" : saying.choice} whole />
  </>
);

const AboutToSign = ({ asking: { view, picture }, saying }: { asking: Asking; saying: Saying }) => (
  <>
    <p>
      You are about to sign as <strong>{view.asSeenBy}</strong>, in the role{" "}
      <strong>
        <Foreign text={view.asked?.role ?? ""} whole />
      </strong>
      :
    </p>
    <p class="sentence">
      <strong>
        <Foreign text={saying.choice === "" ? saying.content : saying.choice.toUpperCase()} whole />
      </strong>{" "}
      <Foreign text={view.title} whole />
      {saying.reason === "" ? null : (
        <>
          , because: <Foreign text={saying.reason} whole />
        </>
      )}
    </p>
    {saying.choice === "" ? null : <p>{effectOf(picture, saying.choice)}</p>}
  </>
);

const Signed = ({ asking: { view, credential }, draft }: { asking: Asking; draft: DraftedContribution }) => (
  <Facts
    facts={[
      [
        "Digest",
        <code class="digest" id="digest">
          {grouped(draft.id)}
        </code>,
      ],
      ["In words", <strong>{digestWords(draft.id)}</strong>],
      ["Signed by", <Foreign text={credential.subject} />],
      ["Under policy", <code>{grouped(view.policy ?? "")}</code>],
      ["Ceremony and round", `${grouped(view.ceremony, 4)}, ${view.round}`],
      [
        "Dated",
        <>
          <Time at={draft.at} />; confirm within 15 minutes
        </>,
      ],
    ]}
  />
);
