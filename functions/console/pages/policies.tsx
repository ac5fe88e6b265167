// Policies: what is issued under a name and in which versions, the patterns that ship, one document with what is wrong with it, and the
// difference of two.
import type { Json } from "../../../shared/cbor/json.ts";
import type { CeremonyView } from "../../../shared/ceremony/view.ts";
import type { Difference } from "../../../shared/policy/differences.ts";
import type { Refusal } from "../../../shared/refusals.ts";
import { Foreign, ForeignDocument } from "../foreign.tsx";
import { Badged, Table, Time } from "../layout.tsx";
import { grouped } from "../words.ts";
import { Differences } from "./differences.tsx";

/** One issue of an alias: `name` is how the console's addresses call its policy. */
export type Version = {
  readonly name: string;
  readonly relation: string;
  readonly since: number;
  readonly digest: string;
  readonly signers: readonly string[];
  readonly reason: string;
};
export type Alias = {
  readonly alias: string;
  /** From the first to the one in force. */
  readonly versions: readonly Version[];
  /** Why the alias leads nowhere now; null where it does. */
  readonly refusal: Refusal | null;
};
export type Named = readonly [name: string, title: string];

export const Policies = ({ aliases, patterns }: { aliases: readonly Alias[]; patterns: readonly Named[] }) => (
  <>
    <p>
      <a href="/policies/compare">Compare two</a> · <a href="/policies/simulate">Try one on a scenario</a>
    </p>
    <h2>Issued under a name</h2>
    {aliases.length === 0 ? (
      <p>
        No issue stands in this party's trust statement: ceremonies name a pattern, or bring a document of their own.
      </p>
    ) : (
      aliases.map((alias) => <Versions alias={alias} />)
    )}
    <h2>Patterns that ship</h2>
    <Table
      caption="Each is nothing but a document"
      columns={["Pattern", "Name", "Do"]}
      rows={patterns.map(([id, title]) => [
        <a href={`/policies/pattern:${id}`}>{title}</a>,
        <code>{id}</code>,
        <>
          <a href={`/policies/simulate?policy=pattern:${id}`} aria-label={`Try ${title}`}>
            Try
          </a>{" "}
          ·{" "}
          <a href={`/ceremonies?pattern=${id}`} aria-label={`Ceremonies under ${title}`}>
            Ceremonies
          </a>
        </>,
      ])}
    />
  </>
);

const Versions = ({ alias: { alias, versions, refusal } }: { alias: Alias }) => (
  <section>
    <h3>
      <Foreign text={alias} />
    </h3>
    {refusal === null ? null : (
      <p>
        <Badged badge={{ icon: "✗", word: refusal.what, tone: "bad" }} /> {refusal.why}. {refusal.do}.
      </p>
    )}
    <Table
      caption="Versions, the one in force last"
      columns={["In force from", "How it follows", "Signed by", "Reason", "Digest"]}
      none="Nothing of it is in force."
      rows={versions.map(({ name, relation, since, digest, signers, reason }) => [
        <Time at={since} />,
        relation,
        signers.join(", "),
        <Foreign text={reason} />,
        <a href={`/policies/${name}`}>
          <code>{grouped(digest, 4)}</code>
        </a>,
      ])}
    />
  </section>
);

export type Finding = { readonly code: string; readonly path: string; readonly message: string };

type Role = {
  readonly least?: number;
  readonly most?: number;
  readonly closes?: boolean;
  readonly contributes?: boolean;
  readonly gives?: readonly string[];
  readonly choices?: readonly string[];
};

export const PolicyPage = (props: {
  name: string;
  document: Json;
  digest: string | null;
  findings: readonly Finding[];
}) => {
  const { name, document, digest, findings } = props;
  const roles = Object.entries((document as { readonly roles?: Record<string, Role> } | null)?.roles ?? {});
  return (
    <>
      <p>
        {digest === null ? (
          "It has no digest: it cannot be read as a policy."
        ) : (
          <>
            Digest <code class="digest">{grouped(digest)}</code>
          </>
        )}
      </p>
      <p>
        <a href={`/policies/simulate?policy=${encodeURIComponent(name)}`}>Try it on a scenario</a> ·{" "}
        <a href={`/policies/compare?a=${encodeURIComponent(name)}`}>Compare it</a>
      </p>
      <Findings findings={findings} />
      <h2>Who may do what</h2>
      <Table
        caption="Roles"
        columns={["Role", "Seats", "Speaks", "Closes rounds", "Gives", "May choose"]}
        rows={roles.map(([role, { least, most, closes, contributes, gives, choices }]) => [
          <Foreign text={role} />,
          `${least} to ${most}`,
          contributes ? "yes" : "no",
          closes ? "yes" : "no",
          <Foreign text={(gives ?? []).join(", ") || "nothing"} />,
          <Foreign text={(choices ?? []).join(", ") || "–"} />,
        ])}
      />
      <h2>The document</h2>
      <ForeignDocument value={document} />
    </>
  );
};

export const Findings = ({ findings }: { findings: readonly Finding[] }) => (
  <section>
    <h2>What is wrong with it ({findings.length})</h2>
    {findings.length === 0 ? (
      <p>
        <Badged badge={{ icon: "✓", word: "nothing found", tone: "plain" }} /> Whether it can work for certain parties
        shows when they are named.
      </p>
    ) : (
      <ul class="rows">
        {findings.map(({ code, path, message }) => (
          <li>
            <a href={`/e/${code}`}>
              <code>{code}</code>
            </a>{" "}
            <code>
              <Foreign text={path} />
            </code>{" "}
            <Foreign text={message} />
          </li>
        ))}
      </ul>
    )}
  </section>
);

export const Compare = (props: {
  names: readonly Named[];
  a: string;
  b: string;
  /** Null while two are not chosen yet. */
  differences: readonly Difference[] | null;
}) => (
  <>
    <form method="get" action="/policies/compare" class="card filters" aria-label="Choose two policies">
      {(["a", "b"] as const).map((side) => (
        <div>
          <label for={side}>{side === "a" ? "Before" : "Now"}</label>
          <Chooser id={side} names={props.names} chosen={props[side]} />
        </div>
      ))}
      <div>
        <button type="submit">Compare</button>
      </div>
    </form>
    {props.differences === null ? null : props.differences.length === 0 ? (
      <p>They say the same.</p>
    ) : (
      <Differences differences={props.differences} />
    )}
  </>
);

export const Chooser = ({ id, names, chosen }: { id: string; names: readonly Named[]; chosen: string }) => (
  <select id={id} name={id}>
    {names.some(([name]) => name === chosen) || chosen === "" ? null : (
      <option value={chosen} selected>
        {chosen.slice(0, 40)}
      </option>
    )}
    {names.map(([name, title]) => (
      <option value={name} selected={name === chosen}>
        {title}
      </option>
    ))}
  </select>
);

export const PolicyOfCeremony = ({ view, policy }: { view: CeremonyView; policy: Json }) => (
  <>
    <p>
      The policy that <a href={`/c/${view.ceremony}`}>this ceremony</a> was opened under, pinned by its digest for as
      long as the ceremony lives: <code class="digest">{grouped(view.policy ?? "")}</code>
    </p>
    <p>
      <a href={`/policies/ceremony:${view.ceremony}`}>Roles and findings</a> ·{" "}
      <a href={`/policies/simulate?policy=ceremony:${view.ceremony}&from=${view.ceremony}`}>Try it on this ceremony</a>{" "}
      · <a href={`/policies/compare?b=ceremony:${view.ceremony}`}>Compare it</a>
    </p>
    <ForeignDocument value={policy} />
  </>
);
