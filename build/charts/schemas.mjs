// schemas.mjs MODULES OUT: writes one strict JSON schema for each kind that types.ts names, without room for fields that do not exist.
// The types come from the npm packages in MODULES, which are generated from the API server's and the operators' own descriptions.
import { cpSync, mkdtempSync, readFileSync, renameSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { createRequire } from "node:module";
import { tmpdir } from "node:os";
import { join } from "node:path";

const [modules, out] = process.argv.slice(2);
const require = createRequire(join(modules, "here.js"));
const { createGenerator } = require("ts-json-schema-generator");

// The compiler looks for packages beside the sources.
const work = mkdtempSync(join(tmpdir(), "schemas-"));
try {
  for (const name of ["types.ts", "tsconfig.json"]) cpSync(new URL(name, import.meta.url), join(work, name));
  symlinkSync(modules, join(work, "node_modules"));
  const source = readFileSync(join(work, "types.ts"), "utf8");
  const types = [...source.matchAll(/\bI([A-Z]\w+)( as \w+)?(?=[, ])/g)].map(([, kind, alias]) => [kind, alias ? kind : "I" + kind]);
  const options = { path: join(work, "types.ts"), tsconfig: join(work, "tsconfig.json"), skipTypeCheck: true, additionalProperties: false, jsDoc: "none" };
  const schemas = Object.fromEntries(types.map(([kind, type]) => [kind, createGenerator({ ...options, type }).createSchema(type)]));
  writeFileSync(out + ".part", JSON.stringify(schemas));
  renameSync(out + ".part", out);
} finally {
  rmSync(work, { recursive: true });
}
