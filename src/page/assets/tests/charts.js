// Loads the scripts of the charts into Node, in the order of the page, and makes small runs by
// hand.
"use strict";

const SCRIPTS = [
  "sorted", "format", "series", "sampling", "operations", "marks", "zoom", "tables", "layers",
  "frame", "plot-pointer", "plot", "charts-machines", "charts-nodes", "timeline-pointer",
  "timeline", "theme", "main",
];
for (const script of SCRIPTS) require(`../${script}.js`);

// Returns a run of machines. `events`: [[at, lane, clock, queue] …], in order.
function machines(lanes, events, more = {}) {
  return {
    title: "test, seed 1", family: "machines", end: 10e9, faults: [], findings: [], sampled: null,
    history: [], count: events.length,
    lanes: Array.from({ length: lanes }, (_, k) => ({
      name: `m${k + 1}`, kind: "machine", title: `machine ${k + 1}`,
    })),
    at: Float64Array.from(events, (event) => event[0]),
    lane: Uint32Array.from(events, (event) => event[1]),
    kind: new Uint8Array(events.length).fill(2),
    clock: Float64Array.from(events, (event) => event[2] ?? NaN),
    queue: Float64Array.from(events, (event) => event[3] ?? NaN),
    message: new Float64Array(events.length).fill(NaN),
    entry: new Int32Array(events.length).fill(-1),
    ...more,
  };
}

// Returns a run of nodes with a history. `entries`: [[at, process, f, kind, value] …]; each has an
// event, on the lane of its client.
function nodes(clients, entries, more = {}) {
  const run = machines(clients, entries.map(([at, process]) => [at, process % clients]));
  run.family = "nodes";
  run.entry = Int32Array.from(entries, (_, k) => k);
  run.lanes = run.lanes.map((_, k) => ({ name: `c${k}`, kind: "client", title: `c${k}` }));
  run.history = entries.map(([at, process, f, kind, value = ""]) => ({
    process: String(process), f, kind, value, error: "", at, client: process % clients,
  }));
  return Object.assign(run, more);
}

module.exports = { sim: globalThis.sim, machines, nodes };
