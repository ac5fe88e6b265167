// The console's pages without a browser: every page is there and guarded, no form is taken that was not served, nothing of a payload is
// markup, and what the pages say is what is held.
import { beforeAll, describe, expect, it, vi } from "vitest";
import { payloadOf } from "../../../functions/console/signing.ts";
import type { DraftedContribution } from "../../../shared/ceremony/draft.ts";
import { type ConsoleHere, consoleOf, KEY } from "../../support/console-here.ts";
import { type Furnished, furnish, pagesOf } from "../../support/furnished.ts";
import { MESH } from "../../support/parties.ts";

let furnished: Furnished;
let acme: ConsoleHere;
beforeAll(async () => {
  furnished = await furnish();
  acme = await consoleOf(furnished.acme);
});

describe("every page", () => {
  it("is there, and may load and run nothing but what this agent serves", async () => {
    for (const path of pagesOf(furnished)) {
      const answer = await acme.get(path);
      expect([answer.status, path]).toEqual([200, path]);
      const policy = answer.headers.get("content-security-policy") ?? "";
      expect(policy, path).toContain("default-src 'none'; script-src 'self'; style-src 'self'");
      expect(policy.includes("connect-src 'self'"), path).toBe(/^\/c\/[0-9a-f]{64}(\/live)?$/.test(path));
      expect(answer.headers.get("referrer-policy"), path).toBe("no-referrer");
    }
  });

  it("makes no markup of anybody's words, and hides none of them", async () => {
    for (const path of pagesOf(furnished)) {
      const html = await acme.page(path);
      expect(html.match(/<script(?! type="module" src=)|<img|onerror=alert\(1\)>/g), path).toBeNull();
      expect(html.match(/href="javascript:/i), path).toBeNull();
      // biome-ignore lint/suspicious/noControlCharactersInRegex: they are what is looked for
      expect(html.match(/[\u202e\u0007\u001b]/), path).toBeNull();
    }
    const page = await acme.page(`/c/${furnished.hostile}`);
    expect(page).toContain("⟨U+202E⟩gnp.exe");
    expect(page).toContain("mixes alphabets in a word");
  });

  it("says whose view it is and who was heard", async () => {
    for (const path of ["/", "/keys", `/mesh/${MESH}`]) {
      const text = await acme.page(path);
      expect(text, path).toMatch(/As seen by <strong>acme<\/strong> · read <time/);
      expect(text, path).toMatch(/heard from bolt \d+\ss\sago, crux/);
    }
  });
});

describe("forms", () => {
  const paths = () => [
    "/login",
    "/logout",
    `/c/${furnished.waiting}/sign`,
    `/c/${furnished.waiting}/sign/confirm`,
    "/policies/simulate",
    `/mesh/${MESH}/apart`,
    `/mesh/${MESH}/return`,
    `/mesh/${MESH}/revoke`,
    `/mesh/${MESH}/reconcile`,
    `/mesh/${MESH}/merge`,
    `/exchange/${MESH}`,
    `/exchange/${MESH}/arrivals`,
    `/exchange/${MESH}/files`,
    "/sources/gh/requests/req_1/replay",
  ];

  it("are refused without a token, with another's, and from another site", async () => {
    // A browser brings the session's cookie, and a page of another site may have learnt the token.
    const own = /form-token" value="([0-9a-f]+)"/.exec(await acme.page("/"))?.[1] ?? "";
    const { cookie } = acme;
    for (const path of paths()) {
      expect([(await acme.send(path, {}, null)).status, path]).toEqual([403, path]);
      expect([(await acme.send(path, {}, "ab".repeat(32))).status, path]).toEqual([403, path]);
      const crossed = await furnished.acme.request(path, {
        method: "POST",
        headers: { "sec-fetch-site": "cross-site", accept: "text/html", cookie },
        body: new URLSearchParams({ "form-token": own }),
      });
      expect([crossed.status, path]).toEqual([403, path]);
    }
  });

  it("end a session for good when one logs out", async () => {
    const other = await consoleOf(furnished.acme);
    const left = await other.send("/logout", {});
    expect(left.headers.getSetCookie().join()).toMatch(
      /quorate-console=; Max-Age=0; Path=\/; HttpOnly; SameSite=Strict/,
    );
  });
});

describe("what pages say", () => {
  it("is one digest at three parties, each by its own console", async () => {
    const digests = new Set<string | undefined>();
    for (const agent of furnished.here.agents) {
      const page = await (await consoleOf(agent)).page(`/c/${furnished.decided}`);
      expect(page).toContain("same outcome: 3 of 3");
      digests.add(/class="digest">([0-9a-f ]{79})</.exec(page)?.[1]?.replaceAll(" ", ""));
    }
    expect([...digests]).toEqual([(await furnished.acme.ceremony(furnished.decided).view()).outcome?.digest]);
  });

  it("is never green while somebody was not heard, at whichever side of the cut", async () => {
    for (const agent of furnished.here.agents) {
      const page = await (await consoleOf(agent)).page(`/c/${furnished.unheard}`);
      expect(page).toContain(
        agent === furnished.crux ? "no outcome yet" : "same outcome: 2 of 3, the others not heard",
      );
      expect(page).not.toContain('class="badge good"');
    }
    const inbox = await acme.page("/");
    expect(inbox.match(/class="badge good"/g)?.length).toBe(1); // the one that all have told of
  });

  it("is counted as the outcome is", async () => {
    const page = await acme.page(`/c/${furnished.waiting}`);
    expect(page).toMatch(/value="1"><\/progress> 1 of 3 needed, of 3 in all/);
    const sign = await acme.page(`/c/${furnished.waiting}/sign`);
    expect(sign).toContain("with you it has 2 of 3 needed");
    expect(sign).toContain("which leaves 2 where 3 are needed: nothing else can win any more");
  });

  it("is of one's own state what monitoring is told", async () => {
    const cut = await consoleOf(furnished.crux);
    const { reasons } = (await (await furnished.crux.request("/readyz")).json()) as {
      readonly reasons: readonly { code: string }[];
    };
    const [said] = (await cut.page("/health")).split('class="facts"');
    const shown = [...(said ?? "").matchAll(/href="\/e\/([A-Z_]+)"/g)].map(([, code]) => code);
    expect(shown).toContain("BUS_UNREACHABLE");
    expect(shown).toEqual(reasons.map(({ code }) => code));
  });

  it("comes again as it was, or not at all", async () => {
    const path = `/c/${furnished.decided}/live/counts`;
    const first = await acme.get(path);
    const again = await acme.get(path, { "if-none-match": first.headers.get("etag") ?? "" });
    expect([first.status, again.status]).toEqual([200, 304]);
  });

  it("names the fourth no by itself: what never arrived", async () => {
    const answer = await acme.get(`/c/${furnished.decided}/o/${"ab".repeat(32)}`);
    expect([answer.status, (await answer.text()).includes("NEVER_ARRIVED")]).toEqual([404, true]);
  });

  it("is narrowed by the address", async () => {
    const titles = async (query: string) => {
      const html = await acme.page(`/ceremonies?${query}`);
      return [...html.matchAll(/<a href="\/c\/[0-9a-f]{64}"><bdi>([^<]*)<\/bdi>/g)].map(([, title]) =>
        title?.slice(0, 12),
      );
    };
    expect(await titles("pattern=approval")).toEqual(["Without crux"]);
    expect(await titles("status=final&pattern=consensus")).toEqual(["Release 2.4 "]);
    expect(await titles("partner=nobody")).toEqual([]);
    expect((await titles("")).length).toBe(4);
  });
});

describe("what is signed", () => {
  const path = () => `/c/${furnished.waiting}/sign`;
  const ceremony = () => furnished.acme.ceremony(furnished.waiting);

  it("is shown with its digest, its policy and its role, and no button stands there before the page has read it", async () => {
    const html = await (await acme.send(path(), { choice: "approve" })).text();
    expect(html).toMatch(/<button type="submit" class="main" id="sign" hidden="" disabled="">/);
    expect(html.replace(/<noscript>.*?<\/noscript>/s, "").match(/<button/g)?.length).toBe(2); // logging out is the other
    const { toBeSigned } = (
      (await ceremony().draft(new Map([["choice", "approve"]]))) as { value: DraftedContribution }
    ).value;
    expect(payloadOf(toBeSigned)).toMatchObject({ ceremony: furnished.waiting });
  });

  it.each([
    ["the statement", "the statement cannot be decoded"],
    ["the policy", "the policy cannot be decoded"],
    ["the role", "the policy does not say what the role may do"],
  ])("is refused, without a button, where %s cannot be read", async (what, reason) => {
    const { waiting } = furnished;
    const picture = await ceremony().picture(0);
    const spoilt =
      what === "the statement"
        ? vi.spyOn(ceremony(), "draft").mockResolvedValue({
            ok: true,
            value: { id: waiting, at: 0, toBeSigned: new Uint8Array([0x9f]) },
          } as Awaited<ReturnType<ReturnType<typeof ceremony>["draft"]>>)
        : vi
            .spyOn(ceremony(), "picture")
            .mockResolvedValue({ ...picture, policy: what === "the role" ? { roles: {} } : null });
    const html = await (await acme.send(path(), { choice: "approve" })).text();
    spoilt.mockRestore();
    expect(html).toContain("BLIND_SIGNING_REFUSED");
    expect(html).toContain(reason);
    expect(html).not.toContain("/sign/confirm");
  });
});

describe("the simulator", () => {
  const scenario = JSON.stringify({
    parties: ["a", "b", "c"].map((id) => ({ id, role: "decider", power: 1 })),
    rounds: [["a", "b", "c"].map((party) => ({ party, payload: { choice: "approve" } }))],
  });

  it("decides as the command line does, and tells what the end hangs on", async () => {
    const answer = await acme.send("/policies/simulate", { policy: "pattern:consensus", scenario, silent: "1" });
    const html = await answer.text();
    expect(answer.status).toBe(200);
    expect(html).toContain("approve has 3 of 3, needs 3");
    expect(html).toContain("0 of 3 runs end the same");
  });

  it("answers nonsense with a refusal beside the form, and keeps what was written", async () => {
    const answer = await acme.send("/policies/simulate", { policy: "pattern:consensus", scenario: "{nonsense" });
    const html = await answer.text();
    expect([answer.status, html.includes("BODY_INVALID"), html.includes("{nonsense")]).toEqual([422, true, true]);
  });
});

describe("a coalition", () => {
  const mesh = () => furnished.acme.env.MESH.getByName(MESH);

  it("previews what a revocation touches, and signs it only once that was read", async () => {
    const preview = await acme.page(`/mesh/${MESH}/revoke?translator=bolt/to-acme`);
    expect(preview).toContain("B1 of bolt");
    const unread = await acme.send(`/mesh/${MESH}/revoke`, { translator: "bolt/to-acme" });
    expect(unread.status).toBe(400);
    expect((await mesh().revocations()).length).toBe(0);
    const signed = await acme.send(`/mesh/${MESH}/revoke`, { translator: "bolt/to-acme", sure: "yes" });
    expect([signed.status, signed.headers.get("location")]).toEqual([303, `/mesh/${MESH}`]);
    const policy = await mesh().coalition(null);
    expect(policy.ok && policy.value.clauses.map(({ id }) => id)).toEqual(["A1"]);
    expect(await acme.page(`/mesh/${MESH}`)).toMatch(/<td data-label="Partner">crux<\/td>.*not heard/s);
  });

  it("goes apart on purpose and comes back, and shows neither as an error", async () => {
    const terms = { with: "elsewhere", reason: "scheduled", condition: "the exercise is over" };
    const apart = await acme.send(`/mesh/${MESH}/apart`, terms);
    expect(apart.status).toBe(303);
    const page = await acme.page(`/mesh/${MESH}`);
    expect(page).toMatch(/apart by declaration/);
    expect(page).toMatch(/Return to elsewhere/);
    expect((await acme.send(`/mesh/${MESH}/return`, { with: "elsewhere" })).status).toBe(303);
    expect(await acme.page(`/mesh/${MESH}`)).not.toMatch(/apart by declaration/);
  });

  it("checks a file without taking anything in, and takes it in when told to", async () => {
    const out = await acme.get(`/exchange/${MESH}/statements.json`);
    const file = new File([await out.text()], "statements.json", { type: "application/json" });
    const crux = await consoleOf(furnished.crux);
    const before = await furnished.crux.env.MESH.getByName(MESH).page(0, 1_000);
    const checked = await (await crux.send(`/exchange/${MESH}`, { file, do: "check" })).text();
    expect(checked).toContain("Checked; nothing was taken in");
    expect((await furnished.crux.env.MESH.getByName(MESH).page(0, 1_000)).frames.length).toBe(before.frames.length);
    await crux.send(`/exchange/${MESH}`, { file, do: "take" });
    const after = await furnished.crux.env.MESH.getByName(MESH).page(0, 1_000);
    expect(after.frames.length).toBeGreaterThan(before.frames.length);
  });
});

describe("a session", () => {
  it("is for this host alone where there is TLS, and out of reach of scripts", async () => {
    const login = "https://acme.example/login";
    const form = await furnished.bolt.request(login, { headers: { accept: "text/html" } });
    const [visit = ""] = form.headers.getSetCookie();
    const token = /form-token" value="([0-9a-f]+)"/.exec(await form.text())?.[1] ?? "";
    const entered = await furnished.bolt.request(login, {
      method: "POST",
      headers: { accept: "text/html", cookie: visit.split(";")[0] as string },
      body: new URLSearchParams({ key: KEY, "form-token": token }),
    });
    for (const cookie of [visit, entered.headers.getSetCookie()[0]])
      expect(cookie).toMatch(/^__Host-quorate-\w+=.*; Path=\/; HttpOnly; Secure; SameSite=Strict$/);
    expect(entered.headers.get("strict-transport-security")).toBe("max-age=31536000");
  });

  it("ends with the key that it hangs on", async () => {
    const session = await consoleOf(furnished.crux);
    expect((await session.get("/")).status).toBe(200);
    await furnished.crux.env.EDGE.getByName("edge").withdraw("API_KEY", Date.now());
    expect((await session.get("/")).status).toBe(303);
  });
});
