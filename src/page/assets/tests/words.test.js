// Tests of what the page says about events and messages.
"use strict";
const test = require("node:test");
const assert = require("node:assert/strict");
const { runOf, sim } = require("./load.js");
const synthetic = require("./synthetic.js");

const LANES = [1, 2, 3].map((i) => ({ name: `${i}`, kind: "machine", title: `machine ${i}` }));

// Returns the text of the lines of a section.
function linesOf(explanation, name) {
  const section = explanation.sections.find((one) => one.name === name);
  return section ? section.lines.map(sim.textOfParts) : [];
}

// Returns a run where machine 1 receives a message of machine 3: `clocks` are those of the send, of
// machine 1 before the receive, and after it.
function receiveRun([sent, before, after]) {
  return runOf({ lanes: LANES, end: 20e9, events: [
    { at: 12.5e9, lane: 2, kind: 0, clock: sent, message: 41, queue: 0 },
    { at: 13e9, lane: 0, kind: 2, clock: before, queue: 2 },
    { at: 14e9, lane: 0, kind: 1, clock: after, message: 41, queue: 1 },
  ], copies: [
    { message: 41, from: 2, to: 0, send: 0, sent: 12.5e9, receive: 2, at: 12.6e9, fate: 0 },
  ] });
}

test("a receive says the formula of its clock, the jump, the wait, and the queue", async () => {
  const run = await receiveRun([16, 9, 17]);
  const why = linesOf(sim.explainEvent(run, 2), "Why");
  assert.deepEqual(why, [
    "clock 17 = max(9, 16) + 1: it was 9, and message 41 from machine 3, sent at 12.5 s, "
      + "carried 16",
    "A jump of 8: without the message it would be 10.",
    "It arrived at 12.6 s and waited 1.4 s in the queue.",
    "After it 1 message waits in the queue.",
  ]);
});

test("links lead to the message and to its send", async () => {
  const run = await receiveRun([16, 9, 17]);
  const [line] = sim.explainEvent(run, 2).sections[0].lines;
  assert.equal(line.find((part) => part.copy !== undefined).copy, 0);
  assert.equal(line.find((part) => part.event !== undefined).event, 0);
});

test("a message that carries less does not raise the clock", async () => {
  const run = await receiveRun([3, 9, 10]);
  const why = linesOf(sim.explainEvent(run, 2), "Why");
  assert.match(why[0], /^clock 10 = max\(9, 3\) \+ 1: it was 9, and message 41/);
  assert.equal(why[1], "The message did not raise it: its own clock was not behind.");
});

test("a stamp from before the send is recognized", async () => {
  const run = await receiveRun([16, 9, 16]);
  assert.equal(run.stampOffset(), 1);
  const why = linesOf(sim.explainEvent(run, 2), "Why");
  assert.match(why[0], /^clock 16 = max\(9, 15\) \+ 1: .* carried 15$/);
});

test("a clock that follows no rule has facts, and no formula", async () => {
  const run = await receiveRun([16, 9, 40]);
  const why = linesOf(sim.explainEvent(run, 2), "Why");
  assert.equal(why[0], "clock 40: it was 9, and it received message 41 from machine 3, "
    + "sent at 12.5 s, when its sender's clock was 16");
  assert.equal(why[1], "A jump of 31.");
});

test("an internal event and a send say their sum, and the fates of the copies", async () => {
  const run = await runOf({ lanes: LANES, end: 20e9, events: [
    { at: 1e9, lane: 0, kind: 2, clock: 1 },
    { at: 2e9, lane: 0, kind: 0, clock: 2, message: 42 },
    { at: 3e9, lane: 1, kind: 1, clock: 3, message: 42 },
  ], copies: [
    { message: 42, from: 0, to: 1, send: 1, sent: 2e9, receive: 2, at: 3e9, fate: 0 },
    { message: 42, from: 0, to: 2, send: 1, sent: 2e9, receive: -1, at: 3e9, fate: 3 },
  ] });
  assert.equal(linesOf(sim.explainEvent(run, 0), "Why")[0], "clock 1 = 0 + 1: an internal event");
  const send = sim.explainEvent(run, 1);
  assert.equal(linesOf(send, "Why")[0],
    "clock 2 = 1 + 1: a send to machine 2 and machine 3 (message 42)");
  assert.deepEqual(linesOf(send, "Fates of its copies"),
    ["to machine 2: received at 3 s", "to machine 3: cut off by a partition at 3 s"]);
  assert.deepEqual(linesOf(send, "Causality").slice(0, 3), [
    "1 event happened before it: 1 on machine 1.",
    "1 event happened after it: 1 on machine 2.", "0 events are concurrent."]);
});

test("the chain of a clock leads back through the messages that raised it", async () => {
  const run = await runOf(synthetic.machines({ end: 40e9 }));
  for (let e = 0; e < run.count; e += 1) {
    const { links, own, complete } = sim.wordsOfClocks.clockChain(run, e, Infinity);
    const steps = links.reduce((sum, link) => sum + link.own + 1, own);
    assert.equal(complete, true);
    assert.equal(steps, run.clock[e]);
  }
});

test("each fate has its words, also where times and events are unknown", async () => {
  const lanes = LANES;
  const copies = Array.from({ length: 8 }, (_, fate) => (
    { message: fate + 1, from: 0, to: 1, send: -1, sent: null, receive: -1, at: null, fate }));
  const run = await runOf({ lanes, end: 9, events: [], copies });
  const texts = copies.map((_, c) => sim.summaryOfCopy(run, c));
  assert.equal(texts[2], "message 3 from machine 1 to machine 2, lost");
  assert.match(texts[5], /still under way at the end$/);
  assert.match(texts[7], /of an unknown fate$/);
  assert.match(sim.textOfParts(sim.explainCopy(run, 0).sections[0].lines[0]),
    /sent at an unknown time/);
});

test("a node's receive says who sent it, and what it says", async () => {
  const run = await runOf(synthetic.nodes({ end: 3e9 }));
  const receive = run.kind.indexOf(1);
  const explanation = sim.explainEvent(run, receive);
  assert.match(linesOf(explanation, "Why")[0],
    /^n0 received message 1 \(broadcast\) from c0, sent at \d+\.\d+ ms$/);
  assert.deepEqual(linesOf(explanation, "It says"),
    ['{"type":"broadcast","message":0,"msg_id":0}']);
});

test("an operation says its invocation, its outcome and its latency", async () => {
  const history = [
    { process: "3", f: "read", kind: "invoke", value: "", error: "", at: 1e9, client: 0 },
    { process: "3", f: "read", kind: "ok", value: "[1,2]", error: "", at: 1.004e9, client: 0 },
    { process: "3", f: "add", kind: "invoke", value: "7", error: "", at: 2e9, client: 0 },
    { process: "3", f: "add", kind: "info", value: "7", error: "timeout", at: 3e9, client: 0 },
    { process: "4", f: "add", kind: "invoke", value: "8", error: "", at: 4e9, client: 0 },
  ];
  const kinds = [3, 4, 3, 6, 3];
  const run = await runOf({ family: "nodes", end: 5e9, history,
    lanes: [{ name: "c3", kind: "client", title: "c3" }],
    events: history.map((entry, i) => ({ at: entry.at, lane: 0, kind: kinds[i], entry: i })) });
  const why = (e) => linesOf(sim.explainEvent(run, e), "Why");
  assert.deepEqual(why(0), ["Process 3 invoked read at 1 s.",
    "Outcome: it succeeded with [1,2] after 4 ms."]);
  assert.deepEqual(why(1), why(0));
  assert.deepEqual(why(3), ["Process 3 invoked add 7 at 2 s.",
    "Outcome: its outcome is unknown after 1 s: timeout."]);
  assert.equal(why(4)[1], "It had no answer until the end of the run.");
});

test("faults that are active at an event are named", async () => {
  const partition = { from: 1e9, until: 2e9, lanes: [2] };
  const run = await runOf(synthetic.nodes({ partition, end: 4e9 }));
  const inside = run.eventAt(2, 1.5e9);
  const lines = linesOf(sim.explainEvent(run, inside), "Faults at that time");
  assert.deepEqual(run.at[inside] >= 1e9 ? lines : [], run.at[inside] >= 1e9
    ? ["partition from 1 s to 2 s: n2 | the others"] : []);
  const outside = sim.explainEvent(run, run.eventAt(0, 1.5e9));
  assert.deepEqual(linesOf(outside, "Faults at that time"), []);
});

test("a finding says its message, its operations and the fates of its messages", async () => {
  const partition = { from: 1e9, until: 2e9, lanes: [2] };
  const run = await runOf(synthetic.nodes({ partition, end: 4e9 }));
  const [finding] = run.findings;
  const explanation = sim.explainFinding(run, { ...finding, entries: [2, 999] });
  assert.equal(explanation.title, "missing-at-node");
  assert.equal(explanation.at, "1 operation, 3 messages");
  assert.match(linesOf(explanation, "Operations")[0], /^invoke broadcast 1 of process 1 at /);
  const [message] = linesOf(explanation, "Messages");
  assert.match(message, /^message \d+ \(tell\) from n\d to n\d, cut off/);
  const parts = explanation.sections.find((one) => one.name === "Operations").lines[0];
  assert.equal(run.entry[parts[0].event], 2);
  assert.equal(sim.explainFinding(run, { rule: "r", message: "m" }).sections.length, 1);
});

test("a counterexample is in the words of its finding, and its operations can be followed", async () => {
  const run = await runOf(synthetic.nodes({ end: 4e9 }));
  const begins = run.history.map((entry, i) => [entry.kind, i])
    .filter(([kind]) => kind === "invoke").map(([, i]) => i);
  const [a, b] = begins;
  const counterexample = {
    kind: "cycle",
    names: [{ entry: a, name: "T1", words: "w x = 1" }, { entry: b, name: "T2", words: "r x" }],
    edges: [
      { from: a, to: b, label: "wr x", names: ["T1", "T2"], reason: "T2 reads x", case: "" },
      { from: b, to: a, label: "rw y", names: ["T2", "T1"], reason: "T2 misses y", case: "" },
    ],
    inferred: [],
  };
  const finding = { rule: "lost-update", message: "m", counterexample };
  const explanation = sim.explainFinding(run, finding);
  const lines = linesOf(explanation, "Why each comes before the next");
  assert.deepEqual(lines, ["T1 → T2 (wr x): T2 reads x", "T2 → T1 (rw y): T2 misses y"]);
  const [first] = explanation.sections.find((one) => one.name === "Transactions").lines;
  assert.equal(first[0].event, run.eventOfEntry(a));
  const example = sim.exampleOf(run, finding);
  assert.deepEqual(example.edges.map((edge) => [edge.from.entry, edge.to.entry]), [[a, b], [b, a]]);
  assert.equal(sim.exampleOf(run, { rule: "r" }), null);
});

test("hostile names are shown as text without control characters", async () => {
  const title = "\u202e<img onerror=x>\u0000";
  const lanes = [0, 1].map(() => ({ name: title, kind: "node", title }));
  const run = await runOf({ family: "nodes", lanes, end: 9, strings: [title], events: [
    { at: 1, lane: 0, kind: 0, message: 1 }], copies: [
    { message: 1, from: 0, to: 1, send: 0, sent: 1, receive: -1, at: 1, fate: 2, kind: 0, note: 0 },
  ], bodies: [[1, title]] });
  const texts = [sim.explainEvent(run, 0), sim.explainCopy(run, 0)].map((one) =>
    JSON.stringify(one));
  for (const text of texts) assert.doesNotMatch(text, /[\u0000-\u001f\u202e]/);
});

test("every event and copy of random runs has an explanation", async () => {
  for (let seed = 0; seed < 40; seed += 1) {
    const run = await runOf(synthetic.scrambled(seed));
    for (let e = 0; e < run.count; e += 1) {
      const lines = sim.explainEvent(run, e).sections.flatMap((section) => section.lines);
      for (const line of lines) assert.doesNotMatch(sim.textOfParts(line), /undefined|NaN/);
    }
    for (let c = 0; c < run.copies; c += 1) {
      assert.doesNotMatch(JSON.stringify(sim.explainCopy(run, c)), /undefined|NaN/);
    }
  }
});
