// Builds the staff app:
//
//     node build.mjs OUT_DIR          staff.js, staff.css and staff.licences.txt
//     node build.mjs test OUT_DIR     bundles test/*.test.mjs, for node --test
//
// Refuses a bundle above its budget, and a package without a licence text.
import { build } from "esbuild";
import { existsSync, mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { gzipSync } from "node:zlib";

const here = dirname(fileURLToPath(import.meta.url));
const BUDGET_GZIP_BYTES = { "staff.js": 60_000, "staff.css": 15_000 };

const common = {
  absWorkingDir: here,
  bundle: true,
  format: "esm",
  charset: "utf8",
  jsx: "automatic",
  jsxImportSource: "preact",
  logLevel: "warning",
  mainFields: ["module:es2019", "module", "main"],
};

// The packages that went into a bundle, with what their authors ask to go along.
function licences(metafile) {
  const packages = new Set();
  for (const input of Object.keys(metafile.inputs)) {
    const found = /^node_modules\/((?:@[^/]+\/)?[^/]+)\//.exec(input);
    if (found) packages.add(found[1]);
  }
  return [...packages].sort().map((name) => {
    const root = join(here, "node_modules", name);
    const { version, license } = JSON.parse(readFileSync(join(root, "package.json"), "utf8"));
    const text = readdirSync(root).find((file) => /^licen[cs]e/i.test(file));
    if (!text) throw new Error(`${name} has no licence text`);
    return `${name} ${version} (${license})\n\n${readFileSync(join(root, text), "utf8").trim()}\n`;
  });
}

function checkBudget(out) {
  for (const [name, most] of Object.entries(BUDGET_GZIP_BYTES)) {
    const bytes = gzipSync(readFileSync(join(out, name)), { level: 9 }).length;
    console.log(`${name}: ${bytes} bytes gzipped, of ${most}`);
    if (bytes > most) throw new Error(`${name} is above its budget`);
  }
}

const testing = process.argv[2] === "test";
const out = process.argv[testing ? 3 : 2];
if (!out) throw new Error("usage: build.mjs [test] OUT_DIR");
rmSync(out, { recursive: true, force: true });
mkdirSync(out, { recursive: true });

if (testing) {
  const tests = readdirSync(join(here, "test")).filter((file) => file.endsWith(".test.mjs"));
  await build({
    ...common,
    entryPoints: tests.map((file) => join("test", file)),
    outdir: out,
    outExtension: { ".js": ".mjs" },
    platform: "node",
    target: "node18",
  });
} else {
  const { metafile } = await build({
    ...common,
    entryPoints: { staff: "src/main.tsx" },
    outdir: out,
    minify: true,
    legalComments: "none", // in staff.licences.txt, whole
    metafile: true,
    target: ["es2020", "chrome87", "firefox78", "safari14.1"],
  });
  writeFileSync(join(out, "staff.licences.txt"), licences(metafile).join(`\n${"-".repeat(78)}\n\n`));
  if (existsSync(join(out, "staff.css"))) checkBudget(out);
}
