// One observation explained: the verdict, the table of gates and factors, what would have admitted it, and what it contradicts.
import { decimal } from "../../../shared/admission/factor.ts";
import type { Elsewhere, Explanation } from "../../../shared/evidence/explain.ts";
import type { Factor } from "../../../shared/evidence/explain-steps.ts";
import { Badged } from "../layout.tsx";
import { type Badge, grouped, instantText } from "../words.ts";
import { RefusalText } from "./plain.tsx";

export const Observation = ({ explanation }: { explanation: Explanation }) => (
  <>
    <p>
      <Badged badge={VERDICTS[explanation.verdict]} /> at {explanation.by}
      {explanation.provisional ? ", so far: its round is open" : ""}
    </p>
    <p>
      {explanation.kind} of {explanation.authority}
      {explanation.role === null ? "" : `, role ${explanation.role}`}
      {explanation.round === null ? "" : `, round ${explanation.round}`} · stated at {instantText(explanation.at[0])} ·{" "}
      <code>{grouped(explanation.id)}</code>
    </p>
    <Factors factors={explanation.factors} />
    <Composite explanation={explanation} />
    <Nearest explanation={explanation} />
    <Others elsewhere={explanation.elsewhere} />
    {explanation.contradicts === null ? null : (
      <p>
        It contradicts <code>{grouped(explanation.contradicts, 4)}</code> of the same signer; both are kept as proof.
      </p>
    )}
    {explanation.refusal === null ? null : <RefusalText refusal={explanation.refusal} />}
    {explanation.verdict === "admitted" ? null : <p>Not lost: it is kept as it was signed, with its code.</p>}
  </>
);

const VERDICTS: { readonly [V in Explanation["verdict"]]: Badge } = {
  admitted: { icon: "✓", word: "admitted", tone: "good" },
  "partially admitted": { icon: "◐", word: "partially admitted", tone: "warn" },
  "not admitted": { icon: "✗", word: "not admitted", tone: "bad" },
  held: { icon: "‖", word: "held: it waits for something", tone: "warn" },
  ignored: { icon: "=", word: "ignored: it adds nothing to what is there", tone: "plain" },
};

const Factors = ({ factors }: { factors: readonly Factor[] }) => (
  <table>
    <thead>
      <tr>
        {["Factor", "Need", "Got", "Weight", "Verdict", "Clause"].map((name) => (
          <th scope="col">{name}</th>
        ))}
      </tr>
    </thead>
    <tbody>
      {factors.map(({ name, need, got, weight, verdict, clause }) => (
        <tr>
          <td data-label="Factor">{name}</td>
          <td data-label="Need">{need}</td>
          <td data-label="Got">{got}</td>
          <td data-label="Weight">{typeof weight === "number" ? decimal(weight) : weight}</td>
          <td data-label="Verdict">{verdict}</td>
          <td data-label="Clause">{clause}</td>
        </tr>
      ))}
    </tbody>
  </table>
);

const Composite = ({ explanation: { admission } }: { explanation: Explanation }) =>
  admission === null ? null : (
    <p>
      Together {decimal(admission.score)} by {admission.rule}: {admission.verdict}
      {admission.share === 1_000_000 ? "" : `; it speaks with ${decimal(admission.share)} of its power`}
      {admission.standing === null
        ? ""
        : `; standing ${decimal(admission.standing.multiplier)} (${admission.standing.mode})`}
    </p>
  );

const Others = ({ elsewhere }: { elsewhere: Elsewhere | null }) =>
  elsewhere === null ? null : (
    <p>
      Elsewhere:{" "}
      {[
        [elsewhere.same, "the same"],
        [elsewhere.different, "ANOTHER RECORD"],
        [elsewhere.notHeard, "not heard"],
      ]
        .filter(([names]) => (names as readonly string[]).length > 0)
        .map(([names, word]) => `${(names as readonly string[]).join(", ")}: ${word}`)
        .join(" · ")}
    </p>
  );

const Nearest = ({ explanation: { nearest } }: { explanation: Explanation }) =>
  nearest.length === 0 ? null : (
    <>
      <h2>What would have admitted it</h2>
      <ul class="rows">
        {nearest.map(({ by, text, score }) => (
          <li>
            {by}: {text}
            {score === null ? "" : ` → ${decimal(score)}`}
          </li>
        ))}
      </ul>
    </>
  );
