// Tests that uPlot is the file of its README, and that the page's own files keep its rules.
"use strict";
const test = require("node:test");
const assert = require("node:assert");
const crypto = require("node:crypto");
const fs = require("node:fs");
const path = require("node:path");

const FOLDER = path.join(__dirname, "..");
const OWN = ["format.js", "series.js", "sampling.js", "operations.js", "marks.js", "zoom.js",
  "tables.js", "layers.js", "frame.js", "plot-pointer.js", "plot.js", "charts-machines.js",
  "charts-nodes.js", "timeline-pointer.js", "timeline.js", "theme.js", "main.js", "theme.css", "page.css", "charts.css",
  "print.css"];

test("the files of uPlot have the checksums of the README", () => {
  const folder = path.join(FOLDER, "uplot");
  const readme = fs.readFileSync(path.join(folder, "README.md"), "utf8");
  const rows = Array.from(readme.matchAll(/^\| `([^`]+)` \|.*\| `([0-9a-f]{64})` \|$/gm));
  assert.deepEqual(rows.map((row) => row[1]), ["uPlot.iife.min.js", "uPlot.min.css", "LICENSE"]);
  for (const [, file, sum] of rows) {
    const bytes = fs.readFileSync(path.join(folder, file));
    assert.equal(crypto.createHash("sha256").update(bytes).digest("hex"), sum, file);
  }
});

test("uPlot does nothing that the content security policy forbids", () => {
  const text = fs.readFileSync(path.join(FOLDER, "uplot", "uPlot.iife.min.js"), "utf8");
  for (const word of ["innerHTML", "setAttribute", "cssText", "eval(", "new Function", "fetch(",
    "insertRule", "</script"]) {
    assert.ok(!text.includes(word), word);
  }
});

test("the page's files write no markup, no style attributes, and make no request", () => {
  for (const file of OWN) {
    const text = fs.readFileSync(path.join(FOLDER, file), "utf8");
    for (const word of ["innerHTML", "outerHTML", "insertAdjacentHTML", 'setAttribute("style"',
      "cssText", "eval(", "new Function", "fetch(", "XMLHttpRequest", "localStorage",
      "sessionStorage", "</script", "</style", "url(", "@import", "console."]) {
      assert.ok(!text.includes(word), `${file}: ${word}`);
    }
  }
});

test("the page's files are short and narrow", () => {
  for (const file of OWN) {
    const lines = fs.readFileSync(path.join(FOLDER, file), "utf8").split("\n");
    assert.ok(lines.length <= 401, `${file}: ${lines.length} lines`);
    lines.forEach((line, k) => {
      assert.ok(Array.from(line).length <= 100, `${file}:${k + 1} is too long`);
    });
    assert.match(lines[0], /^(\/\/|\/\*) /, file);
  }
});
