#!/usr/bin/env node
// The program as it is called by name. Plain JavaScript, so that a Node which cannot run the rest still says so in its first line.
const [major, minor] = process.versions.node.split(".").map(Number);
if (major < 22 || (major === 22 && minor < 18)) {
  process.stderr.write(
    `quorate needs Node 22.18 or newer, and this is ${process.versions.node}: use \`npm run -s quorate -- …\`, which runs the Node of this project, or \`npm i -D node@24\`\n`,
  );
  process.exitCode = 64;
} else await import("./main.ts");
