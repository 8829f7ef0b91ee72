// Says what AsyncAPI's own parser finds wrong with the document on standard input.
import { readFileSync } from "node:fs";
import { Parser } from "@asyncapi/parser";

const ADVICE = ["asyncapi-latest-version"];

const { document, diagnostics } = await new Parser().parse(readFileSync(0, "utf8"));
const faults = diagnostics.filter((each) => !ADVICE.includes(each.code));
for (const { code, message, path } of faults) console.log(`${code} at ${path.join(".")}: ${message}`);
process.exit(document && faults.length === 0 ? 0 : 1);
