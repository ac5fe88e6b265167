// Where a request comes from, for what is counted by address. One customer's line has a whole /64 of IPv6, so that is one address.

/** Null where the platform says nothing. */
export function addressOf({ headers }: Request): string | null {
  const given = headers.get("cf-connecting-ip");
  return given === null || !given.includes(":") ? given : networkOf(given);
}

function networkOf(address: string): string {
  const [head = "", tail] = address.toLowerCase().split("::") as [string, string?];
  const groups = head === "" ? [] : head.split(":");
  const more = tail === undefined || tail === "" ? [] : tail.split(":");
  const zeros = tail === undefined ? 0 : Math.max(0, 8 - groups.length - more.length);
  const all = [...groups, ...Array<string>(zeros).fill("0"), ...more];
  return `${all
    .slice(0, 4)
    .map((group) => group.replace(/^0+(?=.)/, ""))
    .join(":")}::/64`;
}
