// Parse AsyncAPI documents; exit 1 and say where, when there is anything to complain about.
import { readFile } from "node:fs/promises";
import { resolve } from "node:path";
import { DiagnosticSeverity, Parser } from "@asyncapi/parser";

const parser = new Parser();
for (const path of process.argv.slice(2)) {
  const text = await readFile(path, "utf8");
  const { document, diagnostics } = await parser.parse(text, { source: resolve(path) });
  const faults = diagnostics.filter((one) => one.severity <= DiagnosticSeverity.Warning);
  for (const { range, code, message, path: at } of faults) {
    console.log(`${path}:${range.start.line + 1}: ${code}: ${message} (${at.join(".")})`);
  }
  if (faults.length > 0 || document === undefined) {
    process.exitCode = 1;
  }
}
