// Whether a page of another site has a browser send this request: whatever the browser adds by itself then vouches for nobody.

/** Browsers say where a request comes from; the origin alone does not tell, since our pages send no referrer and it is then "null". */
export function isCrossSite({ headers, url }: Request): boolean {
  const site = headers.get("sec-fetch-site");
  if (site !== null) return site !== "same-origin" && site !== "none";
  const from = headers.get("origin");
  return from !== null && from !== new URL(url).origin;
}
