// Files of an exchange between an office and a plant: histories, identities, an agreement and a filter, all signed, in a folder of their own.
import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { toBase64, toHex } from "../../shared/bytes.ts";
import type { Json } from "../../shared/cbor/json.ts";
import { sha256 } from "../../shared/hash.ts";
import { writeFramesFile } from "../../shared/mesh/signed/frames-file.ts";
import { agreedMeshes, framesOf, type TestMesh } from "./signed-meshes.ts";

const utf8 = new TextEncoder();

/** Files of one world in `folder`; `name` keeps worlds apart. */
export function exchangeWorld(folder: string, name: string, filter: Json) {
  const path = (file: string) => join(folder, file);
  const write = (file: string, document: unknown) => {
    writeFileSync(path(file), JSON.stringify(document));
    return path(file);
  };
  const meshes = agreedMeshes({ divergenceLimit: { num: 2, den: 1 } });
  const { plant, office, signed } = meshes;
  const clerk = office.voice("clerk");
  // The courier who takes files in says so in both meshes, under a credential of each.
  const presence = [office, plant].map((mesh) => mesh.voice("gate").declare("boundary", {}));
  const facts = [clerk.fact("valve", "open"), clerk.fact("salaries", 7, { class: "secret" }), clerk.fact("pump", "on")];
  const identity = (mesh: TestMesh, subject: string) => {
    const { credential } = mesh.voice(subject);
    const secret = toHex(sha256(utf8.encode(`secret of ${subject}`)));
    const document = {
      format: "quorate-identity/1",
      mesh: mesh.name,
      frame: mesh.frame,
      class: "stock",
      secret,
      credentials: [toBase64(credential)],
    };
    return write(`${name}-${subject}.json`, document);
  };
  const sender = {
    history: write(`${name}-office.json`, writeFramesFile(framesOf(facts, "office"))),
    policy: write(`${name}-filter.json`, filter),
    for: "plant",
    identity: identity(office, "gateway"),
    file: path(`${name}.drop`),
  };
  const receiver = {
    agreement: write(`${name}-g.json`, writeFramesFile(framesOf(signed))),
    trust: write(`${name}-trust.json`, plant.trust()),
    history: write(
      `${name}-plant.json`,
      writeFramesFile(framesOf([plant.voice("ops").fact("valve", "open"), ...presence], "plant")),
    ),
    state: path(`${name}-state.json`),
  };
  return {
    ...meshes,
    facts,
    presence,
    sender,
    receiver,
    reviewer: identity(office, "reviewer"),
    importer: identity(plant, "gate"),
  };
}
