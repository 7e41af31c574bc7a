// Tests of past, future, logical time and the indexes of a run, against brute force.
"use strict";
const test = require("node:test");
const assert = require("node:assert/strict");
const { runOf } = require("./load.js");
const synthetic = require("./synthetic.js");

// Returns the direct edges of a run: order of lanes, and send to receive.
function edges(rows) {
  const pairs = [];
  const last = new Map();
  rows.events.forEach((event, e) => {
    if (last.has(event.lane)) pairs.push([last.get(event.lane), e]);
    last.set(event.lane, e);
  });
  for (const copy of rows.copies) if (copy.receive >= 0) pairs.push([copy.send, copy.receive]);
  return pairs;
}

// Returns the transitive closure: reach[a][b] where a happened before b.
function closure(rows) {
  const n = rows.events.length;
  const reach = Array.from({ length: n }, () => new Uint8Array(n));
  for (const [a, b] of edges(rows)) reach[a][b] = 1;
  for (let k = 0; k < n; k += 1) {
    for (let a = 0; a < n; a += 1) {
      if (reach[a][k] === 0) continue;
      for (let b = 0; b < n; b += 1) if (reach[k][b] === 1) reach[a][b] = 1;
    }
  }
  return reach;
}

test("past and future of random runs are those of the transitive closure", async () => {
  for (let seed = 0; seed < 150; seed += 1) {
    const rows = synthetic.scrambled(seed);
    const run = await runOf(rows);
    const reach = closure(rows);
    for (let e = 0; e < run.count; e += 1) {
      assert.deepEqual([...run.past(e)], rows.events.map((_, a) => reach[a][e]));
      assert.deepEqual([...run.future(e)], [...reach[e]]);
    }
  }
});

test("logical time without clocks is the longest chain of causes", async () => {
  for (let seed = 0; seed < 60; seed += 1) {
    const rows = synthetic.scrambled(seed);
    const run = await runOf(rows);
    const depth = rows.events.map(() => 1);
    const pairs = edges(rows);
    for (let e = 0; e < rows.events.length; e += 1) {
      for (const [a, b] of pairs) if (b === e) depth[e] = Math.max(depth[e], depth[a] + 1);
    }
    assert.deepEqual([...run.logical()], depth);
  }
});

test("logical time with clocks is the clock", async () => {
  const rows = synthetic.machines({ end: 10e9 });
  const run = await runOf(rows);
  assert.deepEqual([...run.logical()], rows.events.map((event) => event.clock));
});

test("the order of a lane, the last event at an instant, and jumps", async () => {
  const rows = synthetic.machines({ end: 20e9 });
  const run = await runOf(rows);
  for (let lane = 0; lane < 3; lane += 1) {
    const events = [...run.eventsOf(lane)];
    assert.deepEqual(events, rows.events.flatMap((row, e) => (row.lane === lane ? [e] : [])));
    events.forEach((e, i) => {
      assert.equal(run.previous(e), i > 0 ? events[i - 1] : -1);
      assert.equal(run.next(e), i + 1 < events.length ? events[i + 1] : -1);
      assert.equal(run.eventAt(lane, run.at[e]), e);
      assert.equal(run.jump(e), run.clock[e] - (i > 0 ? run.clock[events[i - 1]] : 0));
    });
    assert.equal(run.eventAt(lane, -1), -1);
  }
});

test("the copies of a message, and the copy of a receive", async () => {
  const rows = synthetic.machines({ end: 20e9 });
  const run = await runOf(rows);
  for (const message of [1, 5, 17]) {
    const expected = rows.copies.flatMap((row, c) => (row.message === message ? [c] : []));
    assert.deepEqual([...run.copiesOf(message)], expected);
  }
  assert.equal(run.copiesOf(1e9).length, 0);
  rows.copies.forEach((row, c) => {
    if (row.receive >= 0) assert.equal(run.received[row.receive], c);
  });
});

test("an edge against the order of ids is ignored", async () => {
  const lanes = [0, 1].map((i) => ({ name: `${i}`, kind: "machine", title: `machine ${i}` }));
  const events = [{ at: 0, lane: 0, kind: 1 }, { at: 1, lane: 1, kind: 0, message: 1 }];
  const run = await runOf({ lanes, events, copies: [
    { message: 1, from: 1, to: 0, send: 1, sent: 1, receive: 0, at: 0, fate: 0 },
  ] });
  assert.deepEqual([...run.past(0)], [0, 0]);
  assert.deepEqual([...run.future(1)], [0, 0]);
});

test("each entry of the history has its other half and its event", async () => {
  const rows = synthetic.nodes({ end: 4e9 });
  const run = await runOf(rows);
  const halves = run.otherHalves();
  rows.history.forEach((entry, i) => {
    assert.equal(run.entry[run.eventOfEntry(i)], i);
    if (halves[i] >= 0) assert.equal(halves[halves[i]], i);
    if (entry.kind === "ok") assert.equal(rows.history[halves[i]].kind, "invoke");
  });
});
