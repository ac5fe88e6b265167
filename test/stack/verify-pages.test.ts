// The two pages that verify evidence, in a real browser: the agent's `/verify` under its own headers, and the one file opened from a disk.
// Each gives for every case the verdict and the code that the command line gives, makes no request, and leaves axe nothing to find.
import { execFileSync } from "node:child_process";
import { readFileSync, writeFileSync } from "node:fs";
import { createRequire } from "node:module";
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import { Hono } from "hono";
import type { Browser, BrowserContext, Page } from "playwright-core";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { verifierPage } from "../../cli/stack/verifier-page.ts";
import type { AgentConfig } from "../../durable/config.ts";
import type { AgentContext } from "../../functions/http/app.ts";
import { toBase64 } from "../../shared/bytes.ts";
import { chromiumPath, launch, needingChromium } from "../support/chromium.ts";
import { scratchFolder } from "../support/scratch.ts";
import { type EvidenceCase, evidenceCases } from "../support/tampered.ts";

const absent = chromiumPath === null;
const axe = readFileSync(createRequire(import.meta.url).resolve("axe-core/axe.min.js"), "utf8");
/** A browser has its cryptography only where a page came safely. */
const AGENT = "https://agent.test";
const { dir, remove } = scratchFolder("verify-page");
const file = join(dir, "verify.html");
const cases = evidenceCases();
let browser: Browser | null = null;
let served: (path: string) => Response | Promise<Response>;

beforeAll(async () => {
  const root = new URL("../..", import.meta.url).pathname;
  execFileSync(process.execPath, [join(root, "cli", "stack", "browser.ts")]);
  const { consoleRoutes } = await import("../../functions/console/routes.tsx");
  const app = new Hono<AgentContext>();
  // Nobody is logged in; the page asks for nothing of the agent.
  app.use((context, next) => {
    context.set("config", { access: null } as AgentConfig);
    return next();
  });
  app.route("/", consoleRoutes());
  served = (path) => app.request(path);
  writeFileSync(file, await verifierPage());
  if (!absent) browser = await launch();
});

afterAll(async () => {
  await browser?.close();
  remove();
});

type Options = Parameters<Browser["newContext"]>[0];

/** A page at one of the two places; what else it asks for is refused and noted. */
async function at(
  place: "served" | "file",
  options: Options = {},
): Promise<{ page: Page; context: BrowserContext; asked: string[] }> {
  const context = await (browser as Browser).newContext(options);
  const page = await context.newPage();
  page.setDefaultTimeout(15_000);
  const asked: string[] = [];
  // The page, and the agent's own assets under the digests of their contents.
  const isOwn = (url: string) =>
    url === pathToFileURL(file).href ||
    url === `${AGENT}/verify` ||
    /^https:\/\/agent\.test\/assets\/(verify|console|icon)\.[0-9a-f]+\.(js|css|svg)$/.test(url);
  page.on("pageerror", (error) => asked.push(`error: ${error.message}`));
  await page.route("**/*", async (route) => {
    const url = route.request().url();
    if (!isOwn(url)) asked.push(url);
    if (url.startsWith("file:")) return route.continue();
    const answer = await served(new URL(url).pathname);
    return route.fulfill({
      status: answer.status,
      headers: Object.fromEntries(answer.headers),
      body: Buffer.from(await answer.arrayBuffer()),
    });
  });
  await page.goto(place === "served" ? `${AGENT}/verify` : pathToFileURL(file).href);
  return { page, context, asked };
}

/** Puts each case into the page's form as chosen files, submits it, and reads the answer. */
function judgedBy(page: Page, ones: readonly EvidenceCase[]): Promise<readonly unknown[]> {
  const files = ones.map(({ bundle, trust }) => ({ bundle: toBase64(bundle), trust: JSON.stringify(trust) }));
  return page.evaluate(async (all) => {
    const form = document.querySelector<HTMLFormElement>("#verify") as HTMLFormElement;
    const shown = document.querySelector<HTMLElement>("#verdict") as HTMLElement;
    const choose = (name: string, content: BlobPart) => {
      const chosen = new DataTransfer();
      chosen.items.add(new File([content], `${name}.json`));
      (form.querySelector(`input[name=${name}]`) as HTMLInputElement).files = chosen.files;
    };
    const answers: unknown[] = [];
    for (const { bundle, trust } of all) {
      choose(
        "bundle",
        Uint8Array.from(atob(bundle), (byte) => byte.charCodeAt(0)),
      );
      choose("trust", trust);
      form.requestSubmit();
      while (shown.dataset.verdict === undefined) await new Promise((resolve) => setTimeout(resolve, 2));
      answers.push([shown.dataset.verdict, shown.dataset.code || null]);
    }
    return answers;
  }, files);
}

describe.each(["served", "file"] as const)("the verifier's page, %s", (place) => {
  it.skipIf(absent)(needingChromium("gives every case the verdict of the command line, and asks nobody"), async () => {
    const { page, context, asked } = await at(place);
    const told = await judgedBy(page, cases);
    expect(cases.map(({ name }, index) => [name, told[index]])).toEqual(
      cases.map(({ name, verdict, code }) => [name, [verdict, code]]),
    );
    expect(asked).toEqual([]);
    await context.close();
  });

  it.skipIf(absent)(needingChromium("takes dropped files, whichever is which, and works offline"), async () => {
    const { page, context } = await at(place);
    await context.setOffline(true);
    const [sound] = cases as [EvidenceCase];
    const texts = [JSON.stringify(sound.trust), new TextDecoder().decode(sound.bundle)];
    await page.evaluate((contents) => {
      const dropped = new DataTransfer();
      for (const [index, text] of contents.entries()) dropped.items.add(new File([text], `${index}.json`));
      document.body.dispatchEvent(new DragEvent("drop", { dataTransfer: dropped, bubbles: true, cancelable: true }));
    }, texts);
    await page.locator("#verdict[data-verdict=passed]").waitFor();
    expect(await page.locator("#verdict").textContent()).toMatch(/✓ PASSED.*0 requests were made\./s);
    await context.close();
  });

  it.skipIf(absent)(needingChromium("has nothing for axe to find, in two themes, at 320 pixels"), async () => {
    for (const colorScheme of ["light", "dark"] as const) {
      const { page, context } = await at(place, {
        colorScheme,
        viewport: { width: 320, height: 800 },
        bypassCSP: true,
      });
      await judgedBy(page, cases.slice(3, 4));
      await page.addScriptTag({ content: axe });
      const violations = await page.evaluate(async () => {
        const { axe: checker } = globalThis as unknown as { axe: { run(): Promise<{ violations: { id: string }[] }> } };
        return (await checker.run()).violations.map(({ id }) => id);
      });
      expect([colorScheme, violations]).toEqual([colorScheme, []]);
      const wider = await page.evaluate(
        () => document.documentElement.scrollWidth - document.documentElement.clientWidth,
      );
      expect(wider).toBeLessThanOrEqual(0);
      await context.close();
    }
  });
});

describe("the one file", () => {
  it("names what may run in it by its hash, and allows nothing else", () => {
    const page = readFileSync(file, "utf8");
    const [, policy] = /http-equiv="content-security-policy" content="([^"]+)"/i.exec(page) ?? [];
    expect(policy).toMatch(
      /^default-src 'none'; script-src 'sha256-[\w+/]{43}='; style-src 'sha256-[\w+/]{43}='; base-uri/,
    );
    expect(page).not.toMatch(/<(?:script|link|img|iframe)[^>]+(?:src|href)=/i);
  });

  it.skipIf(absent)(needingChromium("runs nothing once a byte of its program is altered"), async () => {
    const sound = readFileSync(file, "utf8");
    writeFileSync(file, sound.replace("✓ PASSED", "✓ PASSED!").replace("\\u2713 PASSED", "\\u2713 PASSED!"));
    const { page, context } = await at("file");
    await page.getByRole("button", { name: "Verify" }).waitFor();
    const handled = await page.evaluate(
      () => !document.dispatchEvent(new DragEvent("dragover", { cancelable: true, bubbles: true })),
    );
    expect(handled).toBe(false);
    await context.close();
    writeFileSync(file, sound);
  });
});
