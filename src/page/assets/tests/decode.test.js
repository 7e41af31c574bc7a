// Tests of the container: round trips, large numbers, empty and broken runs.
"use strict";
const test = require("node:test");
const assert = require("node:assert/strict");
const zlib = require("node:zlib");
const { runOf, sim } = require("./load.js");
const { encodeRun, containerBytes, zigzag, pushVarint } = require("./encode.js");
const synthetic = require("./synthetic.js");

// Returns NaN or -1 for a value that is not there, as the run has it.
const or = (value, none) => (value === null || value === undefined ? none : value);

// Asserts that a run has what its rows say.
function assertSame(run, rows) {
  assert.equal(run.count, rows.events.length);
  rows.events.forEach((row, e) => {
    assert.equal(run.at[e], row.at);
    assert.equal(run.lane[e], row.lane);
    assert.equal(run.kind[e], row.kind);
    assert.equal(run.clock[e], or(row.clock, NaN));
    assert.equal(run.queue[e], or(row.queue, NaN));
    assert.equal(run.message[e], or(row.message, NaN));
    assert.equal(run.entry[e], or(row.entry, -1));
  });
  assert.equal(run.copies, rows.copies.length);
  rows.copies.forEach((row, c) => {
    assert.equal(run.copyMessage[c], row.message);
    assert.equal(run.copyNumber[c], row.number);
    assert.equal(run.copyFrom[c], row.from);
    assert.equal(run.copyTo[c], row.to);
    assert.equal(run.copySend[c], row.send);
    assert.equal(run.copySent[c], or(row.sent, NaN));
    assert.equal(run.copyReceive[c], row.receive);
    assert.equal(run.copyAt[c], or(row.at, NaN));
    assert.equal(run.copyFate[c], row.fate);
    assert.equal(run.copyKind[c], row.kind);
  });
}

test("a run of machines, one of nodes and random runs come back as they were", async () => {
  const runs = [
    synthetic.machines({ loss: 0.1, end: 20e9 }),
    synthetic.nodes({ partition: { from: 2e9, until: 4e9, lanes: [2] }, end: 6e9 }),
    ...Array.from({ length: 30 }, (_, seed) => synthetic.scrambled(seed)),
  ];
  for (const rows of runs) assertSame(await runOf(rows), rows);
});

test("an empty run, and lanes without events, are runs", async () => {
  const empty = await runOf({ lanes: [] });
  assert.deepEqual([empty.count, empty.copies, empty.lanes.length], [0, 0, 0]);
  const idle = await runOf({ lanes: [{ name: "n1", kind: "node", title: "n1" }], end: 5 });
  assert.equal(idle.eventsOf(0).length, 0);
  assert.equal(idle.eventAt(0, 100), -1);
});

test("large times are exact up to 2^53, and beyond it approximate", async () => {
  const lanes = [{ name: "1", kind: "machine", title: "machine 1" }];
  const exact = 2 ** 53 - 1;
  const rows = { lanes, end: exact, events: [
    { at: 2 ** 31, lane: 0, kind: 2, clock: 2 ** 32 + 1, queue: 2 ** 40 },
    { at: exact, lane: 0, kind: 2, clock: 3, queue: 0 },
  ], copies: [] };
  const run = await runOf(rows);
  assert.deepEqual([...run.at], [2 ** 31, exact]);
  assert.deepEqual([...run.clock], [2 ** 32 + 1, 3]);
  assert.deepEqual([...run.queue], [2 ** 40, 0]);
  const beyond = await runOf({ lanes, end: 2 ** 63, events: [
    { at: 2n ** 63n + 12345n, lane: 0, kind: 2 },
  ] });
  assert.equal(beyond.at[0], 2 ** 63 + 12345);
});

test("zigzag is undone for small and large numbers of both signs", () => {
  for (const value of [0, 1, -1, 63, -64, 2 ** 31, -(2 ** 31), 2 ** 51, -(2 ** 51) - 1]) {
    assert.equal(sim.unzigzag(Number(zigzag(value))), value);
  }
});

test("varints of each length are read", () => {
  const values = [0, 127, 128, 16383, 16384, 2 ** 31, 2 ** 32, 2 ** 49 + 1, 2 ** 53 - 1];
  const bytes = [];
  for (const value of values) pushVarint(bytes, value);
  const column = Uint8Array.from(bytes);
  assert.deepEqual([...sim.readVarints(column, values.length, "test")], values);
  assert.throws(() => sim.readVarints(column, values.length + 1, "test"), /ends early/);
});

test("an unknown column is skipped, a short one is an error", async () => {
  const rows = synthetic.machines({ end: 3e9 });
  const run = await sim.loadRun(encodeRun(rows, [["colour", Buffer.from([1, 2, 3])]]));
  assertSame(run, rows);
  const bytes = containerBytes(rows);
  await assert.rejects(
    sim.loadRun(zlib.deflateSync(bytes.subarray(0, bytes.length - 9)).toString("base64")),
    /ends early/);
});

test("text that is no container, and lanes that are not there, are errors", async () => {
  await assert.rejects(sim.loadRun("!!!"));
  await assert.rejects(sim.loadRun(Buffer.from("hello").toString("base64")));
  await assert.rejects(sim.loadRun(zlib.deflateSync(Buffer.from([1])).toString("base64")));
  await assert.rejects(runOf({ lanes: [], events: [{ at: 0, lane: 3, kind: 2 }] }), /lane/);
});

test("history times are sums, and bodies are a map", async () => {
  const rows = synthetic.nodes({ end: 3e9 });
  const run = await runOf(rows);
  assert.deepEqual(run.history, rows.history);
  assert.equal(run.bodies.get(1), rows.bodies[0][1]);
});
