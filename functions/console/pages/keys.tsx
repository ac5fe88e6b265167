// What this party holds: credentials with their ends, the roots it recognises with words to compare, and the keys of its API.
import { wordsOf } from "../../../shared/words.ts";
import { Foreign } from "../foreign.tsx";
import { endingSoon, type HeldCredential, type HeldKey, type Holdings } from "../holdings.ts";
import { Badged, Facts, Table, Time } from "../layout.tsx";
import { type Badge, grouped, relativeText } from "../words.ts";

function stateOf({ revoked, from, until }: HeldCredential, now: number): Badge {
  if (revoked !== null) return { icon: "✗", word: "revoked", tone: "bad" };
  if (now > until) return { icon: "✗", word: "ended", tone: "bad" };
  if (now < from) return { icon: "…", word: "not yet good", tone: "warn" };
  return { icon: "✓", word: "good", tone: "plain" };
}

export const Keys = ({ holdings, now }: { holdings: Holdings; now: number }) => {
  const soon = endingSoon(holdings.credentials, now);
  return (
    <>
      {soon === null ? null : (
        <p>
          <Badged badge={{ icon: "!", word: `${soon.subject} ends ${relativeText(soon.until, now)}`, tone: "warn" }} />{" "}
          Have its issuer grant it anew before that.
        </p>
      )}
      <Facts
        facts={[
          ["This party's root", <code>{grouped(holdings.root, 4)}</code>],
          ["Root in words", wordsOf(holdings.root)],
          ["The agent's key", <code>{grouped(holdings.key, 4)}</code>],
          ["Backup", "the root's secret is not here: it stays wherever this party keeps it"],
        ]}
      />
      <h2>Credentials</h2>
      <Table
        caption="From each root to this agent's key"
        columns={["Subject and mesh", "State", "Good from and until", "Roles", "Classes", "Credential"]}
        rows={holdings.credentials.map((credential) => [
          <>
            <Foreign text={credential.subject} /> in {credential.mesh}
          </>,
          <>
            <Badged badge={stateOf(credential, now)} />
            {credential.revoked === null ? null : (
              <>
                {" "}
                from <Time at={credential.revoked.from} />: <Foreign text={credential.revoked.reason} />
              </>
            )}
          </>,
          <>
            <Time at={credential.from} />
            <br />
            <Time at={credential.until} /> ({relativeText(credential.until, now)})
          </>,
          <Foreign text={credential.roles.join(", ")} />,
          <Foreign text={credential.classes.join(", ")} />,
          <code>{grouped(credential.id, 4)}</code>,
        ])}
      />
      <Roots holdings={holdings} />
      <ApiKeys holdings={holdings} now={now} />
    </>
  );
};

const Roots = ({ holdings }: { holdings: Holdings }) => (
  <>
    <h2>Roots that this party recognises</h2>
    <p>Compare the words with each partner over another road; nothing here can vouch for them.</p>
    <Table
      caption="Whom this party believes"
      columns={["Authority", "Root", "In words"]}
      rows={holdings.roots.map(({ authority, key, own }) => [
        `${authority}${own ? " (this party)" : ""}`,
        <code>{grouped(key, 4)}</code>,
        wordsOf(key),
      ])}
    />
  </>
);

const ApiKeys = ({ holdings, now }: { holdings: Holdings; now: number }) => (
  <>
    <h2>Keys of the API</h2>
    <Table
      caption="Who may call this agent"
      columns={["Key", "May", "From", "Until", "State"]}
      rows={holdings.keys.map((key) => [
        <Foreign text={key.id} />,
        key.scopes.join(", "),
        key.from === null ? "always" : <Time at={key.from * 1_000} />,
        key.until === null ? "no end" : <Time at={key.until * 1_000} />,
        <KeyState held={key} now={now} />,
      ])}
    />
  </>
);

const KeyState = ({ held, now }: { held: HeldKey; now: number }) => {
  const { withdrawnAtMs, until } = held;
  if (withdrawnAtMs !== null)
    return (
      <>
        <Badged badge={{ icon: "✗", word: "withdrawn", tone: "bad" }} /> at <Time at={withdrawnAtMs * 1_000} />
      </>
    );
  const ended = until !== null && until * 1_000 <= now;
  return (
    <Badged badge={ended ? { icon: "✗", word: "ended", tone: "bad" } : { icon: "✓", word: "good", tone: "plain" }} />
  );
};
