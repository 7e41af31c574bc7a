// Synthetic runs for tests and for drawing: machines with Lamport clocks, nodes with clients.
//
// Each is a function of its options and a seed, and returns the rows that `encode.js` takes.
"use strict";

const FATE = { received: 0, waiting: 1, lost: 2, cut: 3, crashed: 4, inFlight: 5, unknown: 6 };
const KIND = { send: 0, receive: 1, internal: 2, invoke: 3, ok: 4, fail: 5, info: 6 };

// Returns a generator of numbers in [0, 1) (mulberry32).
function generator(seed) {
  let state = seed >>> 0;
  return () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let t = Math.imul(state ^ (state >>> 15), state | 1);
    t ^= t + Math.imul(t ^ (t >>> 7), t | 61);
    return ((t ^ (t >>> 14)) >>> 0) / 4294967296;
  };
}

// Returns a run of machines that tick, take one message a tick, and else send or step.
function machines(options = {}) {
  const {
    rates = [1, 1, 6], end = 60e9, send = 0.9, loss = 0, partition = null, seed = 1, delay = 1e6,
    latency = 0,
  } = options;
  const random = generator(seed);
  const lanes = rates.map((_, i) => (
    { name: String(i + 1), kind: "machine", title: `machine ${i + 1}` }));
  const ticks = [];
  rates.forEach((rate, lane) => {
    for (let at = random() * 1e9 / rate; at < end; at += 1e9 / rate) {
      ticks.push({ at: Math.floor(at), lane });
    }
  });
  ticks.sort((a, b) => a.at - b.at || a.lane - b.lane);
  const clock = rates.map(() => 0);
  const inbox = rates.map(() => []);
  const events = [];
  const copies = [];
  let message = 0;
  for (const { at, lane } of ticks) {
    const ready = inbox[lane].findIndex((copy) => copies[copy].at <= at);
    const e = events.length;
    const event = { at, lane, kind: KIND.internal, clock: 0, queue: 0, message: null, entry: -1 };
    if (ready >= 0) {
      const copy = copies[inbox[lane].splice(ready, 1)[0]];
      clock[lane] = Math.max(clock[lane], copy.stamp);
      Object.assign(event, { kind: KIND.receive, message: copy.message });
      Object.assign(copy, { receive: e, fate: FATE.received });
    } else if (rates.length > 1 && random() < send) {
      message += 1;
      Object.assign(event, { kind: KIND.send, message });
      const all = random() < 0.3;
      const other = (lane + 1 + Math.floor(random() * (rates.length - 1))) % rates.length;
      const to = all ? lanes.map((_, i) => i).filter((i) => i !== lane) : [other];
      for (const target of to) {
        const arrival = at + delay + Math.floor(random() * latency);
        const cut = partition && arrival >= partition.from && arrival < partition.until &&
          partition.lanes.includes(lane) !== partition.lanes.includes(target);
        const lost = random() < loss;
        const fate = lost ? FATE.lost : cut ? FATE.cut : FATE.waiting;
        const waits = fate === FATE.waiting && arrival > end;
        copies.push({
          message, number: 1, from: lane, to: target, send: e, sent: at, receive: -1,
          at: lost ? at : waits ? null : arrival, fate: waits ? FATE.inFlight : fate,
          kind: -1, note: -1, stamp: clock[lane] + 1,
        });
        if (fate === FATE.waiting && !waits) inbox[target].push(copies.length - 1);
      }
    }
    clock[lane] += 1;
    event.clock = clock[lane];
    event.queue = inbox[lane].filter((copy) => copies[copy].at <= at).length;
    events.push(event);
  }
  const faults = partition
    ? [{ kind: "partition", ...partition, note: "machine 1 | the others" }] : [];
  return {
    title: `synthetic, seed ${seed}`, family: "machines", end, lanes, events, copies, faults,
  };
}

// Returns a run of nodes that flood values, with clients that broadcast and read.
function nodes(options = {}) {
  const { count = 5, end = 30e9, rate = 10, partition = null, loss = 0, seed = 1 } = options;
  const random = generator(seed);
  const lanes = [];
  for (let i = 0; i < count; i += 1) lanes.push({ name: `n${i}`, kind: "node", title: `n${i}` });
  lanes.push({ name: "seq-kv", kind: "service", title: "seq-kv" });
  for (let i = 0; i < count; i += 1) lanes.push({ name: `c${i}`, kind: "client", title: `c${i}` });
  const strings = ["broadcast", "tell", "broadcast_ok"];
  const has = Array.from({ length: count }, () => new Set());
  const agenda = [];
  const events = [];
  const copies = [];
  const history = [];
  const bodies = [];
  let message = 0;
  const schedule = (at, run) => agenda.push({ at, run, order: agenda.length });
  const add = (at, lane, kind, extra) => {
    events.push({ at, lane, kind, clock: null, queue: null, message: null, entry: -1, ...extra });
    return events.length - 1;
  };
  const send = (at, from, to, kind, body, onReceive) => {
    message += 1;
    const sent = add(at, from, KIND.send, { message });
    bodies.push([message, JSON.stringify(body)]);
    const arrival = at + Math.floor((0.4 + random() * 3) * 1e6);
    const inside = (lane) => partition.lanes.includes(lane);
    const cut = partition && arrival >= partition.from && arrival < partition.until &&
      to < count && from < count && inside(from) !== inside(to);
    const lost = from < count && to < count && random() < loss;
    const copy = {
      message, number: 1, from, to, send: sent, sent: at, receive: -1,
      at: lost ? at : arrival, fate: lost ? FATE.lost : cut ? FATE.cut : FATE.inFlight,
      kind, note: -1,
    };
    copies.push(copy);
    if (lost || cut) return;
    const number = message;
    schedule(arrival, () => {
      copy.receive = add(arrival, to, KIND.receive, { message: number });
      copy.fate = FATE.received;
      onReceive(arrival);
    });
  };
  const tell = (at, node, value, from) => {
    if (has[node].has(value)) return;
    has[node].add(value);
    for (let other = 0; other < count; other += 1) {
      if (other === node || other === from) continue;
      send(at, node, other, 1, { type: "tell", message: value }, (arrival) =>
        tell(arrival, other, value, node));
    }
  };
  let value = 0;
  for (let at = 1e8; at < end - 1e9; at += 1e9 / rate) {
    const moment = Math.floor(at + random() * 5e7);
    const process = value % count;
    const number = value;
    value += 1;
    schedule(moment, () => {
      const client = count + 1 + process;
      const entry = { process: String(process), f: "broadcast", value: String(number), error: "",
        client: process };
      history.push({ ...entry, kind: "invoke", at: moment });
      add(moment, client, KIND.invoke, { entry: history.length - 1 });
      send(moment, client, process, 0, { type: "broadcast", message: number, msg_id: number },
        (arrival) => {
          tell(arrival, process, number, -1);
          const answer = { type: "broadcast_ok", in_reply_to: number };
          send(arrival, process, client, 2, answer, (done) => {
            history.push({ ...entry, kind: "ok", at: done });
            add(done, client, KIND.ok, { entry: history.length - 1 });
          });
        });
    });
  }
  while (agenda.length > 0) {
    let first = 0;
    for (let i = 1; i < agenda.length; i += 1) {
      const sooner = agenda[i].at - agenda[first].at || agenda[i].order - agenda[first].order;
      if (sooner < 0) first = i;
    }
    const [next] = agenda.splice(first, 1);
    if (next.at <= end) next.run();
  }
  const faults = partition ? [{ kind: "partition", ...partition, note: "n2 | the others" }] : [];
  const cutCopies = copies.filter((copy) => copy.fate === FATE.cut).slice(0, 3);
  const findings = cutCopies.length > 0 ? [{
    rule: "missing-at-node", message: "a value is not at n2", entries: [2, 3],
    messages: cutCopies.map((copy) => copy.message), why: [],
  }] : [];
  return {
    title: `nodes, seed ${seed}`, family: "nodes", end, lanes, events, copies, history, bodies,
    faults, findings, strings,
  };
}

// Returns a small random run with any mixture of copies, for checks against brute force.
function scrambled(seed) {
  const random = generator(seed);
  const pick = (n) => Math.floor(random() * n);
  const width = 1 + pick(5);
  const lanes = Array.from({ length: width }, (_, i) => (
    { name: String(i + 1), kind: "machine", title: `machine ${i + 1}` }));
  const events = [];
  const copies = [];
  const open = [];
  let at = 0;
  for (let e = 0; e < pick(60); e += 1) {
    at += pick(4);
    const lane = pick(width);
    const mine = open.findIndex((copy) => copy.to === lane);
    const event = { at, lane, kind: KIND.internal, message: null, clock: null, queue: null };
    if (mine >= 0 && random() < 0.7) {
      const [copy] = open.splice(mine, 1);
      Object.assign(event, { kind: KIND.receive, message: copy.message });
      Object.assign(copy, { receive: e, at, fate: FATE.received });
    } else if (random() < 0.6) {
      Object.assign(event, { kind: KIND.send, message: e + 1 });
      for (let k = 0; k <= pick(3); k += 1) {
        const copy = { message: e + 1, number: 1, from: lane, to: pick(width), send: e, sent: at,
          receive: -1, at: null, fate: pick(7), kind: -1, note: -1 };
        copies.push(copy);
        open.push(copy);
      }
    }
    events.push(event);
  }
  return { title: "scrambled", family: "machines", end: at, lanes, events, copies };
}

module.exports = { machines, nodes, scrambled, generator, FATE, KIND };
