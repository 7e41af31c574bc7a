// Tests of the texts of numbers, times, and names.
"use strict";
const test = require("node:test");
const assert = require("node:assert");
const { format } = require("./charts.js").sim;

test("numbers have separators and no trailing zeros", () => {
  assert.equal(format.number(1234567.5), "1,234,567.5");
  assert.equal(format.number(0), "0");
  assert.equal(format.number(-0.001), "0");
  assert.equal(format.number(-12), "−12");
  assert.equal(format.number(NaN), "–");
  assert.equal(format.number(null), "–");
  assert.equal(format.number(Infinity), "∞");
  assert.equal(format.number(100), "100");
});

test("significant digits keep whole numbers whole", () => {
  assert.equal(format.significant(1234.56), "1,235");
  assert.equal(format.significant(0.012345), "0.0123");
  assert.equal(format.significant(0), "0");
});

test("times use the largest unit that fits", () => {
  assert.equal(format.time(12.5e9), "12.5 s");
  assert.equal(format.time(250e6), "250 ms");
  assert.equal(format.time(1500), "1.5 µs");
  assert.equal(format.time(7), "7 ns");
  assert.equal(format.time(0), "0 s");
  assert.equal(format.time(NaN), "–");
});

test("instants keep every nanosecond", () => {
  assert.equal(format.instant(12345678901), "12.345678901 s");
  assert.equal(format.instant(1000001), "1.000001 ms");
  assert.equal(format.instant(0), "0 s");
});

test("instants beyond 2^53 are still numbers", () => {
  assert.match(format.instant(2 ** 60), /^1,152,921,504\.\d+ s$/);
});

test("ticks are round and inside the range", () => {
  assert.deepEqual(format.ticks(0, 60e9, 6), [0, 10e9, 20e9, 30e9, 40e9, 50e9, 60e9]);
  assert.deepEqual(format.ticks(0.3, 2.1, 4), [0.5, 1, 1.5, 2]);
  assert.deepEqual(format.ticks(0, 1, 6, 1), [0, 1]);
  assert.deepEqual(format.ticks(3, 3, 6), [3]);
  assert.deepEqual(format.ticks(NaN, 3, 6), []);
});

test("labels of ticks share one unit", () => {
  assert.deepEqual(format.timeLabels([0, 5e8, 1e9]), ["0 s", "0.5 s", "1 s"]);
  assert.deepEqual(format.timeLabels([0]), ["0 ns"]);
  assert.deepEqual(format.timeLabels([]), []);
});

test("log ticks are powers", () => {
  assert.deepEqual(format.logTicks(1e3, 1e6, 7), [1e3, 1e4, 1e5, 1e6]);
  assert.deepEqual(format.logTicks(0.7, 150, 7), [1, 10, 100]);
  assert.ok(format.logTicks(1, 1e18, 5).length <= 5);
  assert.deepEqual(format.logTicks(0, 10, 5), []);
});

test("hostile names are shown as they are, marks of direction as codes", () => {
  assert.equal(format.name("<img src=x onerror=alert(1)>"), "<img src=x onerror=alert(1)>");
  assert.equal(format.name("a\u202egnp.exe"), "a\\u202egnp.exe");
  assert.equal(format.name("a\u0000b\nc"), "a\\u0000b\\u000ac");
  assert.equal(format.name("שלום"), "שלום");
  assert.equal(format.name("x".repeat(100), 10), `${"x".repeat(9)}…`);
  assert.equal(format.name(null), "");
  assert.equal(Array.from(format.name("😀".repeat(20), 5)).length, 5);
});

test("counts and lists are words", () => {
  assert.equal(format.counted(1, "event"), "1 event");
  assert.equal(format.counted(2000, "event"), "2,000 events");
  assert.equal(format.list(["a", "b", "c"]), "a, b and c");
  assert.equal(format.list(["a", "b", "c", "d"], 2), "a, b and 2 more");
  assert.equal(format.list([]), "");
});
