// The frame of every page: skip link, where one is, and whose view this is. No page may suggest a global truth.
import { type Child, useContext } from "hono/jsx";
import { type AssetName, assetPath } from "./assets.ts";
import { Form, Reading } from "./form.tsx";
import { type Badge, instantText, spanText } from "./words.ts";

export type Perspective = {
  readonly party: string;
  /** When it was read, in microseconds. */
  readonly at: number;
  /** Whether the party's own link is up: without it, silence says nothing of the others. */
  readonly linked: boolean;
  /** Seconds since each partner was heard of; null where it never was. */
  readonly heard: readonly { readonly partner: string; readonly seconds: number | null }[];
};

const PLACES = [
  ["/", "Inbox"],
  ["/ceremonies", "Ceremonies"],
  ["/mesh", "Coalition"],
  ["/exchange", "Exchange"],
  ["/sources", "Sources"],
  ["/policies", "Policies"],
  ["/keys", "Keys"],
  ["/health", "Health"],
  ["/verify", "Verify"],
] as const;

/** Characters of a badge that stay in one line, in the cell of a table too. */
const BADGE_LINE = 24;

export const Badged = ({ badge }: { badge: Badge }) => (
  <span class={`badge ${badge.tone}${badge.word.length > BADGE_LINE ? " wide" : ""}`}>
    <span aria-hidden="true">{badge.icon} </span>
    {badge.word}
  </span>
);

export const Time = ({ at }: { at: number | null }) =>
  at === null || !Number.isFinite(at) ? (
    <>not known</>
  ) : (
    <time datetime={instantText(at).replace(" ", "T")}>{instantText(at)}</time>
  );

/** A table that becomes labelled cards on narrow screens: a row is as many cells as there are columns. */
export const Table = (props: {
  caption: string;
  columns: readonly string[];
  rows: readonly (readonly Child[])[];
  none?: string;
}) =>
  props.rows.length === 0 ? (
    <p>{props.none ?? "There is nothing to show."}</p>
  ) : (
    <table>
      <caption>{props.caption}</caption>
      <thead>
        <tr>
          {props.columns.map((name) => (
            <th scope="col">{name}</th>
          ))}
        </tr>
      </thead>
      <tbody>
        {props.rows.map((cells) => (
          <tr>
            {cells.map((cell, index) => (
              <td data-label={props.columns[index]}>{cell}</td>
            ))}
          </tr>
        ))}
      </tbody>
    </table>
  );

/** Names and what stands beside each. */
export const Facts = ({ facts }: { facts: readonly (readonly [string, Child])[] }) => (
  <dl class="facts">
    {facts.map(([name, value]) => (
      <div>
        <dt>{name}</dt>
        <dd>{value}</dd>
      </div>
    ))}
  </dl>
);

export const Page = (props: {
  title: string;
  path: string;
  perspective: Perspective | null;
  /** What is known of the others' outcome, on pages of one ceremony. */
  agreement?: Badge | null;
  scripts?: readonly AssetName[];
  children?: Child;
}) => (
  <html lang="en">
    <head>
      <meta charset="utf-8" />
      <meta name="viewport" content="width=device-width, initial-scale=1" />
      <title>{`${props.title} · Quorate`}</title>
      <link rel="icon" href={assetPath("icon.svg")} />
      <link rel="stylesheet" href={assetPath("console.css")} />
      {(props.scripts ?? []).map((name) => (
        <script type="module" src={assetPath(name)}></script>
      ))}
    </head>
    <body>
      <a class="skip" href="#main">
        Skip to the content
      </a>
      <header>
        <div class="bar">
          <nav aria-label="Main">
            <ul>
              {PLACES.map(([path, name]) => (
                <li>
                  <a href={path} aria-current={props.path === path ? "page" : undefined}>
                    {name}
                  </a>
                </li>
              ))}
            </ul>
          </nav>
          {props.perspective === null ? null : (
            <Form action="/logout" class="out">
              <button type="submit">Log out</button>
            </Form>
          )}
        </div>
        <LoggedIn />
        {props.perspective === null ? null : (
          <Seen perspective={props.perspective} agreement={props.agreement ?? null} />
        )}
      </header>
      <main id="main" tabindex={-1}>
        <h1>{props.title}</h1>
        {props.children}
      </main>
    </body>
  </html>
);

/** As whom one is here, and what that allows. */
const LoggedIn = () => {
  const reader = useContext(Reading);
  return reader === null ? null : (
    <p class="seen">
      Logged in as <strong>{reader.id}</strong>, with the {reader.scopes.length === 1 ? "scope" : "scopes"}{" "}
      {reader.scopes.join(", ")}
    </p>
  );
};

/** Whose view it is, from when, and who was heard: never more than this party can know. */
const Seen = ({ perspective, agreement }: { perspective: Perspective; agreement: Badge | null }) => (
  <p class="seen">
    As seen by <strong>{perspective.party}</strong> · read <Time at={perspective.at} />
    {perspective.heard.length === 0 ? "" : ` · heard from ${perspective.heard.map(heardText).join(", ")}`}
    {perspective.linked ? null : (
      <>
        {" "}
        · <Badged badge={{ icon: "?", word: "own link is down: nobody can be heard now", tone: "warn" }} />
      </>
    )}
    {agreement === null ? null : (
      <>
        {" "}
        · <Badged badge={agreement} />
      </>
    )}
  </p>
);

/** After so long without a word a partner is called quiet. */
const QUIET_SECONDS = 180;

function heardText({ partner, seconds }: Perspective["heard"][number]): string {
  if (seconds === null) return `${partner} never yet`;
  return `${partner} ${spanText(seconds)} ago${seconds > QUIET_SECONDS ? " (quiet)" : ""}`;
}
