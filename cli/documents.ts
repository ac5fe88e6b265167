// The reference as Markdown: every command, every exit code and every refusal, from the one place where each is kept.
import { exitOf, isRetryable, statusOf } from "../shared/refusals/effects.ts";
import { REFUSALS, type RefusalCode, refusalClass, textOf } from "../shared/refusals.ts";
import { PROGRAM } from "./find.ts";
import { EXITS, globalFlags } from "./help.ts";
import type { Command } from "./registry.ts";

/** File names and their texts. */
export function documents(commands: readonly Command[]): Readonly<Record<string, string>> {
  return { "commands.md": commandsPage(commands), "exit-codes.md": exitsPage(), "errors.md": errorsPage() };
}

function commandsPage(commands: readonly Command[]): string {
  const parts = [...commands]
    .sort((a, b) => (a.name < b.name ? -1 : 1))
    .map(({ name, usage, about, input = [], example }) =>
      [
        `## ${name}`,
        "",
        `${about[0]?.toUpperCase() ?? ""}${about.slice(1)}.`,
        "",
        "```text",
        `${PROGRAM} ${usage}`,
        ...input,
        "```",
        "",
        `Example: \`${PROGRAM} ${example}\``,
        "",
      ].join("\n"),
    );
  const every = globalFlags().map(([flag, about]) => `- \`${flag}\`: ${about}`);
  return `# Commands\n\nEvery command takes:\n\n${every.join("\n")}\n\n${parts.join("\n")}`;
}

function exitsPage(): string {
  const rows = EXITS.map(([code, meaning]) => `| ${code} | ${meaning} |`);
  return `# Exit codes\n\n| code | meaning |\n|---|---|\n${rows.join("\n")}\n`;
}

function errorsPage(): string {
  const parts = (Object.keys(REFUSALS) as RefusalCode[]).sort().map((code) => {
    const { what, why, do: remedy } = textOf(code);
    const open = (text: string) => text.replaceAll("<", "‹").replaceAll(">", "›");
    return `## ${code}\n\nClass ${refusalClass(code)}; exit ${exitOf(code)}; status ${statusOf(code)}; retryable: ${isRetryable(code) ? "yes" : "no"}\n\n- what: ${open(what)}\n- why: ${open(why)}\n- do: ${open(remedy)}\n`;
  });
  return `# Refusals\n\nWords in ‹ › are filled in where a refusal is met.\n\n${parts.join("\n")}`;
}
