// Builds dist/, which is what the package holds. Run by `npm run build`, which has tsc on its path.
import { execFileSync } from "node:child_process";
import { readdir, readFile, rm, writeFile } from "node:fs/promises";

const dist = new URL("./dist/", import.meta.url);

await rm(dist, { recursive: true, force: true });
execFileSync("tsc", ["--project", "tsconfig.build.json"], { cwd: import.meta.dirname, stdio: "inherit" });
// The compiler writes the imports anew in what runs, and leaves them in the declarations.
for (const name of await readdir(dist, { recursive: true })) {
  if (!name.endsWith(".d.ts")) continue;
  const file = new URL(name, dist);
  const text = await readFile(file, "utf8");
  await writeFile(file, text.replace(/(from ")(\.[^"]+)\.ts"/g, '$1$2.js"'));
}
