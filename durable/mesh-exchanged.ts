// Which files a mesh let out and took in, read off the manifests and receipts that it holds: whoever holds the same tells the same, and an agent
// that is built again from its statements goes on with the same numbers.
import { type Reader, readAs } from "../shared/cbor/read.ts";
import { type Manifest, type Receipt, readManifest, readReceipt } from "../shared/mesh/exchange/manifest.ts";
import {
  type FileOut,
  type GatewayIn,
  holesBetween,
  type ShownExchanges,
  type ShownReceipt,
} from "../shared/mesh/exchange/told.ts";
import { type Declaration, type DeclarationType, isDeclaration, ofType } from "../shared/mesh/signed/declared.ts";
import { authorityOf } from "../shared/mesh/signed/voice.ts";
import type { Mesh } from "./mesh-object.ts";

type Read<T> = { readonly by: Declaration; readonly content: T };

function declared<T>({ ledger }: Mesh, type: DeclarationType, reader: Reader<T>): readonly Read<T>[] {
  return ofType(ledger.statements(undefined, type), type).found.flatMap((by) => {
    const read = readAs(by.body.content, reader, type);
    return read.ok ? [{ by, content: read.value }] : [];
  });
}

const manifests = (host: Mesh) => declared<Manifest>(host, "exchange", readManifest);
const receipts = (host: Mesh) => declared<Receipt>(host, "receipt", readReceipt);

/** The number of this agent's next file to a mesh. */
export function nextNumber(host: Mesh, to: string): number {
  const own = manifests(host).filter(
    ({ by, content }) => by.mesh === host.standing.mesh && by.key === host.config.self.key && content.to === to,
  );
  return own.reduce((most, { content }) => Math.max(most, content.sequence), 0) + 1;
}

/** Files that our own mesh took: a receipt of its own, and the manifest that it names. */
function taken(host: Mesh) {
  const { ledger, standing } = host;
  return receipts(host)
    .filter(({ by }) => by.mesh === standing.mesh)
    .flatMap((receipt) => {
      const manifest = ledger.statement(receipt.content.manifest);
      if (manifest === null || !isDeclaration(manifest) || manifest.body.type !== "exchange") return [];
      const read = readAs(manifest.body.content, readManifest, "manifest");
      return read.ok && read.value.to === standing.mesh ? [{ receipt, manifest, sequence: read.value.sequence }] : [];
    });
}

/** The last number taken from a gateway, by its key and the mesh for which it signs, since it numbers for each; 0 before the first. */
export function lastFrom(host: Mesh, gateway: string, from: string): number {
  return taken(host).reduce(
    (last, { manifest, sequence }) =>
      manifest.key === gateway && manifest.mesh === from ? Math.max(last, sequence) : last,
    0,
  );
}

/** Newest first. */
const FILES_SHOWN = 200;

export async function exchangesHere(host: Mesh): Promise<ShownExchanges> {
  const trusts = await host.trust.opened();
  const nameOf = ({ mesh, chain }: Declaration) =>
    authorityOf(chain, (trusts.ok ? trusts.value.get(mesh)?.roots : undefined) ?? new Map());
  const shown = ({ by, content }: Read<Receipt>): ShownReceipt => ({
    id: by.id,
    by: nameOf(by),
    at: by.at[1],
    admitted: content.admittedCount,
    held: content.held,
    refused: content.refused,
  });
  const { mesh } = host.standing;
  const back = new Map(
    receipts(host)
      .filter(({ by }) => by.mesh !== mesh)
      .map((receipt) => [receipt.content.manifest, receipt]),
  );
  const out = manifests(host)
    .filter(({ by }) => by.mesh === mesh)
    .map(({ by, content: { to, sequence, count, reviewers, oneWay } }): FileOut => {
      const receipt = back.get(by.id);
      const fits = receipt !== undefined && receipt.by.mesh === to;
      const own = host.exchanges.isReleased(by.id);
      const file = { manifest: by.id, to, gateway: nameOf(by), sequence, count, reviewers, oneWay, at: by.at[1], own };
      return { ...file, receipt: fits ? shown(receipt) : null };
    });
  return { mesh, at: host.now(), out: out.reverse().slice(0, FILES_SHOWN), in: gatewaysOf(host, nameOf, shown) };
}

function gatewaysOf(
  host: Mesh,
  nameOf: (by: Declaration) => string,
  shown: (receipt: Read<Receipt>) => ShownReceipt,
): readonly GatewayIn[] {
  // One agent may be the gateway of several meshes, and numbers its files for each.
  const files = Map.groupBy(taken(host), ({ manifest }) => `${manifest.key} ${manifest.mesh}`);
  const early = Map.groupBy(host.exchanges.early(), ({ gateway, mesh }) => `${gateway} ${mesh}`);
  return [...new Set([...files.keys(), ...early.keys()])].map((which): GatewayIn => {
    const [key, from] = which.split(" ") as [string, string];
    const mine = (files.get(which) ?? []).sort((a, b) => b.sequence - a.sequence);
    const last = mine[0]?.sequence ?? 0;
    const waiting = (early.get(which) ?? []).filter(({ sequence }) => sequence > last);
    const numbers = waiting.map(({ sequence }) => sequence);
    return {
      key,
      gateway: mine[0] === undefined ? key.slice(0, 16) : nameOf(mine[0].manifest as Declaration),
      from,
      last,
      files: mine
        .slice(0, FILES_SHOWN)
        .map(({ manifest, sequence, receipt }) => ({ manifest: manifest.id, sequence, receipt: shown(receipt) })),
      early: numbers,
      missing: holesBetween(last, numbers),
    };
  });
}
