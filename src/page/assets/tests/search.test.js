// Tests of the search for events.
"use strict";
const test = require("node:test");
const assert = require("node:assert/strict");
const { runOf, sim } = require("./load.js");
const synthetic = require("./synthetic.js");

// Returns the ids of the events that hold.
const where = (run, holds) => Array.from({ length: run.count }, (_, e) => e).filter(holds);

test("a message is found by its number: its send and its receives", async () => {
  const run = await runOf(synthetic.machines({ end: 30e9 }));
  const expected = where(run, (e) => run.message[e] === 41);
  for (const text of ["message 41", "Message  41", "msg #41", "#41"]) {
    assert.deepEqual([...sim.search(run, text)], expected, text);
  }
  assert.deepEqual([...sim.search(run, "message 999999")], []);
});

test("a bare number is a message, a clock, or a value", async () => {
  const run = await runOf(synthetic.machines({ end: 30e9 }));
  assert.deepEqual([...sim.search(run, "17")],
    where(run, (e) => run.message[e] === 17 || run.clock[e] === 17));
});

test("clock, jump, queue, event and instant", async () => {
  const run = await runOf(synthetic.machines({ end: 30e9 }));
  assert.deepEqual([...sim.search(run, "clock 17")], where(run, (e) => run.clock[e] === 17));
  assert.deepEqual([...sim.search(run, "jump 4")], where(run, (e) => run.jump(e) >= 4));
  assert.deepEqual([...sim.search(run, "queue 3")], where(run, (e) => run.queue[e] === 3));
  assert.deepEqual([...sim.search(run, "event 12")], [12]);
  const [near] = sim.search(run, "at 12.5 s");
  const distance = (e) => Math.abs(run.at[e] - 12.5e9);
  assert.equal(distance(near), Math.min(...where(run, () => true).map(distance)));
  assert.deepEqual([...sim.search(run, "12500ms")], [near]);
});

test("terms have to hold together", async () => {
  const run = await runOf(synthetic.machines({ end: 30e9, loss: 0.2 }));
  const lost = new Set();
  for (let c = 0; c < run.copies; c += 1) if (run.copyFate[c] === 2) lost.add(run.copySend[c]);
  assert.deepEqual([...sim.search(run, "lost")], where(run, (e) => lost.has(e)));
  assert.deepEqual([...sim.search(run, "machine 3 lost")],
    where(run, (e) => lost.has(e) && run.lane[e] === 2));
  assert.deepEqual([...sim.search(run, "receive jumps")],
    where(run, (e) => run.kind[e] === 1 && run.jump(e) > 1));
});

test("lanes, operations, kinds of messages and values of nodes", async () => {
  const run = await runOf(synthetic.nodes({ end: 4e9 }));
  assert.deepEqual([...sim.search(run, "n3")], where(run, (e) => run.lane[e] === 3));
  const broadcast = new Set(where(run, (e) => run.entry[e] >= 0));
  for (let c = 0; c < run.copies; c += 1) {
    if (run.copyKind[c] === 0) broadcast.add(run.copySend[c]).add(run.copyReceive[c]);
  }
  assert.deepEqual([...sim.search(run, "broadcast")], where(run, (e) => broadcast.has(e)));
  const value = [...sim.search(run, "value 7")];
  const says = (e) => /"message":7[,}]/.test(run.bodies.get(run.message[e]) ?? "");
  assert.deepEqual(value, where(run, (e) =>
    says(e) || (run.entry[e] >= 0 && run.history[run.entry[e]].value === "7")));
  assert.ok(value.length > 5);
});

test("an empty query is no search, and odd text finds nothing", async () => {
  const run = await runOf(synthetic.nodes({ end: 2e9 }));
  assert.equal(sim.search(run, "  "), null);
  for (const text of ["(", "[", "\\", "<img>", "\u202e", "clock x", "value (", "at"]) {
    assert.deepEqual([...sim.search(run, text)], [], text);
  }
  const empty = await runOf({ lanes: [] });
  assert.deepEqual([...sim.search(empty, "at 5s")], []);
});

test("stepping starts at the selected event", () => {
  const matches = Int32Array.from([2, 5, 9]);
  assert.equal(sim.startOfMatches(matches, -1, 1), 0);
  assert.equal(sim.startOfMatches(matches, -1, -1), 2);
  assert.equal(sim.startOfMatches(matches, 5, 1), 2);
  assert.equal(sim.startOfMatches(matches, 5, -1), 0);
  assert.equal(sim.startOfMatches(matches, 10, 1), 0);
  assert.equal(sim.startOfMatches(matches, 1, -1), 2);
});
