// What passes over NATS while a measure runs, listened to in the accounts of the parties themselves: nobody has to be believed about sizes.
import { connect } from "nats.ws";
import type { Stack } from "../../cli/stack/stack.ts";

export type Wire = { readonly messages: number; readonly bytes: number; readonly largestBytes: number };

/** Listens to all that arrives for each party and all that it keeps of its own, until it is told to stop. */
export async function listenTo(stack: Stack): Promise<() => Promise<Wire>> {
  let [messages, bytes, largestBytes] = [0, 0, 0];
  const connections = await Promise.all(
    stack.parties.map(async ({ name }) => {
      const { user, password } = stack.login(name);
      const connection = await connect({ servers: stack.nats.wsUrl, user, pass: password });
      for (const subject of ["inbox.>", "own.>"])
        connection.subscribe(subject, {
          callback: (error, { data }) => {
            if (error !== null) return;
            messages += 1;
            bytes += data.length;
            largestBytes = Math.max(largestBytes, data.length);
          },
        });
      return connection;
    }),
  );
  return async () => {
    await Promise.all(connections.map((connection) => connection.drain()));
    return { messages, bytes, largestBytes };
  };
}
