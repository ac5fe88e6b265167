// Every page of the console in a real browser, against agents in this process: axe finds nothing in two themes at 320 pixels, nothing is wider
// than the screen, no page breaks its own content policy or asks anyone else, and what moves can be stopped. Pictures stay under .quorate.
import { mkdirSync, readFileSync } from "node:fs";
import { createRequire } from "node:module";
import { join } from "node:path";
import type { Browser, BrowserContext, Page } from "playwright-core";
import { afterAll, beforeAll, describe, expect, it, vi } from "vitest";
import { projectRoot } from "../../cli/stack/project.ts";
import { LiveCounts } from "../../functions/console/pages/live.tsx";
import { pictureOf } from "../../shared/ceremony/picture.ts";
import { viewOf } from "../../shared/ceremony/view.ts";
import { bidsIn, handIn, openSale } from "../support/bidders.ts";
import { chromiumPath, launch, needingChromium } from "../support/chromium.ts";
import { KEY, type Served, serve } from "../support/console-here.ts";
import { type Furnished, furnish, pagesOf } from "../support/furnished.ts";

// The modules that pages load are built before anything imports them.
await vi.hoisted(async () => {
  const { execFileSync } = await import("node:child_process");
  execFileSync(process.execPath, ["cli/stack/browser.ts"], { stdio: "ignore" });
});

const absent = chromiumPath === null;
const axe = readFileSync(createRequire(import.meta.url).resolve("axe-core/axe.min.js"), "utf8");
const pictures = join(projectRoot, ".quorate", "console");

let furnished: Furnished;
let served: Served;
let browser: Browser;
const foreign: string[] = [];
const complaints: string[] = [];

beforeAll(async () => {
  if (absent) return;
  furnished = await furnish();
  served = await serve(furnished.acme);
  browser = await launch();
  mkdirSync(pictures, { recursive: true });
});

afterAll(async () => {
  await browser?.close();
  await served?.stop();
});

async function enter(options: Parameters<Browser["newContext"]>[0]): Promise<{ page: Page; context: BrowserContext }> {
  const context = await browser.newContext(options);
  const page = await context.newPage();
  page.setDefaultTimeout(15_000);
  await page.route("**/*", (route) => {
    if (new URL(route.request().url()).origin === served.url) return route.continue();
    foreign.push(route.request().url());
    return route.abort();
  });
  page.on("console", (message) => {
    if (message.type() === "error") complaints.push(`${page.url()}: ${message.text()}`);
  });
  page.on("pageerror", (error) => complaints.push(`${page.url()}: ${error.message}`));
  await page.goto(`${served.url}/login`);
  await page.getByLabel("API key of this agent").fill(KEY);
  await page.getByRole("button", { name: "Log in" }).click();
  await page.getByRole("heading", { name: "Inbox" }).waitFor();
  return { page, context };
}

type Axe = { run: (options: object) => Promise<{ violations: { id: string; nodes: { html: string }[] }[] }> };

async function findings(page: Page, options: object): Promise<readonly unknown[]> {
  await page.addScriptTag({ content: axe });
  return page.evaluate(
    async (asked) =>
      (await (globalThis as unknown as { axe: Axe }).axe.run(asked)).violations.map(({ id, nodes }) => [
        id,
        nodes[0]?.html,
      ]),
    options,
  );
}

/** What hostile words would have made, had a page let them: elements and handlers that no page has, and characters that cannot be seen. */
function madeOfWords(): readonly string[] {
  const all = [...document.querySelectorAll("*")];
  const elements = all.filter((one) => one.matches("img, iframe, object, embed, base, script:not([src^='/assets/'])"));
  const handlers = all.filter((one) => one.getAttributeNames().some((name) => name.startsWith("on")));
  const away = all.filter((one) => /^\s*(javascript|data|vbscript):/i.test(one.getAttribute("href") ?? ""));
  const unseen = /[\p{Cf}\p{Zl}\p{Zp}]/u.test(document.documentElement.textContent ?? "") ? ["a character unseen"] : [];
  return [...[...elements, ...handlers, ...away].map(({ outerHTML }) => outerHTML.slice(0, 120)), ...unseen];
}

/** What is clicked and is less than 24 pixels high or wide; a link within a line of text may be as small as its line (WCAG 2.5.8). */
function smallTargets(): readonly string[] {
  const inText = (one: Element) => one.matches("a") && getComputedStyle(one).display === "inline";
  return [...document.querySelectorAll<HTMLElement>("a, button, input:not([type=hidden]), select, textarea, summary")]
    .filter((one) => one.checkVisibility() && !inText(one) && !one.matches(".skip"))
    .filter((one) => {
      const { width, height } = one.getBoundingClientRect();
      return width < 24 || height < 24;
    })
    .map((one) => one.outerHTML.slice(0, 120));
}

/** A theme changes colours and nothing else. */
const RULES = { light: {}, dark: { runOnly: ["color-contrast", "link-in-text-block"] } } as const;

/** What a page's picture is called: the same in every run. */
function named(path: string): string {
  const { decided, unheard, waiting, hostile } = furnished;
  const plain = Object.entries({ decided, unheard, waiting, hostile }).reduce(
    (text, [name, id]) => text.replaceAll(id, name),
    path,
  );
  return plain.replace(/\W+/g, "-").replace(/^-/, "") || "inbox";
}

describe("every page of the console", () => {
  for (const colorScheme of ["light", "dark"] as const)
    it.skipIf(absent)(needingChromium(`has nothing for axe to find at 320 pixels, ${colorScheme}`), async () => {
      const viewport = { width: 320, height: 800 };
      const { page, context } = await enter({ colorScheme, viewport, bypassCSP: true, reducedMotion: "reduce" });
      const found: unknown[] = [];
      for (const path of pagesOf(furnished)) {
        await page.goto(`${served.url}${path}`);
        found.push(...(await findings(page, RULES[colorScheme])).map((one) => [path, one]));
        const over = await page.evaluate(
          () => document.documentElement.scrollWidth - document.documentElement.clientWidth,
        );
        if (over > 0) found.push([path, `${over} pixels too wide`]);
        const moving = await page.evaluate(
          () =>
            [...document.querySelectorAll("*")].filter((one) => getComputedStyle(one).animationName !== "none").length,
        );
        if (moving > 0) found.push([path, "moves although nothing should"]);
        found.push(...(await page.evaluate(smallTargets)).map((small) => [path, `too small to hit: ${small}`]));
      }
      expect(found).toEqual([]);
      await context.close();
    });

  it.skipIf(absent)(
    needingChromium("keeps to its content policy, asks nobody else, and has its picture taken"),
    async () => {
      const { page, context } = await enter({ viewport: { width: 1_100, height: 800 } });
      for (const path of pagesOf(furnished)) {
        await page.goto(`${served.url}${path}`);
        expect(await page.title(), path).not.toBe("owned");
        expect(await page.evaluate(madeOfWords), path).toEqual([]);
        // The table of routes alone is as long as all other pages together.
        await page.screenshot({ path: join(pictures, `${named(path)}.png`), fullPage: path !== "/docs" });
      }
      expect(complaints).toEqual([]);
      expect(foreign).toEqual([]);
      await context.close();
    },
  );

  it.skipIf(absent)(needingChromium("is told apart in forced colours, and prints its certificate alone"), async () => {
    const { page, context } = await enter({ forcedColors: "active", viewport: { width: 1_100, height: 800 } });
    await page.goto(`${served.url}/c/${furnished.unheard}`);
    const borders = await page.$$eval(".badge", (badges) => badges.map((badge) => getComputedStyle(badge).borderStyle));
    expect(new Set(borders)).toEqual(new Set(["solid"]));
    await page.screenshot({ path: join(pictures, "forced-colours.png"), fullPage: true });
    await page.goto(`${served.url}/c/${furnished.decided}/certificate`);
    await page.emulateMedia({ media: "print" });
    expect(await page.locator("header").isVisible()).toBe(false);
    expect(await page.locator(".certificate").isVisible()).toBe(true);
    await page.screenshot({ path: join(pictures, "printed-certificate.png"), fullPage: true });
    await context.close();
  });

  it.skipIf(absent)(needingChromium("is reached and read by keyboard alone"), async () => {
    const { page, context } = await enter({ viewport: { width: 1_100, height: 800 } });
    await page.goto(`${served.url}/c/${furnished.decided}`);
    await page.keyboard.press("Tab");
    expect(await page.evaluate(() => document.activeElement?.textContent)).toContain("Skip to the content");
    await page.keyboard.press("Enter");
    expect(await page.evaluate(() => document.activeElement?.id)).toBe("main");
    const node = page.locator("svg").getByRole("link", { name: /approve · bolt/ });
    await node.focus();
    await page.keyboard.press("Enter");
    await page.getByRole("heading", { name: "Observation" }).waitFor();
    await context.close();
  });
});

/** A sale of a few hundred real bids, counted as if ten thousand had come. */
async function saleParts(): Promise<readonly string[]> {
  const sale = openSale(100);
  const bids = bidsIn(sale, 300);
  handIn(sale, "acme", bids);
  const { state } = sale.net.agent("acme");
  const [view, picture] = [viewOf(state), pictureOf(state, [], 200)];
  const each = [0, 1, 2].map((turn) => {
    const held = 9_998 + turn;
    const counted = { ...picture, folded: { bidder: held - 200 }, counts: { held, refused: 59 } };
    return LiveCounts({
      view,
      picture: counted,
      lag: { queue: { messages: 1_200, oldestMs: null }, waiting: 0, late: [] },
      now: sale.net.now,
    });
  });
  return Promise.all(each.map(async (part) => String(await part)));
}

const HEAP_MAX = 50 * 1_024 * 1_024;

describe("what keeps itself up to date", () => {
  it.skipIf(absent)(needingChromium("stays small, and counts rather than lists, where ten thousand bid"), async () => {
    const parts = await saleParts();
    const { page, context } = await enter({ viewport: { width: 1_100, height: 800 } });
    await page.clock.install();
    let asked = 0;
    await page.route("**/live/counts", (route) => {
      asked += 1;
      return route.fulfill({
        body: parts[asked % parts.length] as string,
        contentType: "text/html",
        headers: { etag: `"${asked}"` },
      });
    });
    await page.goto(`${served.url}/c/${furnished.waiting}/live`);
    await page.evaluate(() => {
      const told = globalThis as unknown as { spokenAt: number[] };
      told.spokenAt = [];
      const speaker = document.querySelector("#spoken") as Node;
      new MutationObserver(() => told.spokenAt.push(Date.now())).observe(speaker, {
        childList: true,
        characterData: true,
        subtree: true,
      });
    });
    const turn = async () => {
      await page.clock.runFor(3_000);
      return asked;
    };
    await expect.poll(turn, { timeout: 20_000, interval: 10 }).toBeGreaterThan(24);
    await expect.poll(() => page.locator(".count strong").innerText()).toMatch(/^(9,99[89]|10,000)$/);
    expect(await page.locator("tbody tr").count()).toBe(200);
    expect(await page.locator("figure.pace svg rect").count()).toBeLessThanOrEqual(60);
    const session = await context.newCDPSession(page);
    await session.send("HeapProfiler.collectGarbage");
    const { metrics } = await session.send("Performance.enable").then(() => session.send("Performance.getMetrics"));
    const heap = metrics.find(({ name }) => name === "JSHeapUsedSize")?.value ?? Number.POSITIVE_INFINITY;
    expect(heap).toBeLessThan(HEAP_MAX);
    const spokenAt = await page.evaluate(() => (globalThis as unknown as { spokenAt: number[] }).spokenAt);
    expect(spokenAt.length).toBeGreaterThan(2);
    expect(Math.min(...spokenAt.slice(1).map((at, index) => at - (spokenAt[index] as number)))).toBeGreaterThanOrEqual(
      10_000,
    );
    await context.close();
  });

  it.skipIf(absent)(needingChromium("brings new counts, says so once, and stops when told to"), async () => {
    const { here, acme, waiting } = furnished;
    const { page, context } = await enter({ viewport: { width: 1_100, height: 800 } });
    await page.goto(`${served.url}/c/${waiting}/live`);
    expect(await page.locator(".count strong").innerText()).toBe("1");
    const pause = page.getByRole("button", { name: "Pause updates" });
    await pause.focus();
    await here.attest(acme, waiting, { choice: "approve" });
    await expect.poll(() => page.locator(".count strong").innerText(), { timeout: 10_000 }).toBe("2");
    expect(await page.locator("#spoken").innerText()).toMatch(/^2 contributions, /);
    expect(await pause.evaluate((button) => button === document.activeElement)).toBe(true);
    await pause.click();
    expect(await page.locator("#pause").getAttribute("aria-pressed")).toBe("true");
    let asked = 0;
    page.on("request", () => {
      asked += 1;
    });
    await page.waitForTimeout(3_500);
    expect(asked).toBe(0);
    await context.close();
  });
});
