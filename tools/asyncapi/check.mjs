// Parse an AsyncAPI document; exit 1 and say where, when there is anything to complain about.
import { readFile } from "node:fs/promises";
import { resolve } from "node:path";
import { DiagnosticSeverity, Parser } from "@asyncapi/parser";

const path = resolve(process.argv[2]);
const { document, diagnostics } = await new Parser().parse(await readFile(path, "utf8"), {
  source: path,
});
const faults = diagnostics.filter((one) => one.severity <= DiagnosticSeverity.Warning);
for (const { range, code, message, path: at } of faults) {
  console.log(`${process.argv[2]}:${range.start.line + 1}: ${code}: ${message} (${at.join(".")})`);
}
if (faults.length > 0 || document === undefined) {
  process.exit(1);
}
console.log(`AsyncAPI ${document.version()}, ${document.channels().all().length} channels`);
