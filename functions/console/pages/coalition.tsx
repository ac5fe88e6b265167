// A coalition as this party sees it: whom it stands with, which translators carry what, who knows of each revocation, and the policy that
// holds here, clause by clause with its origin.
import type { ShownRevocation, ShownTranslator } from "../../../durable/mesh-coalition.ts";
import type { RevocationPlan } from "../../../shared/coalition/plan.ts";
import type { Hearing, HearingState } from "../../../shared/coalition/seen.ts";
import type { ShownPolicy } from "../../../shared/coalition/shown.ts";
import type { Refusal } from "../../../shared/refusals.ts";
import { Foreign, ForeignValue } from "../foreign.tsx";
import { Form } from "../form.tsx";
import { Badged, Table, Time } from "../layout.tsx";
import { type Badge, relativeText } from "../words.ts";

type Part<T> = { readonly ok: true; readonly value: T } | { readonly ok: false; readonly refusal: Refusal };

export type CoalitionView = {
  readonly mesh: string;
  readonly party: string;
  readonly now: number;
  readonly translators: Part<readonly ShownTranslator[]>;
  readonly revocations: readonly ShownRevocation[];
  readonly policy: Part<ShownPolicy>;
};

export const Coalition = ({ view }: { view: CoalitionView }) => (
  <>
    <Translators view={view} />
    <Revocations view={view} />
    <EffectivePolicy policy={view.policy} />
  </>
);

const Translators = ({ view: { mesh, translators, now } }: { view: CoalitionView }) => (
  <section id="translators">
    <h2>Translators</h2>
    {translators.ok ? (
      <Table
        caption="By which one side's words are read on the other"
        columns={["Translator", "From", "To", "Carries", "Signed by", "Ends", "Do"]}
        none="None is held: nothing of a partner's is read in this party's words."
        rows={translators.value.map(({ id, from, to, carries, signer, expires }) => [
          <Foreign text={id} />,
          <Foreign text={from} />,
          <Foreign text={to} />,
          carries,
          signer === null ? "whom it is from" : <Foreign text={signer} />,
          <Ends at={expires} now={now} />,
          carries === "facts" ? (
            "–"
          ) : (
            <a
              href={`/mesh/${mesh}/revoke?translator=${encodeURIComponent(id)}`}
              aria-label={`Preview revoking ${id.slice(0, 40)}`}
            >
              Preview revoking
            </a>
          ),
        ])}
      />
    ) : (
      <p>{translators.refusal.what}.</p>
    )}
  </section>
);

const Ends = ({ at, now }: { at: number | null; now: number }) =>
  at === null ? (
    <>no end</>
  ) : (
    <>
      <Time at={at} /> ({at < now ? "ended" : relativeText(at, now)})
    </>
  );

const HEARINGS: { readonly [S in HearingState]: Badge } = {
  enforcing: { icon: "✓", word: "goes by it", tone: "plain" },
  seen: { icon: "◐", word: "seen, does not go by it", tone: "warn" },
  told: { icon: "→", word: "told, not seen yet", tone: "plain" },
  "not-heard": { icon: "?", word: "not heard", tone: "plain" },
};

/** One row for each revocation and partner: what each is known to know. Silence is never read as consent. */
const Revocations = ({ view: { revocations, now } }: { view: CoalitionView }) => (
  <section id="revocations">
    <h2>Revocations and who knows of them</h2>
    <Table
      caption="Told: handed to the bus for it. Seen and going by it: as the partner itself says"
      columns={["Revokes", "By", "From", "Partner", "Told", "Seen", "Goes by it from", "State", "Last heard"]}
      none="No revocation is known here."
      rows={revocations.flatMap(({ revokes, by, after, kind, partners }) =>
        (partners.length === 0 ? [null] : partners).map((hearing: Hearing | null) => [
          <>
            {kind} <Foreign text={revokes === "*" ? "all" : revokes.slice(0, 40)} />
          </>,
          <Foreign text={by} />,
          <Time at={after} />,
          hearing?.partner ?? "nobody else",
          instantOr(hearing?.told, "not yet"),
          instantOr(hearing?.seen, "not heard"),
          instantOr(hearing?.enforcing, "not heard"),
          hearing === null ? "–" : <Badged badge={HEARINGS[hearing.state]} />,
          hearing?.lastHeard ? relativeText(hearing.lastHeard, now) : "never yet",
        ]),
      )}
    />
  </section>
);

const instantOr = (at: number | null | undefined, word: string) =>
  at === null || at === undefined ? word : <Time at={at} />;

const EffectivePolicy = ({ policy }: { policy: CoalitionView["policy"] }) => (
  <section id="policy">
    <h2>The policy that holds here</h2>
    {policy.ok ? (
      <Clauses policy={policy.value} />
    ) : (
      <p>
        {policy.refusal.what}: {policy.refusal.why}.
      </p>
    )}
  </section>
);

const Clauses = ({ policy }: { policy: ShownPolicy }) => (
  <>
    <Table
      caption="Each clause with its origin and the translators that carried it"
      columns={["Clause", "Effect", "Value", "From", "Via", "Where", "Lost on the way"]}
      none="No clause holds."
      rows={policy.clauses.map(({ id, effect, value, from, via, scope, losses, label }) => [
        <>
          <Foreign text={id} />
          {label === undefined ? null : (
            <>
              {" "}
              (<Foreign text={label} />)
            </>
          )}
        </>,
        effect,
        <ForeignValue value={value} />,
        <Foreign text={from} />,
        via === undefined ? "its own" : <Foreign text={typeof via === "string" ? via : via.join(" → ")} />,
        scope === undefined ? "everywhere" : <ForeignValue value={scope} />,
        losses === undefined ? "nothing" : <Foreign text={losses.join(", ")} />,
      ])}
    />
    {policy.conflicts.length === 0 ? null : (
      <>
        <h3>Contradictions ({policy.conflicts.length})</h3>
        <ul class="rows">
          {policy.conflicts.map(({ winners, losers, rule }) => (
            <li>
              <Foreign text={winners.map(({ id, from }) => `${id} of ${from}`).join(", ")} /> over{" "}
              <Foreign text={losers.map(({ id, from }) => `${id} of ${from}`).join(", ")} />, by {rule}
            </li>
          ))}
        </ul>
      </>
    )}
    {policy.refused.length === 0 ? null : (
      <>
        <h3>Not taken ({policy.refused.length})</h3>
        <ul class="rows">
          {policy.refused.map(({ id, code, why }) => (
            <li>
              <Foreign text={id} />{" "}
              <a href={`/e/${code}`}>
                <code>{code}</code>
              </a>{" "}
              <Foreign text={why} />
            </li>
          ))}
        </ul>
      </>
    )}
  </>
);

/** What a revocation touches, before it is signed; then one more step to sign it. */
export const RevokePage = (props: { mesh: string; translator: string; plan: Omit<RevocationPlan, "revocation"> }) => {
  const { mesh, translator, plan } = props;
  return (
    <>
      <p class="sentence">
        You are about to revoke <Foreign text={translator} whole /> from now on, in this party's name.
      </p>
      <p>
        A revocation is never taken back: who wants it again issues a new translator. What was admitted before stays.
      </p>
      <h2>What it touches</h2>
      {plan.homes.length === 0 ? <p>No authority's policy changes by it.</p> : null}
      <Table
        caption="Authority by authority, by the function that then applies it"
        columns={["At", "Loses", "Regains", "By another road", "Hears nothing more of"]}
        none="Nothing."
        rows={plan.homes.map(({ home, lost, regained, rerouted, unheard }) => [
          <Foreign text={home} />,
          <Foreign text={lost.map(nameOf).join(", ") || "nothing"} />,
          <Foreign text={regained.map(nameOf).join(", ") || "nothing"} />,
          <Foreign text={rerouted.map(nameOf).join(", ") || "nothing"} />,
          <Foreign text={unheard.join(", ") || "nobody"} />,
        ])}
      />
      <p>
        {plan.unchanged.length === 0 ? null : (
          <>
            Nothing changes at <Foreign text={plan.unchanged.join(", ")} />.
          </>
        )}
      </p>
      <Form action={`/mesh/${mesh}/revoke`} class="card" label="Sign the revocation">
        <input type="hidden" name="translator" value={translator} />
        <label for="sure">
          <input id="sure" name="sure" type="checkbox" value="yes" required /> I have read what it touches
        </label>
        <button type="submit">Sign and send the revocation</button>{" "}
        <a href={`/mesh/${mesh}#translators`}>Leave it as it is</a>
      </Form>
    </>
  );
};

const nameOf = ({ id, from }: { readonly id: string; readonly from: string }) => `${id} of ${from}`;
