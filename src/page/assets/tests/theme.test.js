// Tests of the colours: contrast of text, and series that differ without colour.
"use strict";
const test = require("node:test");
const assert = require("node:assert");
const fs = require("node:fs");
const path = require("node:path");
const { sim } = require("./charts.js");

const CSS = fs.readFileSync(path.join(__dirname, "..", "theme.css"), "utf8");

// Returns the tokens of each block of the style sheet: light, dark of the system, dark.
function blocks() {
  return Array.from(CSS.matchAll(/\{([^{}]*--bg:[^{}]*)\}/g), ([, body]) =>
    Object.fromEntries(Array.from(body.matchAll(/--([\w-]+):\s*([^;]+);/g), (m) => [m[1], m[2]])));
}

const linear = (c) => (c <= 0.04045 ? c / 12.92 : ((c + 0.055) / 1.055) ** 2.4);
const channels = (hex) => [1, 3, 5].map((k) => parseInt(hex.slice(k, k + 2), 16) / 255);
const light = (hex) => channels(hex).map(linear);
const luminance = ([r, g, b]) => 0.2126 * r + 0.7152 * g + 0.0722 * b;

function contrast(one, other) {
  const [low, high] = [luminance(light(one)), luminance(light(other))].sort((a, b) => a - b);
  return (high + 0.05) / (low + 0.05);
}

// Returns a colour over which a translucent one was painted.
function over(translucent, base) {
  const [r, g, b, alpha] = translucent.match(/[\d.]+/g).map(Number);
  const mixed = channels(base).map((c, k) => alpha * ([r, g, b][k] / 255) + (1 - alpha) * c);
  return `#${mixed.map((c) => Math.round(c * 255).toString(16).padStart(2, "0")).join("")}`;
}

// Returns OKLab coordinates of linear light.
function oklab([r, g, b]) {
  const l = Math.cbrt(0.4122214708 * r + 0.5363325363 * g + 0.0514459929 * b);
  const m = Math.cbrt(0.2119034982 * r + 0.6806995451 * g + 0.1073969566 * b);
  const s = Math.cbrt(0.0883024619 * r + 0.2817188376 * g + 0.6299787005 * b);
  return [0.2104542553 * l + 0.793617785 * m - 0.0040720468 * s,
    1.9779984951 * l - 2.428592205 * m + 0.4505937099 * s,
    0.0259040371 * l + 0.7827717662 * m - 0.808675766 * s];
}

// Returns linear light as seen with deuteranopia (Machado, Oliveira, Fernandes 2009).
function deuteranopia([r, g, b]) {
  const clip = (c) => Math.min(1, Math.max(0, c));
  return [clip(0.367322 * r + 0.860646 * g - 0.227968 * b),
    clip(0.280085 * r + 0.672501 * g + 0.047413 * b),
    clip(-0.01182 * r + 0.04294 * g + 0.968881 * b)];
}

const distance = (a, b) => Math.hypot(...a.map((c, k) => c - b[k]));
const THEMES = [["light", blocks()[0]], ["dark", blocks()[2]]];

test("the two dark blocks are the same, and all blocks have the same tokens", () => {
  const [first, second, third] = blocks();
  assert.deepEqual(second, third);
  assert.deepEqual(Object.keys(first), Object.keys(third));
});

for (const [name, token] of THEMES) {
  test(`${name}: all text has a contrast of 4.5`, () => {
    const pairs = [];
    for (const base of ["bg", "card", "soft"]) {
      for (const ink of ["ink", "muted", "accent", "bad", "good", "warn"]) pairs.push([ink, base]);
    }
    for (const verdict of ["good", "bad", "warn"]) pairs.push([verdict, `${verdict}-soft`]);
    pairs.push(["accent-ink", "accent"]);
    for (const outcome of ["ok", "fail", "unknown"]) pairs.push(["op-ink", `op-${outcome}`]);
    for (const [ink, base] of pairs) {
      const found = contrast(token[ink], token[base]);
      assert.ok(found >= 4.5, `--${ink} on --${base}: ${found.toFixed(2)}`);
    }
    for (const ink of ["ink", "muted", "bad"]) {
      const found = contrast(token[ink], over(token.fault, token.card));
      assert.ok(found >= 4.5, `--${ink} on --fault: ${found.toFixed(2)}`);
    }
  });

  test(`${name}: lines, marks and borders of controls have a contrast of 3`, () => {
    const tokens = ["past", "future", "edge", "fault-edge"];
    for (let k = 0; k < 8; k += 1) tokens.push(`series-${k}`);
    for (const one of tokens) {
      const found = contrast(token[one], token.card);
      assert.ok(found >= 3, `--${one} on --card: ${found.toFixed(2)}`);
    }
  });

  test(`${name}: series differ, also under deuteranopia, the first four in grey`, () => {
    const series = Array.from({ length: 8 }, (_, k) => light(token[`series-${k}`]));
    for (let i = 0; i < 8; i += 1) {
      for (let j = 0; j < i; j += 1) {
        const plain = distance(oklab(series[i]), oklab(series[j]));
        const seen = distance(oklab(deuteranopia(series[i])), oklab(deuteranopia(series[j])));
        assert.ok(plain >= 0.1, `series ${j} and ${i}: ${plain.toFixed(3)}`);
        assert.ok(seen >= 0.07, `series ${j} and ${i}, deuteranopia: ${seen.toFixed(3)}`);
        if (i > 3) continue;
        const grey = Math.abs(Math.cbrt(luminance(series[i])) - Math.cbrt(luminance(series[j])));
        assert.ok(grey >= 0.07, `series ${j} and ${i}, grey: ${grey.toFixed(3)}`);
      }
    }
  });
}

test("the same colour never has the same dashes within 64 lines", () => {
  const seen = new Set();
  for (let k = 0; k < 64; k += 1) {
    const key = `${sim.marks.seriesToken(k)} ${sim.marks.dashOf(k)}`;
    assert.ok(!seen.has(key), key);
    seen.add(key);
  }
});

test("outcomes have different markers, and so have the first operations", () => {
  const markers = [];
  for (let k = 0; k < 3; k += 1) {
    for (const outcome of ["ok", "fail", "unknown"]) {
      markers.push(JSON.stringify(sim.marks.markerOf(k, outcome)));
    }
  }
  assert.equal(new Set(markers).size, 9);
});

test("the button cycles system, light, dark", () => {
  assert.equal(sim.theme.nextChoice("system"), "light");
  assert.equal(sim.theme.nextChoice("light"), "dark");
  assert.equal(sim.theme.nextChoice("dark"), "system");
});

test("every colour of the style sheets and scripts is a token that exists", () => {
  const folder = path.join(__dirname, "..");
  const known = new Set(Object.keys(blocks()[0]).map((key) => `--${key}`));
  for (const file of ["page.css", "charts.css", "print.css"]) {
    const text = fs.readFileSync(path.join(folder, file), "utf8");
    for (const [, token] of text.matchAll(/var\((--[\w-]+)\)/g)) {
      assert.ok(known.has(token) || token === "--side", `${file}: ${token}`);
    }
  }
  for (const file of ["layers.js", "timeline.js", "marks.js", "plot.js"]) {
    const text = fs.readFileSync(path.join(folder, file), "utf8");
    for (const [, token] of text.matchAll(/color\("(--[\w-]+)"\)/g)) {
      assert.ok(known.has(token), `${file}: ${token}`);
    }
  }
});
