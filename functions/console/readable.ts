// Others' words with nothing in them that hides, turns about or imitates: for pages, and for the programs that run in them.

/** Controls, marks that turn the direction about, and what takes no room: by their code points. */
export const UNSEEN =
  /[\p{Cc}\p{Cf}\p{Zl}\p{Zp}\p{Co}\p{Cn}]|[\u{115f}\u{1160}\u{3164}\u{ffa0}]|\p{Variation_Selector}/gu;
const WORD = /[\p{L}\p{M}\p{N}_.-]+/gu;
const ALPHABETS = [/\p{Script=Latin}/u, /\p{Script=Cyrillic}/u, /\p{Script=Greek}/u, /\p{Script=Armenian}/u] as const;

/** Characters of a title or a name in a list. */
export const SHORT = 160;

export type Readable = {
  readonly shown: string;
  /** Characters left out at the end. */
  readonly more: number;
  /** A word with letters of several alphabets; null where there is none. */
  readonly mixed: string | null;
  readonly hidden: boolean;
};

/** The number of a character that cannot be seen, in place of it. */
export const writtenOut = (character: string): string =>
  `⟨U+${(character.codePointAt(0) ?? 0).toString(16).toUpperCase().padStart(4, "0")}⟩`;

/** `keep` are unseen characters that stay as they are: line breaks in what is shown with its lines. */
export function readable(text: string, most: number = SHORT, keep = ""): Readable {
  const characters = [...text];
  const cut = characters.length > most ? characters.slice(0, most).join("") : text;
  let hidden = false;
  const shown = cut.replace(UNSEEN, (character) => {
    if (keep.includes(character)) return character;
    hidden = true;
    return writtenOut(character);
  });
  const mixed = (cut.match(WORD) ?? []).find((word) => ALPHABETS.filter((alphabet) => alphabet.test(word)).length > 1);
  return { shown, more: Math.max(0, characters.length - most), mixed: mixed ?? null, hidden };
}
