// What ends soon in a party's folder: its credential, the device's link, an API key, and the logins to a NATS hub.
import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { newHub, withLogin, withParties } from "../../cli/nats/hub.ts";
import { createParty } from "../../cli/party/folder.ts";
import { run } from "../support/command.ts";
import { scratchFolder } from "../support/scratch.ts";

const DAY = 86_400;
const START = Date.parse("2027-03-01T00:00:00Z") / 1_000;
const at = (day: number) => new Date((START + day * DAY) * 1_000).toISOString();
const { dir, remove } = scratchFolder("expirations");
const folder = join(dir, "acme");
const login = join(dir, "acme.login.json");

beforeAll(async () => {
  createParty(folder, "acme", "board", { notBefore: START * 1e6, notAfter: (START + 100 * DAY) * 1e6 });
  expect((await run("party", "device", folder, "--at", at(0))).exit).toBe(0);
  expect((await run("key", "create", "ci", "--scope", "read", "--until", at(40), "--dir", folder)).exit).toBe(0);
  const random = () => new Uint8Array(32).fill(7);
  const hub = withParties(
    newHub("wss://nats.example.org", { client: 1, websocket: 2 }, "", START, random),
    ["acme"],
    START,
    random,
  );
  const made = withLogin(hub, "acme", { issuedAt: START, expires: START + 60 * DAY }, random);
  writeFileSync(login, JSON.stringify({ NATS_URL: hub.url, NATS_CREDS: made.login }));
  writeFileSync(
    join(folder, "old.login.json"),
    JSON.stringify({ NATS_URL: hub.url, NATS_USER: "a", NATS_PASSWORD: "b" }),
  );
});
afterAll(remove);

type Row = { readonly what: string; readonly at: string; readonly state: string };

async function told(day: number, ...more: readonly string[]) {
  const { exit, data, text } = await run("party", "expirations", folder, "--login", login, "--at", at(day), ...more);
  const { endings, soon } = data as { readonly endings: readonly Row[]; readonly soon: number };
  return {
    exit,
    soon,
    text,
    rows: endings.map(({ what, state }) => `${what} ${state}`),
    dates: endings.map((row) => row.at),
  };
}

describe("what ends", () => {
  it("is told with its instant, the next first, and is no warning while it is far away", async () => {
    const { exit, soon, rows, dates } = await told(0);
    expect([exit, soon]).toEqual([0, 0]);
    expect(rows).toEqual(["device link later", "API key later", "NATS login later", "credential later"]);
    expect(dates.map((date) => (Date.parse(date) / 1_000 - START) / DAY)).toEqual([8, 40, 60, 100]);
  });

  it.each([
    [5, [], 0, ["device link soon"]],
    [5, ["--within", "40d"], 0, ["device link soon", "API key soon"]],
    [9, [], 5, ["device link ended"]],
    [35, [], 5, ["device link ended", "API key soon", "NATS login soon"]],
    [80, [], 5, ["device link ended", "API key ended", "NATS login ended", "credential soon"]],
  ])("on day %i with %j gives exit %i and %j", async (day, flags, exit, rows) => {
    const found = await told(day, ...flags);
    expect([found.exit, found.rows.filter((row) => !row.endsWith("later"))]).toEqual([exit, rows]);
    expect(found.soon).toBe(rows.length);
    expect(found.text).toContain("do  party device");
  });

  it("is not made up of what is no party's folder", async () => {
    expect((await run("party", "expirations", dir)).exit).toBe(7);
    expect((await run("party", "expirations", folder, "--within", "soon")).exit).toBe(64);
  });
});
