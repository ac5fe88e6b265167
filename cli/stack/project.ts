// Where the checkout is, whatever folder a command is run from.
import { fileURLToPath } from "node:url";

export const projectRoot = fileURLToPath(new URL("../..", import.meta.url));
