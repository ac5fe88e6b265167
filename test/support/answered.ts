// A line answered in this process as the program answers it: its exit code, and what it wrote to stdout and stderr.
import { vi } from "vitest";
import { answerTo } from "../../cli/answer.ts";

export type Answered = { readonly exit: number; readonly stdout: string; readonly stderr: string };

export async function answered(...words: readonly string[]): Promise<Answered> {
  const [stdout, stderr] = [process.stdout, process.stderr].map((stream) =>
    vi.spyOn(stream, "write").mockImplementation(() => true),
  ) as [ReturnType<typeof written>, ReturnType<typeof written>];
  try {
    const exit = await answerTo(words);
    return { exit, stdout: textOf(stdout), stderr: textOf(stderr) };
  } finally {
    stdout.mockRestore();
    stderr.mockRestore();
  }
}

const written = () => vi.spyOn(process.stdout, "write");
const textOf = ({ mock }: ReturnType<typeof written>) => mock.calls.map(([part]) => String(part)).join("");
