// Tests of operations: pairs, quantiles, rates, rows of the timeline.
"use strict";
const test = require("node:test");
const assert = require("node:assert");
const { sim, nodes } = require("./charts.js");
const ops = sim.operations;

const RUN = nodes(2, [
  [1e9, 0, "read", "invoke"],
  [1.2e9, 1, "write", "invoke", "7"],
  [1.5e9, 0, "read", "ok", "[1]"],
  [2e9, 1, "write", "info", "7"],
  [3e9, 0, "read", "invoke"],
  [3e9, 0, "read", "fail"],
  [4e9, 3, "write", "invoke", "8"],
]);

test("invocations and completions are paired by process", () => {
  const list = ops.operations(RUN);
  assert.deepEqual(list.map((one) => [one.f, one.outcome, one.from, one.until, one.event]), [
    ["read", "ok", 1e9, 1.5e9, 0],
    ["write", "unknown", 1.2e9, 2e9, 1],
    ["read", "fail", 3e9, 3e9, 4],
    ["write", "unknown", 4e9, 10e9, 6],
  ]);
  assert.equal(list[2].latency, 0);
  assert.ok(Number.isNaN(list[3].latency));
});

test("operations that never completed are counted, with words", () => {
  const open = ops.openOnes(ops.operations(RUN));
  assert.deepEqual(open.map((one) => [one.f, one.count]), [["write", 1]]);
  assert.match(ops.openWords(RUN, ops.operations(RUN)),
    /^1 operation never completed and is open: 1 write; the first is of .*, invoked at 4 s\.$/);
  assert.equal(ops.openWords(RUN, []), "");
});

test("the nemesis is no client, and completions without invocation are left out", () => {
  const run = nodes(1, [[1, 0, "read", "ok"]]);
  run.history.push({ process: "nemesis", f: "start", kind: "invoke", value: "", at: 1, client: -1 });
  assert.deepEqual(ops.operations(run), []);
});

test("rows of the timeline are clients, whatever their process", () => {
  const rows = ops.clientRows(RUN, ops.operations(RUN));
  assert.deepEqual(rows.map((row) => [row.title, row.operations.length]), [["c0", 2], ["c1", 2]]);
});

test("an operation that never completed ends as a bar at the next of its client", () => {
  const run = nodes(1, [[1, 0, "w", "invoke"], [5, 1, "w", "invoke"], [6, 1, "w", "ok"]],
    { end: 10 });
  const [row] = ops.barRows(run, ops.operations(run));
  assert.deepEqual(row.bars.map((bar) => [bar.from, bar.until, bar.tail]), [[1, 5, 10], [5, 6, 6]]);
  assert.equal(ops.barAt(row.bars, 5.5, 0), row.bars[1]);
  assert.equal(ops.barAt(row.bars, 8, 0), row.bars[0]);
  assert.equal(ops.barAt(row.bars, 0.5, 0.2), null);
});

test("quantiles are of the nearest rank", () => {
  const sorted = Array.from({ length: 100 }, (_, k) => k + 1);
  assert.equal(ops.quantile(sorted, 0.5), 50);
  assert.equal(ops.quantile(sorted, 0.99), 99);
  assert.equal(ops.quantile(sorted, 1), 100);
  assert.equal(ops.quantile([7], 0.5), 7);
  assert.ok(Number.isNaN(ops.quantile([], 0.5)));
});

test("quantiles over time leave gaps in empty buckets", () => {
  const found = ops.quantiles(ops.operations(RUN), 10e9, 1e9);
  assert.equal(found.at.length, 10);
  assert.equal(found.p50[1], 0.5e9);
  assert.equal(found.max[2], 0.8e9);
  assert.equal(found.p50[3], 0);
  assert.ok(Number.isNaN(found.p50[5]));
});

test("rates count completions only, each bucket with its length", () => {
  const rates = ops.rates(ops.operations(RUN), 10e9, 4e9);
  assert.deepEqual(rates.map((one) => [one.f, one.outcome, one.total]),
    [["read", "ok", 1], ["read", "fail", 1], ["write", "unknown", 1]]);
  assert.equal(rates[0].value[0], 0.25);
  assert.equal(rates[0].at.length, 3);
});

test("rates of a run of length 0 are finite", () => {
  const run = nodes(1, [[0, 0, "read", "invoke"], [0, 0, "read", "ok"]], { end: 0 });
  const [rate] = ops.rates(ops.operations(run), 0, ops.bucketWidth(0, 10));
  assert.ok(rate.value.every(Number.isFinite));
});

test("the names of operations have one order", () => {
  assert.deepEqual(ops.functionsOf(ops.operations(RUN)), ["read", "write"]);
});

test("a description says everything, and shows hostile values as text", () => {
  const run = nodes(1, [[1, 0, "<b>", "invoke", "\u202ex"]]);
  const lines = ops.describe(run, ops.operations(run)[0]);
  assert.deepEqual(lines, ["<b> \\u202ex", "no completion; invoked at 1 ns", "c0, process 0"]);
});
