// Owns the packed forms of the assets: gzip and Brotli at their strongest, made once at build.
//
//     node pack_assets.mjs OUT_DIR LIST [PREFIX=]DIRECTORY…
//
// Every file in the directories is an asset, named PREFIX + its file name; subdirectories and source
// maps are passed over. A directory that does not exist is empty. LIST is what embed_assets reads.
import { existsSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { brotliCompressSync, constants, gzipSync } from "node:zlib";

const [out, list, ...roots] = process.argv.slice(2);
const rows = [];
const packable = /\.(css|js|svg|json|txt|webmanifest|geojson)$/;

for (const root of roots) {
  const at = root.indexOf("=");
  const prefix = at < 0 ? "" : root.slice(0, at);
  const directory = root.slice(at + 1);
  if (!existsSync(directory)) continue;
  for (const entry of readdirSync(directory, { withFileTypes: true })) {
    if (!entry.isFile() || entry.name.endsWith(".map") || entry.name.startsWith(".")) continue;
    const file = join(directory, entry.name);
    const row = [prefix + entry.name, file, "-", "-"];
    if (packable.test(entry.name)) {
      const bytes = readFileSync(file);
      const stem = join(out, (prefix + entry.name).replaceAll("/", "_"));
      mkdirSync(out, { recursive: true });
      writeFileSync(`${stem}.gz`, gzipSync(bytes, { level: 9 }));
      const params = {
        [constants.BROTLI_PARAM_QUALITY]: 11,
        [constants.BROTLI_PARAM_LGWIN]: 22,
        [constants.BROTLI_PARAM_SIZE_HINT]: bytes.length,
      };
      writeFileSync(`${stem}.br`, brotliCompressSync(bytes, { params }));
      row[2] = `${stem}.gz`;
      row[3] = `${stem}.br`;
    }
    rows.push(row.join("\t"));
  }
}
rows.sort();
writeFileSync(list, rows.map((row) => `${row}\n`).join(""));
