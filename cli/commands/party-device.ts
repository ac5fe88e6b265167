// `party device`: countersigns the next link of the agent's continuity, which says that it is still the device that was enrolled. Two that go on
// from one link give a clone away; a device that gets no further link is known no more.
import { randomBytes } from "node:crypto";
import { leafOf, parseChain } from "../../shared/authority/chain.ts";
import { deviceHash, issueDeviceLink, parseDeviceLink } from "../../shared/authority/continuity.ts";
import { parseBase64, parseHex, toBase64 } from "../../shared/bytes.ts";
import { signerFrom } from "../../shared/cose/key.ts";
import { idBytes, sha256 } from "../../shared/hash.ts";
import { DEVICE_EPOCHS_MISSED_MAX, DEVICE_LINKS_MAX } from "../../shared/limits.ts";
import { argument, instant, readJsonFile, usage, writeNamed } from "../files.ts";
import type { PartyDocument } from "../party/document.ts";
import { pathIn } from "../party/folder.ts";
import { type Command, EXIT, WITHHOLDS } from "../registry.ts";
import { unwrap } from "./unwrap.ts";

const DAY = 86_400_000_000;
const HOLDERS = ["software", "hardware"] as const;

export const partyDevice: Command = {
  name: "party device",
  usage: "party device DIR [--holder software|hardware] [--at TIME] [--dry-run]",
  about: "enrol the agent's device, or countersign its link for the present day; deploy the new PARTY afterwards",
  flags: { holder: { type: "string" }, at: { type: "string" }, "dry-run": WITHHOLDS },
  example: "party device acme",
  run: async (call) => {
    const dir = argument(call, 0, "DIR");
    const document = readJsonFile(pathIn(dir, "party")) as PartyDocument;
    const { secret } = readJsonFile(pathIn(dir, "root")) as { readonly secret: string };
    const holder = HOLDERS.find((one) => one === (call.flags.holder ?? "software"));
    if (holder === undefined) throw usage("--holder takes software or hardware");
    const at = instant(call, "at") ?? Date.now() * 1_000;
    const { deviceLinks = [], ...rest } = document;
    const last = lastLink(deviceLinks);
    const epoch = last === null ? 0 : Math.floor((at - last.body.schedule.start) / last.body.schedule.length);
    if (last !== null && epoch <= last.body.epoch) {
      const data = { enrolled: false, epoch: last.body.epoch, hash: last.hash, links: deviceLinks.length };
      return { exit: EXIT.yes, data, text: "nothing changes: the link of the present day is there" };
    }
    const lost = last !== null && epoch - last.body.epoch - 1 > DEVICE_EPOCHS_MISSED_MAX;
    const goesOn = last !== null && !lost && deviceLinks.length < DEVICE_LINKS_MAX;
    const prev = goesOn ? idBytes(last.hash) : null;
    const state = sha256(new TextEncoder().encode(JSON.stringify(rest)));
    const nonce = new Uint8Array(randomBytes(16));
    const schedule = last?.body.schedule ?? { start: Math.floor(at / DAY) * DAY, length: DAY };
    const body = { mesh: document.mesh, device: agentKey(document), epoch, schedule, prev, state, nonce, holder };
    const link = toBase64(issueDeviceLink(body, signerFrom(rootSecret(secret))));
    const links = goesOn ? [...deviceLinks, link] : [link];
    writeNamed(pathIn(dir, "party"), `${JSON.stringify({ ...document, deviceLinks: links })}\n`);
    const hash = Buffer.from(deviceHash(prev, state, nonce)).toString("hex");
    const data = { enrolled: !goesOn, epoch, hash, links: links.length };
    return { exit: EXIT.yes, data, text: `${goesOn ? "goes on" : "enrolled"}  epoch ${epoch}  ${hash}` };
  },
};

function lastLink(links: readonly string[]) {
  const frame = parseBase64(links.at(-1) ?? "");
  return links.length === 0 || frame === null ? null : unwrap(parseDeviceLink(frame));
}

function agentKey({ credentials }: PartyDocument): Uint8Array {
  const frames = credentials.map((frame) => parseBase64(frame) ?? new Uint8Array());
  return leafOf(unwrap(parseChain(frames))).grant.key;
}

function rootSecret(hex: string): Uint8Array {
  const secret = parseHex(hex);
  if (secret === null) throw usage("root-key.json does not hold a key");
  return secret;
}
