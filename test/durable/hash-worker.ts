// What hashes in workerd: whether it goes the short way there, and what it answers for messages of these lengths.
import { nativeSha256, published } from "../../durable/native-hash.ts";
import { toHex } from "../../shared/bytes.ts";
import { messageOf } from "./messages.ts";

export default {
  async fetch(request: Request): Promise<Response> {
    const lengths = (await request.json()) as number[];
    const digests = lengths.map((length) => toHex(nativeSha256(messageOf(length))));
    return Response.json({ short: nativeSha256 !== published, digests });
  },
};
