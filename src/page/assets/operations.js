// Operations of a history: pairs of invocation and completion, latencies, quantiles, rates.
// Pure functions, no document.
"use strict";
globalThis.sim = globalThis.sim || {};
(() => {
  const OUTCOMES = ["ok", "fail", "unknown"];

  // Returns the event of each entry of the history, -1 where there is none.
  function eventsOfEntries(run) {
    const events = new Int32Array(run.history.length).fill(-1);
    for (let e = 0; e < run.count; e += 1) {
      const entry = run.entry[e];
      if (entry >= 0 && entry < events.length) events[entry] = e;
    }
    return events;
  }

  // Returns the operations of a run, by invocation. An operation without a completion has outcome
  // "unknown", latency NaN and lasts until the end of the run.
  function operations(run) {
    const events = eventsOfEntries(run);
    const open = new Map();
    const found = [];
    run.history.forEach((entry, index) => {
      if (entry.process === "nemesis") return;
      if (entry.kind === "invoke") {
        const operation = {
          f: String(entry.f), process: entry.process, client: entry.client, outcome: "unknown",
          invoke: index, completion: -1, from: entry.at, until: run.end, latency: NaN,
          event: events[index], value: entry.value, result: "", error: "",
        };
        open.set(entry.process, operation);
        found.push(operation);
      } else if (open.has(entry.process)) {
        const operation = open.get(entry.process);
        open.delete(entry.process);
        operation.completion = index;
        operation.outcome = entry.kind === "ok" || entry.kind === "fail" ? entry.kind : "unknown";
        operation.until = entry.at;
        operation.latency = entry.at - operation.from;
        operation.result = entry.value;
        operation.error = entry.error;
      }
    });
    return found;
  }

  // Returns the names of the operations of a run, by number of operations, then by name.
  function functionsOf(list) {
    const counts = new Map();
    for (const operation of list) counts.set(operation.f, (counts.get(operation.f) || 0) + 1);
    const names = Array.from(counts.keys());
    return names.sort((a, b) => counts.get(b) - counts.get(a) || (a < b ? -1 : 1));
  }

  // Returns rows of the timeline, one for each client: {client, title, operations}.
  function clientRows(run, list) {
    const rows = new Map();
    for (const operation of list) {
      if (!rows.has(operation.client)) {
        const lane = operation.event >= 0 ? run.lane[operation.event] : -1;
        const title = lane >= 0
          ? sim.series.laneTitle(run, lane)
          : `client ${operation.client}`;
        rows.set(operation.client, { client: operation.client, title, operations: [] });
      }
      rows.get(operation.client).operations.push(operation);
    }
    return Array.from(rows.values()).sort((a, b) => a.client - b.client);
  }

  // Returns rows whose bars end where the next operation of the client begins, if they never
  // completed: {title, bars: [{operation, from, until, tail}]}. `tail` is the end of the thin rest.
  function barRows(run, list) {
    return clientRows(run, list).map((row) => ({
      title: row.title,
      bars: row.operations.map((operation, k) => {
        const next = row.operations[k + 1];
        const open = operation.completion < 0 && next;
        const until = open ? Math.max(operation.from, next.from) : operation.until;
        return { operation, from: operation.from, until, tail: operation.until };
      }),
    }));
  }

  // Returns the bar of a row at an instant, within `reach` on both sides, or null.
  function barAt(bars, at, reach) {
    let best = null;
    let least = reach;
    for (const bar of bars) {
      const far = at < bar.from ? bar.from - at : Math.max(0, at - bar.until);
      if (far <= least && (far < least || best === null || bar.until - bar.from <
        best.until - best.from)) {
        best = bar;
        least = far;
      }
    }
    if (best) return best;
    return bars.find((bar) => bar.until < at && at <= bar.tail) || null;
  }

  // Returns the value below which a share `q` of the sorted numbers lies (nearest rank).
  function quantile(sorted, q) {
    if (sorted.length === 0) return NaN;
    return sorted[Math.min(sorted.length - 1, Math.max(0, Math.ceil(q * sorted.length) - 1))];
  }

  // Returns a round width of the buckets of a run, about `count` of them.
  function bucketWidth(end, count) {
    return end > 0 ? Math.max(1, sim.format.niceStep(end, count)) : 1;
  }

  // Returns a number of buckets that suits a number of operations: 6 to 60.
  function bucketCount(size) {
    return Math.max(6, Math.min(60, Math.floor(size / 8)));
  }

  // Returns quantiles of the latencies of completed operations over time, by completion:
  // {width, at, p50, p95, p99, max, count}; NaN in a bucket without operations.
  function quantiles(list, end, width) {
    const buckets = Math.max(1, Math.ceil(end / width));
    const latencies = Array.from({ length: buckets }, () => []);
    for (const operation of list) {
      if (Number.isNaN(operation.latency)) continue;
      const bucket = Math.min(buckets - 1, Math.max(0, Math.floor(operation.until / width)));
      latencies[bucket].push(operation.latency);
    }
    const result = { width, at: [], p50: [], p95: [], p99: [], max: [], count: [] };
    latencies.forEach((values, bucket) => {
      values.sort((a, b) => a - b);
      result.at.push(bucket * width);
      result.p50.push(quantile(values, 0.5));
      result.p95.push(quantile(values, 0.95));
      result.p99.push(quantile(values, 0.99));
      result.max.push(quantile(values, 1));
      result.count.push(values.length);
    });
    return result;
  }

  // Returns completed operations per second in buckets of `width`, for each operation and outcome:
  // [{f, outcome, at, value, total}]. The last bucket counts with the length it has.
  function rates(list, end, width) {
    const buckets = Math.max(1, Math.ceil(end / width));
    const found = new Map();
    for (const operation of list) {
      if (operation.completion < 0) continue;
      const key = JSON.stringify([operation.f, operation.outcome]);
      if (!found.has(key)) {
        found.set(key, {
          f: operation.f, outcome: operation.outcome, counts: new Float64Array(buckets), total: 0,
        });
      }
      const bucket = Math.min(buckets - 1, Math.max(0, Math.floor(operation.until / width)));
      found.get(key).counts[bucket] += 1;
      found.get(key).total += 1;
    }
    const at = Float64Array.from({ length: buckets }, (_, k) => k * width);
    const series = Array.from(found.values()).map(({ f, outcome, counts, total }) => ({
      f, outcome, at, total,
      value: counts.map((count, k) => {
        const length = Math.min(width, end - k * width) || width;
        return (count * 1e9) / length;
      }),
    }));
    const names = functionsOf(list);
    return series.sort((a, b) => names.indexOf(a.f) - names.indexOf(b.f) ||
      OUTCOMES.indexOf(a.outcome) - OUTCOMES.indexOf(b.outcome));
  }

  // Returns the number of operations that never completed, by name: [{f, count, first}]; `first` is
  // the first of them.
  function openOnes(list) {
    const found = new Map();
    for (const operation of list) {
      if (operation.completion >= 0) continue;
      const known = found.get(operation.f);
      if (known) known.count += 1;
      else found.set(operation.f, { f: operation.f, count: 1, first: operation });
    }
    return Array.from(found.values());
  }

  // Returns words about operations that never completed; nothing if there are none.
  function openWords(run, list) {
    const open = openOnes(list);
    if (open.length === 0) return "";
    const { name, counted, instant } = sim.format;
    const total = open.reduce((sum, one) => sum + one.count, 0);
    const kinds = open.map((one) => `${one.count} ${name(one.f, 30)}`);
    const { first } = open.reduce((a, b) => (a.first.from <= b.first.from ? a : b));
    const client = first.event >= 0
      ? sim.series.laneTitle(run, run.lane[first.event]) : `client ${first.client}`;
    const are = total === 1 ? "is" : "are";
    return `${counted(total, "operation")} never completed and ${are} open: ${
      sim.format.list(kinds)}; the first is of ${client}, invoked at ${instant(first.from)}.`;
  }

  // Returns one sentence with everything about an operation, as lines.
  function describe(run, operation) {
    const text = sim.format;
    const words = { ok: "ok", fail: "failed", unknown: "unknown outcome" }[operation.outcome];
    const lines = [`${text.name(operation.f)} ${text.name(operation.value, 120)}`.trim()];
    if (operation.completion < 0) {
      lines.push(`no completion; invoked at ${text.instant(operation.from)}`);
    } else {
      const answer = operation.error || (operation.result === operation.value ? ""
        : operation.result);
      lines.push(answer ? `${words}: ${text.name(answer, 160)}` : words);
      lines.push(`${text.instant(operation.from)} to ${text.instant(operation.until)}`);
      lines.push(`latency ${text.time(operation.latency, 4)}`);
    }
    const title = operation.event >= 0
      ? sim.series.laneTitle(run, run.lane[operation.event]) : `client ${operation.client}`;
    lines.push(`${title}, process ${text.name(operation.process, 20)}`);
    return lines;
  }

  sim.operations = {
    OUTCOMES, operations, functionsOf, clientRows, barRows, barAt, quantile, bucketWidth,
    bucketCount, quantiles, rates, describe, openOnes, openWords,
  };
})();
