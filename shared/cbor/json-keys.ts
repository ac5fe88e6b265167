// Fields that a JSON text has twice. Parsers keep the last one and say nothing, so that half of what somebody wrote would be lost.

/** What is being read: the text itself, a list, or an object with the fields it has had. */
type Open = {
  readonly is: "text" | "list" | "object";
  readonly path: string;
  readonly had: Set<string>;
  index: number;
  key: string | null;
};

const TOKENS = /"(?:[^"\\]|\\.)*"|[{}[\],:]|[^\s"{}[\],:]+/g;

/** Paths of repeated fields, in the order of the text; `text` is JSON that has been parsed. */
export function repeatedFields(text: string): readonly string[] {
  const found: string[] = [];
  const open: Open[] = [{ is: "text", path: "", had: new Set(), index: 0, key: null }];
  for (const [token] of text.matchAll(TOKENS)) {
    const here = open.at(-1) as Open;
    if (token === "{" || token === "[") {
      open.push({ is: token === "{" ? "object" : "list", path: pathIn(here), had: new Set(), index: 0, key: null });
    } else if (token === "}" || token === "]") open.pop();
    else if (token === ",") {
      here.index += 1;
      here.key = null;
    } else if (here.is === "object" && here.key === null) {
      here.key = JSON.parse(token) as string;
      if (here.had.has(here.key)) found.push(pathIn(here));
      here.had.add(here.key);
    }
  }
  return found;
}

function pathIn({ is, path, index, key }: Open): string {
  if (is === "text") return "";
  if (is === "list") return `${path}[${index}]`;
  return path === "" ? `${key}` : `${path}.${key}`;
}
