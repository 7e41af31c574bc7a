// An encoder of the container of a run, for fixtures: the inverse of `decode.js`.
//
// `encodeRun` takes rows (`events`, `copies`) with null or -1 for what is not there, and returns
// the base64 text. It uses BigInt where a Number would lose a bit, so that it is a check on the
// arithmetic of the decoder, not a copy of it.
"use strict";
const zlib = require("node:zlib");

// Pushes a LEB128 varint.
function pushVarint(bytes, value) {
  let rest = BigInt(value);
  if (rest < 0n) throw new Error(`expected a number from 0, found ${value}`);
  while (rest > 127n) {
    bytes.push(Number(rest & 127n) | 128);
    rest >>= 7n;
  }
  bytes.push(Number(rest));
}

// Returns the zigzag code of a signed number.
function zigzag(value) {
  const number = BigInt(value);
  return number >= 0n ? number * 2n : -number * 2n - 1n;
}

// Returns true for a value that is not there.
function missing(value) {
  return value === null || value === undefined || value === -1 || Number.isNaN(value);
}

// Returns the bytes of a column.
function column(rows, code) {
  const bytes = [];
  rows.forEach((row, i) => pushVarint(bytes, code(row, i)));
  return Buffer.from(bytes);
}

// Returns a code of 0 for none, else 1 + the signed difference to the last one of its group.
function optionalSums(field, group = () => 0) {
  const last = new Map();
  return (row) => {
    if (missing(row[field])) return 0n;
    const before = last.get(group(row)) || 0;
    last.set(group(row), row[field]);
    return 1n + zigzag(BigInt(row[field]) - BigInt(before));
  };
}

// Returns a code of 0 for none, else 1 + the signed difference to `base`.
function optionalFrom(field, base) {
  return (row) => (missing(row[field]) ? 0n : 1n + zigzag(BigInt(row[field]) - BigInt(base(row))));
}

// Returns a code of the signed difference to the row before.
function differences(field, code) {
  let last = 0n;
  return (row) => {
    const value = BigInt(row[field]);
    const difference = value - last;
    last = value;
    return code(difference);
  };
}

// Returns the columns of a run, in order, each with its name.
function columnsOf(events, copies) {
  const orNone = (value, none) => (missing(value) ? none : value);
  const index = (field) => (row) => (missing(row[field]) ? 0 : 1 + row[field]);
  return [
    ["at", column(events, differences("at", (value) => value))],
    ["lane", column(events, (row) => row.lane)],
    ["kind", column(events, (row) => row.kind)],
    ["clock", column(events, optionalSums("clock", (row) => row.lane))],
    ["queue", column(events, optionalSums("queue", (row) => row.lane))],
    ["message", column(events, optionalSums("message"))],
    ["entry", column(events, optionalSums("entry"))],
    ["copyMessage", column(copies, differences("message", zigzag))],
    ["copyNumber", column(copies, (row) => row.number ?? 1)],
    ["copyFrom", column(copies, (row) => row.from)],
    ["copyTo", column(copies, (row) => row.to)],
    ["copySend", column(copies, optionalSums("send"))],
    ["copySent", column(copies, optionalFrom("sent", (row) =>
      missing(row.send) ? 0 : events[row.send].at))],
    ["copyReceive", column(copies, optionalFrom("receive", (row) => orNone(row.send, 0)))],
    ["copyAt", column(copies, optionalFrom("at", (row) => orNone(row.sent, 0)))],
    ["copyFate", column(copies, (row) => row.fate)],
    ["copyKind", column(copies, index("kind"))],
    ["copyNote", column(copies, index("note"))],
  ];
}

// Returns the history column by column.
function historyColumns(history) {
  const of = (field) => history.map((entry) => entry[field]);
  const at = history.map((entry, i) => entry.at - (i > 0 ? history[i - 1].at : 0));
  return {
    process: of("process"), f: of("f"), kind: of("kind"), value: of("value"),
    error: of("error"), at, client: of("client"),
  };
}

// Returns the bytes of a container before compression. `extra` columns are put at the end.
function containerBytes(run, extra = []) {
  const { events = [], copies = [] } = run;
  const columns = [...columnsOf(events, copies), ...extra];
  const header = Buffer.from(JSON.stringify({
    title: run.title ?? "test, seed 1",
    family: run.family ?? "machines",
    end: run.end ?? 0,
    lanes: run.lanes ?? [],
    history: historyColumns(run.history ?? []),
    bodies: run.bodies ?? [],
    bodiesLeftOut: run.bodiesLeftOut ?? 0,
    faults: run.faults ?? [],
    findings: run.findings ?? [],
    sampled: run.sampled ?? null,
    strings: run.strings ?? [],
    events: events.length,
    copies: copies.length,
    columns: columns.map(([name, bytes]) => [name, bytes.length]),
  }));
  const length = Buffer.alloc(4);
  length.writeUInt32LE(header.length);
  return Buffer.concat([length, header, ...columns.map(([, bytes]) => bytes)]);
}

// Returns the base64 text of a run.
function encodeRun(run, extra = []) {
  return zlib.deflateSync(containerBytes(run, extra)).toString("base64");
}

module.exports = { encodeRun, containerBytes, zigzag, pushVarint };
