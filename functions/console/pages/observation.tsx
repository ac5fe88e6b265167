// One observation explained: the verdict, the table of gates and factors, what would have admitted it, and what it contradicts.
import { decimal } from "../../../shared/admission/factor.ts";
import type { Elsewhere, Explanation } from "../../../shared/evidence/explain.ts";
import { digestWords } from "../../../shared/words.ts";
import { Foreign } from "../foreign.tsx";
import { Badged, Facts, Table, Time } from "../layout.tsx";
import { type Badge, grouped } from "../words.ts";
import { RefusalText } from "./plain.tsx";

export const Observation = ({ explanation, ceremony }: { explanation: Explanation; ceremony: string | null }) => (
  <>
    <p>
      <Badged badge={VERDICTS[explanation.verdict]} /> at {explanation.by}
      {explanation.provisional ? ", so far: its round is open" : ""}
    </p>
    <p>{MEANINGS[explanation.verdict]}</p>
    <Facts
      facts={[
        ["What", `${explanation.kind} of ${explanation.authority}`],
        ["Role", explanation.role === null ? "none" : <Foreign text={explanation.role} />],
        ["Round", explanation.round === null ? "none" : String(explanation.round)],
        ["Stated at", <Time at={explanation.at[0]} />],
        ["Digest", <code class="digest">{grouped(explanation.id)}</code>],
        ["In words", digestWords(explanation.id)],
        ...(ceremony === null ? [] : [["Ceremony", <a href={`/c/${ceremony}`}>{ceremony.slice(0, 16)}</a>] as const]),
      ]}
    />
    <h2>What it was judged by</h2>
    <Table
      caption="Gates cannot be made up for; other factors are weighed"
      columns={["Factor", "Need", "Got", "Weight", "Verdict", "Clause"]}
      rows={explanation.factors.map(({ name, need, got, weight, verdict, clause }) => [
        name,
        <Foreign text={need} />,
        <Foreign text={got} />,
        typeof weight === "number" ? decimal(weight) : weight,
        <Badged badge={FACTORS[verdict] ?? { icon: "·", word: verdict, tone: "plain" }} />,
        <Foreign text={clause} />,
      ])}
    />
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

/** Four noes that are never mixed; the fourth, what never arrived, has no explanation and says so by its code. */
const MEANINGS: { readonly [V in Explanation["verdict"]]: string } = {
  admitted: "It was evaluated, and it counts.",
  "partially admitted": "It was evaluated, and it counts with a part of its power.",
  "not admitted": "It arrived and was evaluated, and it does not count; the reason stands below.",
  held: "It arrived, and is not evaluated yet: something that it needs is still missing.",
  ignored: "It arrived, and what it says was here already. Nothing is wrong with it.",
};

const FACTORS: Readonly<Record<string, Badge>> = {
  met: { icon: "✓", word: "met", tone: "plain" },
  "not met": { icon: "✗", word: "not met", tone: "bad" },
  unknown: { icon: "?", word: "unknown", tone: "warn" },
  "not reached": { icon: "–", word: "not reached", tone: "plain" },
  "not checked": { icon: "–", word: "not checked", tone: "plain" },
};

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
    <section>
      <h2>What would have admitted it</h2>
      <ul class="rows">
        {nearest.map(({ by, text, score }) => (
          <li>
            {by}: <Foreign text={text} />
            {score === null ? "" : ` → ${decimal(score)}`}
          </li>
        ))}
      </ul>
    </section>
  );
