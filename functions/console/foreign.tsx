// Words that came from others: shown as text, with nothing in them that hides, turns about or imitates. What cannot be seen is written out
// by its number, and a word of two alphabets is marked, since it may imitate another.
import { readable, SHORT, UNSEEN, writtenOut } from "./readable.ts";

/** A tag, or what stands between two: `<` and `>` of anybody's words are escaped by then. */
const PARTS = /<[^>]*>|[^<]+/g;
const HIDDEN_INPUT = /^<input type="hidden"/;

/**
 * A rendered page without a character that cannot be seen, wherever it came from: the last gate before a page leaves. What a form carries
 * on unseen is sent as it is, by its number, since a signature may hang on it.
 */
export function visibleMarkup(html: string): string {
  return html.replace(PARTS, (part) =>
    part.replace(UNSEEN, (character) => {
      if (character === "\n") return character;
      return HIDDEN_INPUT.test(part) ? `&#x${character.codePointAt(0)?.toString(16)};` : writtenOut(character);
    }),
  );
}

/** One line of another's words; whole where a signature hangs on it. */
export const Foreign = ({ text, whole = false }: { text: string; whole?: boolean }) => {
  const { shown, more, mixed, hidden } = readable(text, whole ? Number.POSITIVE_INFINITY : SHORT);
  const warnings = [
    ...(hidden ? ["has characters that cannot be seen"] : []),
    ...(mixed === null ? [] : ["mixes alphabets in a word"]),
  ];
  return (
    <>
      <bdi>{shown}</bdi>
      {more === 0 ? "" : ` … and ${more} more characters`}
      {warnings.length === 0 ? null : (
        <>
          {" "}
          <span class="badge warn wide">
            <span aria-hidden="true">! </span>
            {warnings.join(", ")}
          </span>
        </>
      )}
    </>
  );
};

/** For a page's title and for labels, where no markup can stand. */
export function plainTitle(text: string): string {
  const { shown, more } = readable(text);
  return more === 0 ? shown : `${shown} …`;
}

const DOCUMENT = 20_000;

/** A document with its lines, as JSON unless it is text already. */
export const ForeignDocument = (props: { value: unknown; id?: string; whole?: boolean }) => {
  const text = typeof props.value === "string" ? props.value : JSON.stringify(props.value, null, 1);
  const { shown, more } = readable(text, props.whole ? Number.POSITIVE_INFINITY : DOCUMENT, "\n");
  return <pre id={props.id}>{more === 0 ? shown : `${shown}\n… and ${more} more characters`}</pre>;
};

/** Depth and characters of a value that is told in words. */
const WORDS_DEEP = 2;
const WORDS_LONG = 200;

/** A small value as one would say it, and another as JSON: `{"by":["acme","bolt"],"choice":"approve"}` is "by acme, bolt; choice approve". */
export function plainly(value: unknown): string {
  const text = said(value, WORDS_DEEP);
  return text !== null && text.length <= WORDS_LONG ? text : typeof value === "string" ? value : JSON.stringify(value);
}

function said(value: unknown, deep: number): string | null {
  if (value === null) return "none";
  if (typeof value !== "object") return String(value);
  const parts = Array.isArray(value)
    ? value.map((each) => said(each, deep - 1))
    : Object.entries(value).map(([name, each]) => {
        const text = said(each, deep - 1);
        return text === null ? null : `${name} ${text}`;
      });
  if (deep === 0 || parts.length === 0 || parts.includes(null)) return null;
  return parts.join(Array.isArray(value) ? ", " : "; ");
}

/** A value in a sentence or a cell. */
export const ForeignValue = ({ value, whole = false }: { value: unknown; whole?: boolean }) => (
  <Foreign text={typeof value === "string" ? value : JSON.stringify(value)} whole={whole} />
);
