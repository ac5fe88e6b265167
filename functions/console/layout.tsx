// The frame of every page: skip link, where one is, and whose view this is. No page may suggest a global truth.
import type { Child } from "hono/jsx";
import type { Badge } from "./words.ts";

export type Perspective = {
  readonly party: string;
  /** Seconds since each partner was heard of; null where it never was. */
  readonly heard: readonly { readonly partner: string; readonly seconds: number | null }[];
};

const PLACES = [
  ["/", "Inbox"],
  ["/ceremonies", "Ceremonies"],
  ["/mesh", "Meshes"],
  ["/policies", "Policies"],
  ["/health", "Health"],
  ["/verify", "Verify"],
] as const;

export const Badged = ({ badge }: { badge: Badge }) => (
  <span class={`badge ${badge.tone}`}>
    <span aria-hidden="true">{badge.icon} </span>
    {badge.word}
  </span>
);

export const Page = (props: {
  title: string;
  path: string;
  perspective: Perspective | null;
  scripts?: readonly string[];
  children?: Child;
}) => (
  <html lang="en">
    <head>
      <meta charset="utf-8" />
      <meta name="viewport" content="width=device-width, initial-scale=1" />
      <title>{`${props.title} · Quorate`}</title>
      <link rel="stylesheet" href="/assets/console.css" />
      {(props.scripts ?? []).map((source) => (
        <script type="module" src={source}></script>
      ))}
    </head>
    <body>
      <a class="skip" href="#main">
        Skip to the content
      </a>
      <header>
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
        {props.perspective === null ? null : <p class="seen">{perspectiveText(props.perspective)}</p>}
      </header>
      <main id="main" tabindex={-1}>
        <h1>{props.title}</h1>
        {props.children}
      </main>
    </body>
  </html>
);

function perspectiveText({ party, heard }: Perspective): string {
  const partners = heard.map(({ partner, seconds }) =>
    seconds === null
      ? `${partner} not heard`
      : `${partner} ${seconds < 120 ? `${seconds} s` : `${Math.round(seconds / 60)} min`} ago`,
  );
  return `As seen by ${party}${partners.length === 0 ? "" : ` · heard from ${partners.join(", ")}`}`;
}
