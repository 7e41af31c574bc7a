// Loads the scripts of the page that need no document into Node, in the order of the page, and
// makes runs of rows.
"use strict";
const { encodeRun } = require("./encode.js");

const SCRIPTS = [
  "sorted", "format", "decode", "causality", "model", "words-copy", "words-clock", "words",
  "words-operation", "words-finding", "search", "diagram-scale", "diagram-layout",
  "diagram-rows", "diagram-arrows", "diagram-detail", "diagram-palette", "diagram-faults",
  "diagram-frame", "diagram-example",
  "diagram-minimap", "diagram-find",
];
for (const script of SCRIPTS) require(`../${script}.js`);

// Returns a `sim.Run` of rows, by way of the container.
async function runOf(rows) {
  return globalThis.sim.loadRun(encodeRun(rows));
}

module.exports = { runOf, sim: globalThis.sim };
