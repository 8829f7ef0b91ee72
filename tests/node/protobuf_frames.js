// The frames of chat.proto in the form of JSON, by protobufjs alone: what a client in JavaScript would write for itself.

import protobuf from "protobufjs";

const PLAIN = { longs: Number, arrays: true, objects: true, defaults: true, oneofs: true };

export class Frames {
  static async load(path) {
    const root = new protobuf.Root();
    await root.load(path, { keepCase: true });
    return new Frames(root);
  }

  constructor(root) {
    this.client = root.lookupType("parley.v1.ClientFrame");
    this.server = root.lookupType("parley.v1.ServerFrame");
  }

  write({ command, id, ...fields }) {
    const frame = { [command.replace("-", "_")]: withMissed(fields) };
    if (id !== undefined && id !== null) frame[typeof id === "number" ? "number_id" : "id"] = id;
    return this.client.encode(this.client.fromObject(frame)).finish();
  }

  read(bytes) {
    const frame = this.server.toObject(this.server.decode(bytes), PLAIN);
    const fields = frame[frame.command];
    const value = { command: frame.command.replace("_", "-"), ...fields };
    if (value.command === "events") value.events = fields.events.map(flatEvent);
    if (value.command === "reply") return flatReply(value);
    return withoutTellers(value);
  }
}

function withMissed(fields) {
  const frame = { ...fields };
  if (frame.most === null) frame.all_missed = true;
  if (frame.rooms) frame.rooms = frame.rooms.map(withMissed);
  for (const name of Object.keys(frame)) if (frame[name] === null) delete frame[name];
  return frame;
}

function flatEvent({ reaction, pin, change, ...common }) {
  return { ...reaction, ...pin, ...common };
}

function flatReply({ number_id, id_kind, outcome, result, ...reply }) {
  if (id_kind === "number_id") reply.id = number_id;
  if (outcome === "result") reply.result = result.signed_in ?? result.following ?? result;
  return withoutTellers(reply);
}

// protobufjs adds to each object which member of a oneof is set.
function withoutTellers(value) {
  if (Array.isArray(value)) return value.map(withoutTellers);
  if (value === null || typeof value !== "object") return value;
  const entries = Object.entries(value).filter(([name, each]) => !isTeller(name, each, value));
  return Object.fromEntries(entries.map(([name, each]) => [name, withoutTellers(each)]));
}

function isTeller(name, each, value) {
  const told = ["outcome", "change", "result", "id_kind"].includes(name) || name.startsWith("_");
  return told && typeof each === "string" && each in value;
}
