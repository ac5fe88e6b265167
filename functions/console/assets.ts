// What the console's pages load: one style sheet and two modules, all from here. No page asks anyone else for anything.
import type { Context } from "hono";
import { sha256Hex } from "../../shared/hash.ts";
import modules from "./built/modules.json";
import { STYLE } from "./style.ts";

const ASSETS: Readonly<Record<string, { readonly type: string; readonly text: string }>> = {
  "console.css": { type: "text/css; charset=utf-8", text: STYLE },
  "sign.js": { type: "text/javascript; charset=utf-8", text: modules.sign },
  "verify.js": { type: "text/javascript; charset=utf-8", text: modules.verify },
};

export function assetRoute(context: Context): Response {
  const asset = ASSETS[context.req.param("name") ?? ""];
  if (asset === undefined) return context.notFound() as Response;
  const etag = `"${sha256Hex(new TextEncoder().encode(asset.text)).slice(0, 32)}"`;
  if (context.req.header("if-none-match") === etag) return context.body(null, 304, { etag });
  return context.body(asset.text, 200, { "content-type": asset.type, etag });
}
