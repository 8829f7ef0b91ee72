// Prints every frame of the server as protobufjs decodes it, and every frame of a client as protobufjs encodes it.

import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { Frames } from "./protobuf_frames.js";

const [proto, folder] = process.argv.slice(2);
const frames = await Frames.load(proto);

function each(side, suffix, turn) {
  const files = readdirSync(join(folder, side)).filter((name) => name.endsWith(suffix));
  return Object.fromEntries(files.map((file) => [file.slice(0, -suffix.length), turn(readFileSync(join(folder, side, file)))]));
}

const read = each("server", ".protobuf", (bytes) => frames.read(bytes));
const written = each("client", ".json", (text) => Buffer.from(frames.write(JSON.parse(text))).toString("base64"));
console.log(JSON.stringify({ read, written }));
