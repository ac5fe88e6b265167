// Two steps to a signature: choose, then see exactly what will be signed. Eligibility is shown before anything is asked.
import { toBase64 } from "../../../shared/bytes.ts";
import type { DraftedContribution } from "../../../shared/ceremony/draft.ts";
import type { CeremonyView } from "../../../shared/ceremony/view.ts";
import { grouped, instantText } from "../words.ts";

/** The longest reason that fits a contribution comfortably. */
const REASON_MAX = 500;

export const ChoosePage = ({ view }: { view: CeremonyView }) =>
  view.asked === null ? (
    <p>
      There is nothing to sign here: your organisation has spoken, has no seat that speaks, or the round is closed.{" "}
      <a href={`/c/${view.ceremony}`}>Back to the ceremony</a>
    </p>
  ) : (
    <form method="post" action={`/c/${view.ceremony}/sign`} class="card">
      <p>
        You are asked as <strong>{view.asSeenBy}</strong>, in the role <strong>{view.asked.role}</strong>, about{" "}
        <strong>{view.title}</strong>: {JSON.stringify(view.subject)}.
      </p>
      <fieldset>
        <legend>What do you say?</legend>
        {view.asked.choices.map((choice) => (
          <p>
            <label>
              <input type="radio" name="choice" value={choice} required /> {choice}
            </label>
          </p>
        ))}
      </fieldset>
      <label for="reason">Reason (signed with it; everyone in the ceremony reads it)</label>
      <input id="reason" name="reason" maxlength={REASON_MAX} autocomplete="off" />
      <button type="submit">Show what I would sign</button>
    </form>
  );

export const ConfirmPage = (props: {
  view: CeremonyView;
  choice: string;
  reason: string;
  draft: DraftedContribution;
  payload: unknown;
}) => {
  const { view, choice, reason, draft, payload } = props;
  return (
    <form
      method="post"
      action={`/c/${view.ceremony}/sign/confirm`}
      class="card"
      data-signed={toBase64(draft.toBeSigned)}
      data-digest={draft.id}
    >
      <p>
        You are about to sign as <strong>{view.asSeenBy}</strong>, in the role <strong>{view.asked?.role}</strong>:
      </p>
      <p>
        <strong>{choice.toUpperCase()}</strong> {view.title}
        {reason === "" ? "" : `, because: ${reason}`}
      </p>
      <dl>
        <dt>Digest</dt>
        <dd>
          <code>{grouped(draft.id)}</code>
        </dd>
        <dt>Under policy</dt>
        <dd>
          <code>{grouped(view.policy ?? "")}</code>
        </dd>
        <dt>Ceremony and round</dt>
        <dd>
          <code>{grouped(view.ceremony, 4)}</code>, round {view.round}
        </dd>
        <dt>Dated</dt>
        <dd>{instantText(draft.at)}; confirm within 15 minutes</dd>
      </dl>
      <p id="recomputed" role="status">
        Without JavaScript this page shows the digest as your own agent computed it.
      </p>
      <input type="hidden" name="choice" value={choice} />
      <input type="hidden" name="reason" value={reason} />
      <input type="hidden" name="at" value={String(draft.at)} />
      <input type="hidden" name="id" value={draft.id} />
      <button type="submit">{`Sign: ${choice}`}</button> <a href={`/c/${view.ceremony}`}>Not now</a>
      <details>
        <summary>What will be sent, exactly</summary>
        <pre id="decoded">{JSON.stringify(payload, null, 1)}</pre>
      </details>
    </form>
  );
};
