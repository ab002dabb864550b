// Bundles each widget (src/*/index.tsx) into one module and one style sheet, which the package carries.
import { existsSync, readdirSync, rmSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { build } from "esbuild";

const here = new URL(".", import.meta.url);
const out = process.argv[2] ?? fileURLToPath(new URL("../static", here));
const widgets = readdirSync(new URL("src", here)).filter((name) =>
  existsSync(new URL(`src/${name}/index.tsx`, here)),
);

rmSync(out, { recursive: true, force: true });
await build({
  absWorkingDir: fileURLToPath(here),
  entryPoints: Object.fromEntries(widgets.map((name) => [name, `src/${name}/index.tsx`])),
  outdir: out,
  bundle: true,
  minify: true,
  format: "esm",
  target: "es2022",
  define: { "process.env.NODE_ENV": '"production"' },
  legalComments: "eof",
  logLevel: "warning",
});
