// A runtime that holds so many mebibytes in buffers and as much in objects, and drops whatever it held before.
const MIB = 1_048_576;
const FIELDS = MIB / 4;
let held: readonly (Uint8Array | readonly number[])[] = [];

export default {
  async fetch(request: Request): Promise<Response> {
    const mebibytes = Number(new URL(request.url).pathname.slice(1));
    held = Array.from({ length: mebibytes }, (_, at) => [
      new Uint8Array(MIB).fill(at),
      Array.from({ length: FIELDS }, (_, field) => field),
    ]).flat();
    return new Response(held.length === 2 * mebibytes ? "held" : "not held");
  },
};
