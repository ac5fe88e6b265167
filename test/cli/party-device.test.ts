// A party's root enrols its agent's device and countersigns a link a day: the agent presents them, the door walks them, a skipped or a copied link is
// seen.
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { configOf } from "../../durable/config.ts";
import { deviceForks } from "../../shared/authority/continuity.ts";
import { assembleTrust } from "../../shared/authority/trust.ts";
import { DEVICE_LINKS_MAX } from "../../shared/limits.ts";
import { admit } from "../../shared/observation/admit.ts";
import type { VerifiedObservation } from "../../shared/observation/observation.ts";
import { run } from "../support/command.ts";
import { draftOf } from "../support/statements.ts";

const folder = mkdtempSync(join(tmpdir(), "quorate-device-"));
afterAll(() => rmSync(folder, { recursive: true }));
const dir = join(folder, "acme");
const DAY = 86_400_000_000;
const START = Math.floor((Date.now() * 1_000) / DAY) * DAY + DAY + DAY / 2;
const path = (file: string) => join(dir, file);
const document = () => JSON.parse(readFileSync(path("party.json"), "utf8")) as { deviceLinks: readonly string[] };

beforeAll(() => run("party", "init", "acme", "--mesh", "test-mesh", "--dir", dir));

const device = async (day: number) => {
  const { data } = await run("party", "device", dir, "--at", String(START + day * DAY));
  return data as { enrolled: boolean; epoch: number; links: number; hash: string };
};

/** What an agent that is deployed with a document says on a day. */
function said(changes: object, day: number, sequence = 1): VerifiedObservation {
  const secrets = JSON.parse(readFileSync(path("secrets.json"), "utf8"));
  const config = configOf({ ...secrets, PARTY: JSON.stringify({ ...document(), ...changes }) });
  if (!config.ok) throw new Error(JSON.stringify(config.fault));
  const at = START + day * DAY;
  const draft = draftOf("contribution");
  return config.value.author({ ...draft, at: [at, at], lineage: { ...draft.lineage, sequence } });
}

async function judged(observation: VerifiedObservation) {
  const root = observation.chain[0].issuer;
  const trust = assembleTrust({ mesh: "test-mesh", pins: new Map([[root, "acme"]]), device: "continuous" });
  const admitted = await admit(observation.frame, trust);
  return admitted.ok ? "ok" : admitted.fault.code;
}

describe("party device", () => {
  it("enrols, goes on day by day, and the agent's door asks for no more", async () => {
    expect(await judged(said({}, 0))).toBe("DEVICE_UNPROVED");
    expect(await device(0)).toMatchObject({ enrolled: true, epoch: 0, links: 1 });
    expect(await judged(said({}, 0))).toBe("ok");
    expect(await device(0)).toMatchObject({ enrolled: false, epoch: 0, links: 1 });
    expect(await device(1)).toMatchObject({ enrolled: false, epoch: 1, links: 2 });
    expect(await device(3)).toMatchObject({ enrolled: false, epoch: 3, links: 3 });
    expect(await judged(said({}, 3))).toBe("ok");
  });

  it("shows a device that leaves out a link, and one that was not seen for too long", async () => {
    const { deviceLinks } = document();
    expect(await judged(said({ deviceLinks: [deviceLinks[0], deviceLinks[2]] }, 3))).toBe("DEVICE_GAP");
    expect(await judged(said({}, 30))).toBe("DEVICE_GAP");
  });

  it("gives two copies away, which went on from one link", async () => {
    const before = readFileSync(path("party.json"), "utf8");
    await device(4);
    const one = said({}, 4, 1);
    writeFileSync(path("party.json"), before);
    await device(4);
    const other = said({}, 4, 2);
    expect([await judged(one), await judged(other)]).toEqual(["ok", "ok"]);
    const forks = deviceForks(
      [one, other].map(({ id, key, ceremony, lineage, deviceLinks }) => {
        return { id, key, ceremony, sequence: lineage.sequence, links: deviceLinks };
      }),
    );
    expect(forks.map(({ about }) => about)).toEqual([[one.id, other.id].sort()]);
  });

  it("enrols anew after a long absence, and where no more links fit one statement", async () => {
    expect(await device(20)).toMatchObject({ enrolled: true, epoch: 20, links: 1 });
    for (let day = 21; day < 20 + DEVICE_LINKS_MAX; day++) await device(day);
    expect(document().deviceLinks).toHaveLength(DEVICE_LINKS_MAX);
    expect(await device(20 + DEVICE_LINKS_MAX)).toMatchObject({ enrolled: true, links: 1 });
    expect(await judged(said({}, 20 + DEVICE_LINKS_MAX))).toBe("ok");
  });

  it("refuses a configuration whose links are none", () => {
    expect(() => said({ deviceLinks: ["AAAA"] }, 0)).toThrow("PARTY.deviceLinks");
  });
});
