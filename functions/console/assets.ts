// What the console's pages load: one style sheet, one icon and a few modules, all from here and each named by what it holds. No page asks
// anyone else for anything.
import type { Context } from "hono";
import { sha256Hex } from "../../shared/hash.ts";
import modules from "./built/modules.json";
import { STYLE } from "./style.ts";

const ICON = `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 32 32"><circle cx="16" cy="16" r="11" fill="none" stroke="#0550ae" stroke-width="5"/><path d="M19 19l8 8" stroke="#0550ae" stroke-width="5"/></svg>`;

export type AssetName = "console.css" | "icon.svg" | "live.js" | "sign.js" | "verify.js";
type Asset = { readonly type: string; readonly text: string };

const ASSETS: Readonly<Record<string, Asset>> = {
  "console.css": { type: "text/css; charset=utf-8", text: STYLE },
  "icon.svg": { type: "image/svg+xml", text: ICON },
  ...Object.fromEntries(
    Object.entries(modules).map(([name, text]) => [`${name}.js`, { type: "text/javascript; charset=utf-8", text }]),
  ),
};

/** `console.css` → `/assets/console.0f3a….css`: another content is another address, so it may be kept for ever. */
export function assetPath(name: AssetName): string {
  const dot = name.lastIndexOf(".");
  return `/assets/${name.slice(0, dot)}.${hashOf(name)}${name.slice(dot)}`;
}

const hashes = new Map<string, string>();

function hashOf(name: string): string {
  const known = hashes.get(name);
  if (known !== undefined) return known;
  const hash = sha256Hex(new TextEncoder().encode(ASSETS[name]?.text ?? "")).slice(0, 16);
  hashes.set(name, hash);
  return hash;
}

const NAMED = /^([a-z]+)\.([0-9a-f]{16})\.([a-z]+)$/;

export function assetRoute(context: Context): Response {
  const [, stem, hash, kind] = NAMED.exec(context.req.param("name") ?? "") ?? [];
  const name = `${stem}.${kind}`;
  const asset = Object.hasOwn(ASSETS, name) ? ASSETS[name] : undefined;
  if (asset === undefined || hash !== hashOf(name)) return context.notFound() as Response;
  return context.body(asset.text, 200, {
    "content-type": asset.type,
    "cache-control": "public, max-age=31536000, immutable",
    "cross-origin-resource-policy": "same-origin",
  });
}
