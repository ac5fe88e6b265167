// Three parties on three consoles, in a real browser: the same digest by clicks alone, without JavaScript, by keyboard; nothing of a
// payload becomes markup, no page asks anyone else for anything, and nothing is green while somebody is away.
import type { Browser, BrowserContext, Page } from "playwright-core";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { Stage } from "../../cli/demo/stage.ts";
import type { LocalAgent } from "../../cli/stack/agent.ts";
import { sha256Hex } from "../../shared/hash.ts";
import { chromiumPath, launch, needingChromium } from "../support/chromium.ts";
import { quorate } from "../support/cli.ts";
import { type TestStack, testStack } from "../support/stack.ts";

const HOSTILE = `"><script>document.title='owned'</script><img src=x onerror=alert(1)> {{7*7}} \u202Egnp.exe`;
const absent = chromiumPath === null;

let made: TestStack;
let stage: Stage;
let browser: Browser | null = null;
const foreign: string[] = [];

beforeAll(async () => {
  made = await testStack(3, 3_600);
  stage = new Stage(made.stack, () => undefined);
  await stage.connected();
  if (!absent) browser = await launch();
});

afterAll(async () => {
  await browser?.close();
  await made?.stop();
});

/** Opens a ceremony with a title of choice; every party comes to hold the call. */
async function open(title: string, subject: unknown = { release: "2.4" }): Promise<string> {
  const parties = made.names.map((authority) => ({ authority, role: "decider", power: 1 }));
  const { ceremony } = await stage.opener.post<{ ceremony: string }>("/v1/ceremonies", {
    pattern: "consensus",
    title,
    subject,
    parties,
  });
  stage.ceremony = ceremony;
  for (const agent of made.stack.agents)
    await stage.until(`${agent.name} holds the call`, 20, async () => (await stage.view(agent)).policy !== null);
  return ceremony;
}

/** A logged-in page at a party's console. */
async function at(
  agent: LocalAgent,
  options: Parameters<Browser["newContext"]>[0] = {},
): Promise<{ page: Page; context: BrowserContext }> {
  const context = await (browser as Browser).newContext(options);
  const page = await context.newPage();
  page.setDefaultTimeout(15_000);
  await page.route("**/*", (route) => {
    const { origin } = new URL(route.request().url());
    if (origin === agent.url) return route.continue();
    foreign.push(route.request().url());
    return route.abort();
  });
  await page.goto(`${agent.url}/`);
  await page.getByLabel("API key of this agent").fill(agent.apiKey);
  await page.getByRole("button", { name: "Log in" }).click();
  await page.getByRole("heading", { name: "Inbox" }).waitFor();
  return { page, context };
}

async function digestOn(page: Page): Promise<string> {
  return (await page.locator("#outcome .digest").innerText()).replaceAll(" ", "");
}

/** The first party clicks, without JavaScript; the others have a keyboard alone, and go from stop to stop until they are there. */
async function reach(page: Page, party: number, name: string, key: "Enter" | "Space"): Promise<void> {
  if (party === 0) {
    if (key === "Space") await page.getByLabel(name).check();
    else
      await page
        .getByRole("link", { name, exact: true })
        .or(page.getByRole("button", { name, exact: true }))
        .click();
    return;
  }
  const nameHere = () =>
    page.evaluate(() => {
      const here = document.activeElement as HTMLInputElement | null;
      return (here?.getAttribute("aria-label") ?? here?.labels?.[0]?.textContent ?? here?.textContent ?? "").trim();
    });
  if (name.startsWith("Sign") && party === 1) await page.locator("#sign").waitFor();
  for (let stop = 0; stop < 60; stop += 1) {
    await page.keyboard.press("Tab");
    if ((await nameHere()) === name) return page.keyboard.press(key);
  }
  throw new Error(`no key leads to ${name}`);
}

describe("the console without a browser", () => {
  const get = (path: string, init: RequestInit = {}) =>
    fetch(new URL(path, stage.opener.url), { redirect: "manual", ...init });

  /** What the login page gives: its cookie, and the token of its form. */
  async function loginForm(): Promise<{ readonly cookie: string; readonly token: string }> {
    const page = await get("/login");
    const [cookie = ""] = page.headers.getSetCookie().map((line) => line.split(";")[0] as string);
    return { cookie, token: /name="form-token" value="([0-9a-f]+)"/.exec(await page.text())?.[1] ?? "" };
  }

  it("sends whoever is not logged in to the login, and back to our own paths only", async () => {
    const answer = await get("/ceremonies");
    expect([answer.status, answer.headers.get("location")]).toEqual([303, "/login?back=%2Fceremonies"]);
    const { cookie, token } = await loginForm();
    const form = (back: string) =>
      get("/login", {
        method: "POST",
        headers: { cookie },
        body: new URLSearchParams({ key: stage.opener.apiKey, back, "form-token": token }),
      });
    expect((await form("/health")).headers.get("location")).toBe("/health");
    for (const back of ["//evil.example", "https://evil.example", "/\\evil.example", "javascript:alert(1)"])
      expect((await form(back)).headers.get("location")).toBe("/");
  });

  it("refuses a wrong key, a forged cookie and another site's form", async () => {
    const { cookie, token } = await loginForm();
    const body = new URLSearchParams({ key: "x", "form-token": token });
    const wrong = await get("/login", { method: "POST", headers: { cookie }, body });
    expect([wrong.status, wrong.headers.get("set-cookie")]).toEqual([401, null]);
    const forged = `quorate-console=${"ab".repeat(32)}`;
    expect((await get("/", { headers: { cookie: forged } })).status).toBe(303);
    const crossed = await get("/login", {
      method: "POST",
      body: new URLSearchParams({ key: stage.opener.apiKey, "form-token": token }),
      headers: { cookie, origin: "https://evil.example" },
    });
    const tokenless = await get("/login", {
      method: "POST",
      body: new URLSearchParams({ key: stage.opener.apiKey }),
      headers: { cookie },
    });
    expect([crossed.status, tokenless.status]).toEqual([403, 403]);
  });

  it("lets no page load or run what is not its own", async () => {
    for (const path of ["/verify", "/login", "/e/SIGNATURE_INVALID"]) {
      const { headers, status } = await get(path);
      expect(status, path).toBe(200);
      expect(headers.get("content-security-policy"), path).toContain("default-src 'none'; script-src 'self'");
    }
  });
});

describe("the console in a browser", () => {
  it.skipIf(absent)(needingChromium("brings three parties to one digest by clicks alone"), async () => {
    const ceremony = await open("Release 2.4");
    const digests: string[] = [];
    for (const agent of made.stack.agents) {
      const { page } = await at(agent);
      await page.getByRole("link", { name: "Review: Release 2.4" }).click();
      await page.getByLabel("approve").check();
      await page.getByLabel("Reason").fill("tests are green");
      await page.getByRole("button", { name: "Show what I would sign" }).click();
      await expect.poll(() => page.locator("#recomputed").innerText()).toContain("✓ This page recomputed the digest");
      const shown = (await page.locator("#digest").innerText()).replaceAll(" ", "");
      await page.getByRole("button", { name: "Sign: approve" }).click();
      await page.waitForURL(`**/c/${ceremony}`);
      await page.goto(`${agent.url}/c/${ceremony}/o/${shown}`); // the digest that was shown is the statement that was signed
      await page.getByText("contribution of").waitFor();
      const told = await quorate(
        "explain",
        shown.slice(0, 12),
        "--url",
        agent.url,
        "--key",
        agent.apiKey,
        "-o",
        "json",
      );
      expect([told.exit, (JSON.parse(told.stdout) as { id: string }).id]).toEqual([0, shown]);
    }
    await stage.agreed(30);
    for (const agent of made.stack.agents) {
      const { page } = await at(agent);
      await page.goto(`${agent.url}/c/${ceremony}`);
      await page.getByText("same outcome: 3 of 3").first().waitFor();
      digests.push(await digestOn(page));
    }
    expect(new Set(digests).size).toBe(1);
    expect(digests[0]).toBe((await stage.view(stage.opener)).outcome?.digest);
  });

  it.skipIf(absent)(needingChromium("needs neither JavaScript nor a pointer"), async () => {
    const ceremony = await open("By keyboard");
    const pages: Page[] = [];
    for (const [index, agent] of made.stack.agents.entries()) {
      const { page } = await at(agent, { javaScriptEnabled: index === 1 });
      pages.push(page);
      await reach(page, index, "Review: By keyboard", "Enter");
      await page.waitForURL(`**/c/${ceremony}/sign`);
      await reach(page, index, "approve", "Space");
      await reach(page, index, "Show what I would sign", "Enter");
      await page.locator("#recomputed").waitFor();
      await reach(page, index, "Sign: approve", "Enter");
      await page.waitForURL(`**/c/${ceremony}`);
    }
    await stage.agreed(30);
    const digests = new Set<string>();
    for (const page of pages) {
      await page.reload();
      expect(await page.locator("#outcome .digest").count()).toBe(1);
      digests.add(await digestOn(page));
    }
    expect([...digests]).toEqual([(await stage.view(stage.opener)).outcome?.digest]);
  });

  it.skipIf(absent)(needingChromium("refuses to sign what was altered between showing and confirming"), async () => {
    const ceremony = await open("Altered");
    const { page } = await at(stage.opener);
    await page.goto(`${stage.opener.url}/c/${ceremony}/sign`);
    await page.getByLabel("reject").check();
    await page.getByRole("button", { name: "Show what I would sign" }).click();
    await page.locator("input[name=choice]").evaluate((input: HTMLInputElement) => {
      input.value = "approve";
    });
    await page.getByRole("button", { name: /^Sign/ }).click();
    await page.getByText("DRAFT_CHANGED").waitFor();
    expect((await stage.view(stage.opener)).parties.every(({ contribution }) => contribution === null)).toBe(true);
  });

  it.skipIf(absent)(needingChromium("has no button where the page cannot read what would be signed"), async () => {
    const ceremony = await open("Unreadable");
    const { page, context } = await at(stage.opener);
    // What the page was given is altered once it stands there, and before its own program reads it.
    await page.addInitScript(() =>
      document.addEventListener("readystatechange", () => {
        const form = document.querySelector<HTMLFormElement>("form[data-signed]");
        if (form !== null) Object.assign(form.dataset, JSON.parse(sessionStorage.getItem("spoilt") ?? "{}"));
      }),
    );
    const other = Buffer.from("another statement");
    const cases = [
      [{ signed: other.toString("base64") }, "the digest shown is not the digest of the bytes"],
      [{ signed: other.toString("base64"), digest: sha256Hex(other) }, "the statement cannot be decoded"],
      [{ digest: "0".repeat(64) }, "the digest shown is not the digest of the bytes"],
    ] as const;
    for (const [spoilt, reason] of cases) {
      await page.goto(`${stage.opener.url}/c/${ceremony}/sign`);
      await page.evaluate((text) => sessionStorage.setItem("spoilt", text), JSON.stringify(spoilt));
      await page.getByLabel("approve").check();
      await page.getByRole("button", { name: "Show what I would sign" }).click();
      await page.getByText("BLIND_SIGNING_REFUSED").waitFor();
      expect(await page.locator("#recomputed").innerText()).toContain(reason);
      expect(await page.getByRole("button", { name: /^Sign/ }).count()).toBe(0);
    }
    await context.close();
  });

  it.skipIf(absent)(needingChromium("shows hostile strings as text on every page"), async () => {
    const ceremony = await open(HOSTILE, { note: HOSTILE });
    const { page } = await at(stage.opener);
    for (const path of ["/", "/ceremonies", `/c/${ceremony}`, `/c/${ceremony}/sign`, `/c/${ceremony}/o/${ceremony}`]) {
      await page.goto(`${stage.opener.url}${path}`);
      expect(await page.title(), path).not.toBe("owned");
      expect(await page.locator("img, script:not([src])").count(), path).toBe(0);
    }
  });

  it.skipIf(absent)(needingChromium("shows nothing green while one of the three is away"), async () => {
    const ceremony = await open("One away");
    const away = made.stack.agents[2] as LocalAgent;
    await away.kill();
    const present = made.stack.agents.slice(0, 2);
    for (const agent of present) await stage.attest(agent);
    for (const agent of present) {
      const { page, context } = await at(agent);
      await page.goto(`${agent.url}/c/${ceremony}`);
      await page.getByText("no outcome yet").first().waitFor();
      expect(await page.locator(".badge.good").count(), agent.name).toBe(0);
      expect(await page.getByText("not heard").count(), agent.name).toBeGreaterThan(0);
      await context.close();
    }
    expect(foreign).toEqual([]);
  });
});
