// validate.mjs TOOLS STRIMZI < MANIFESTS: one line for each problem, nothing when every document is right.
// Twice: by schemas without room for unknown fields (schemas.json, made by build/charts), and by the models' own checks of patterns and ranges.
import { readFileSync } from "node:fs";
import { createRequire } from "node:module";
import { join } from "node:path";
import { pathToFileURL } from "node:url";

const [tools, strimzi] = process.argv.slice(2);
const require = createRequire(join(tools, "node_modules", "here.js"));
const Ajv = require("ajv");
const { parseAllDocuments } = require("yaml");

const schemas = { ...JSON.parse(readFileSync(join(tools, "schemas.json"))), ...JSON.parse(readFileSync(strimzi)) };
const ajv = new Ajv({ allErrors: true, strict: false });
const compiled = {};

// Where the models of an API version lie.
const packages = { "keda.sh": "@kubernetes-models/keda", "monitoring.coreos.com": "@kubernetes-models/prometheus-operator",
  "cert-manager.io": "@kubernetes-models/cert-manager", "gateway.networking.k8s.io": "@kubernetes-models/gateway-api" };

async function modelOf({ apiVersion, kind }) {
  const [group, version] = apiVersion.includes("/") ? apiVersion.split("/") : ["", apiVersion];
  if (group === "kafka.strimzi.io" || group.endsWith("kustomize.config.k8s.io")) return undefined;
  const folder = join(tools, "node_modules", packages[group] ?? "kubernetes-models", group, version, kind + ".js");
  return (await import(pathToFileURL(folder)))[kind];
}

let number = 0;
for (const document of parseAllDocuments(readFileSync(0, "utf8"))) {
  number++;
  const complain = (name, problem) => console.log(`document ${number} ${name}: ${problem}`);
  if (document.errors.length > 0) { complain("", document.errors[0].message); continue; }
  const object = document.toJS();
  if (object === null) continue;
  const name = `${object.kind}/${object.metadata?.name}`;
  if (!schemas[object.kind]) { complain(name, `no schema knows the kind ${object.kind}`); continue; }
  const check = (compiled[object.kind] ??= ajv.compile(schemas[object.kind]));
  if (!check(object)) {
    for (const { instancePath, message, params } of check.errors) complain(name, `${instancePath} ${message} ${JSON.stringify(params)}`);
    continue;
  }
  try {
    const Model = await modelOf(object);
    if (Model) new Model(object).validate();
  } catch (error) {
    complain(name, error.message);
  }
}
