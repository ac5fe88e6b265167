// Every page with every string of its model replaced by a hostile one: its elements and attributes stay what harmless words make of them, no
// address leads anywhere but to this agent, and no character that cannot be seen is left. The pages are those of the routes themselves.
import { isValidElement } from "hono/jsx";
import { beforeAll, describe, expect, it, vi } from "vitest";
import { consoleRoutes } from "../../../functions/console/routes.tsx";
import { ROUTES } from "../../../functions/http/contract/table.ts";
import { REFUSALS } from "../../../shared/refusals.ts";
import { type ConsoleHere, consoleOf } from "../../support/console-here.ts";
import { type Furnished, furnish, pagesOf } from "../../support/furnished.ts";

/** What replaces the strings of a page's model from now on; null while nothing does. */
const planting = vi.hoisted(() => ({
  count: 0,
  plant: (model: unknown) => model,
}));

vi.mock("../../../functions/console/show.tsx", async (original) => {
  const real = await original<typeof import("../../../functions/console/show.tsx")>();
  return {
    ...real,
    show: (...[context, title, content, showing = {}]: Parameters<typeof real.show>) =>
      real.show(context, planting.plant(title) as string, planting.plant(content) as typeof content, {
        ...showing,
        ...(showing.of === undefined ? {} : { of: planting.plant(showing.of) as typeof showing.of }),
      }),
    showPart: (...[context, content]: Parameters<typeof real.showPart>) =>
      real.showPart(context, planting.plant(content) as typeof content),
    showRefusal: (...[context, refused, open]: Parameters<typeof real.showRefusal>) =>
      real.showRefusal(context, { ...refused, detail: planting.plant(refused.detail) as typeof refused.detail }, open),
  };
});

const HOSTILE = {
  "markup, quotes and templates": `</title></textarea></svg>"><script>document.title='owned'</script><img src=x onerror=alert(1)>' onclick='x {{7*7}} \${7*7} <%= 7 %> &#x202e; --><!--`,
  "what cannot be seen":
    "a\u202Egnp.exe \u2066b\u2069 \u200b\u200d\u00ad\ufeff \u0000\u0007\u001b[2J\r\u2028 \u{E0041}\u3164 p\u0430ypal",
  "a script's address": "javascript:alert(1)//",
  "another host": "//evil.example/\\@evil.example",
  "ten thousand letters": "W".repeat(10_000),
};

/** Words that the code itself says, digests, and addresses that a route made: no partner fills these. */
const WORDS = new Set(
  `admitted|partially admitted|not admitted|held|ignored|passes|refused|contribution|call|notice|outcome|dispute|written|settled|pending
|enforcing|seen|told|not-heard|waiting|gathering|closing|final|abandoned|expired|ready|degraded|not ready|connected|resolved|open|reopened|met
|not met|unknown|not reached|not checked|rejected|failed|duplicate|delivered|dead|good|bad|warn|plain|unanimous|fast|slow|decided|threshold
|clauses|facts|admit|refuse|partial|defer|admission|attestation|refusal|alert|expiry|hold|logical|fence|within|same|different`.split(
    /\n?\|/,
  ),
);
const isOwn = (text: string) =>
  WORDS.has(text) || /^[0-9a-f]{8,}$/.test(text) || Object.hasOwn(REFUSALS, text) || text === "";
/** Names of fields whose own fields are named by whoever wrote the document. */
const NAMED_FREELY = new Set(["roles", "folded", "subject"]);

/** The model with each string replaced by `hostile` and a number: equal strings stay equal, and others differ. */
function planter(hostile: string): (model: unknown, name?: string) => unknown {
  const numbers = new Map<string, number>();
  const replaced = (text: string): string => {
    if (isOwn(text)) return text;
    planting.count += 1;
    if (!numbers.has(text)) numbers.set(text, numbers.size);
    return `${hostile}${numbers.get(text)}`;
  };
  const plant = (model: unknown, name = ""): unknown => {
    if (typeof model === "string") return name === "next" ? model : replaced(model);
    if (typeof model !== "object" || model === null || model instanceof Uint8Array || model instanceof Date)
      return model;
    if (Array.isArray(model)) return model.map((each) => plant(each, name));
    if (model instanceof Map) return new Map([...model].map(([key, value]) => [plant(key), plant(value)]));
    const fields = Object.entries(model).map(([key, value]) => [
      NAMED_FREELY.has(name) ? replaced(key) : key,
      plant(value, key),
    ]);
    return Object.fromEntries(fields);
  };
  return (model) => {
    // A page's content is its component with the model as its fields; nothing of it is rendered yet.
    if (!isValidElement(model)) return plant(model);
    return Object.assign(Object.create(Object.getPrototypeOf(model)), model, { props: plant(model.props) });
  };
}

const TAG = /<(\/?[a-z][a-z0-9]*)((?:\s+[a-z-]+(?:="[^"]*")?)*)\s*\/?>/gi;
const WARNING =
  /<span class="badge warn wide"><span aria-hidden="true">! <\/span>(?:has characters|mixes)[^<]*<\/span>/g;

/** Elements with the names of their attributes, in order; what is said of hostile words themselves is left out. */
function shapeOf(html: string): readonly string[] {
  const said = html.replace(WARNING, "");
  const shape = [...said.matchAll(TAG)].map(
    ([, name, attributes = ""]) => `${name} ${attributes.replace(/="[^"]*"/g, "").trim()}`,
  );
  const stray = said.replace(TAG, "").match(/[<>]/g)?.length ?? 0;
  return [...shape, `${stray - 1} strays`];
}

const ADDRESS = /\s(?:href|src|action|data-live)="([^"]*)"/g;
const UNSEEN = /(?!\n)[\p{Cc}\p{Cf}\p{Zl}\p{Zp}\u{115f}\u{3164}]/u;

let furnished: Furnished;
let acme: ConsoleHere;
beforeAll(async () => {
  furnished = await furnish();
  acme = await consoleOf(furnished.acme);
});

async function pageWith(path: string, text: string | null): Promise<string> {
  planting.plant = text === null ? (model) => model : planter(text);
  const answer = await acme.get(path);
  planting.plant = (model) => model;
  expect([answer.status, path]).toEqual([200, path]);
  return answer.text();
}

describe("every page whose every string is hostile", () => {
  it.each(Object.entries(HOSTILE))("stays as it was: %s", async (_, hostile) => {
    planting.count = 0;
    for (const path of pagesOf(furnished)) {
      const [harmless, html] = [await pageWith(path, "word"), await pageWith(path, hostile)];
      expect(shapeOf(html), path).toEqual(shapeOf(harmless));
      const away = [...html.matchAll(ADDRESS)]
        .map(([, address]) => address)
        .filter((to) => !/^(?:\/(?!\/)|#)/.test(to ?? ""));
      expect(away, path).toEqual([]);
      expect(UNSEEN.exec(html)?.[0], path).toBeUndefined();
    }
    expect(planting.count).toBeGreaterThan(1_000);
  });
});

/** What is fetched by a page or kept as a file, and is no page. */
const NO_PAGES = [
  "/assets/:name",
  "/c/:id/state",
  "/c/:id/live/counts",
  "/c/:id/evidence",
  "/exchange/:mesh/statements.json",
  "/exchange/:mesh/want.json",
  "/exchange/:mesh/files/:id",
  "/exchange/:mesh/receipts/:id",
];

describe("every route that answers with a page", () => {
  it("is among those that are looked at here and in the browser", () => {
    const looked = pagesOf(furnished).map((path) => path.replace(/\?.*/, ""));
    const routes = consoleRoutes().routes.filter(({ method }) => method === "GET");
    const own = routes.map(({ path }) => path.replace(/(?<=.)\/$/, "")).filter((path) => !NO_PAGES.includes(path));
    const forgotten = own.filter((path) => {
      const pattern = new RegExp(`^${path.replace(/:\w+/g, "[^/]+")}$`);
      return !looked.some((one) => pattern.test(one));
    });
    expect(forgotten).toEqual([]);
    expect(own.length).toBeGreaterThan(25);
    const told = ROUTES.filter(({ answers }) => Object.values(answers).some(({ type }) => type === "text/html"));
    expect(told.map(({ path }) => path).filter((path) => !looked.includes(path))).toEqual([]);
  });
});
