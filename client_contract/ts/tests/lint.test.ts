// The house rules that no rule of Biome's own holds, tried on lines that break them.
import { spawnSync } from "node:child_process";
import { copyFileSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { afterAll, expect, test } from "vitest";

const root = fileURLToPath(new URL("../../..", import.meta.url));
const folder = mkdtempSync(join(tmpdir(), "lint-"));
afterAll(() => rmSync(folder, { recursive: true }));

/** The numbers of the lines that a rule complains of. */
function complaints(rule: string, lines: readonly string[]): number[] {
  copyFileSync(join(root, "client_contract/ts", rule), join(folder, rule));
  writeFileSync(join(folder, "biome.json"), JSON.stringify({ root: true, plugins: [`./${rule}`] }));
  writeFileSync(join(folder, "tried.ts"), lines.join("\n"));
  const options = ["biome", "lint", "--only=plugin", `--config-path=${folder}`, join(folder, "tried.ts")];
  const { stdout, stderr } = spawnSync("npx", options, { cwd: root, encoding: "utf8" });
  return [...`${stdout}${stderr}`.matchAll(/tried\.ts:(\d+):\d+ plugin/g)].map(([, line]) => Number(line));
}

test("nothing may rest on knowing every value of the wire", () => {
  const lines = [
    "export const close = (value: never): string => value;",
    'export const check = (value: "a") => value satisfies never;',
    "export const words = (table: Record<JobStatus, string>) => table;",
    "export const fine = (table: Record<string, string>) => table;",
  ];

  expect(complaints("no_never.grit", lines)).toEqual([1, 2, 3]);
});
