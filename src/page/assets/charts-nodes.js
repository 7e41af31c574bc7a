// Charts of the operations of clients: latency, quantiles, and rate, for one run or two.
"use strict";
globalThis.sim = globalThis.sim || {};
(() => {
  const { format, marks, series: plain, operations: ops } = sim;
  const { LETTERS, RUN_DASH, titled, pairWords, bandsOf, differenceOf, nothing } = sim.charts.parts;
  const OUTCOME_WORDS = { ok: "ok", fail: "failed", unknown: "unknown" };
  const OUTCOME_DASH = { ok: [], fail: [2, 3], unknown: [8, 4] };
  const LEVELS = [["p50", [], 2.2], ["p95", [8, 3], 1.8], ["p99", [2, 3], 1.8],
    ["max", [10, 3, 2, 3], 1.2]];
  const PAIR_LEVELS = [["p50", [], 1.5], ["p99", [], 2.6]];
  const NO_OPERATION = "No operation completed in this run.";
  const lists = new WeakMap();

  // Returns the operations of a run, computed once.
  function operationsOf(run) {
    if (!lists.has(run)) lists.set(run, ops.operations(run));
    return lists.get(run);
  }

  // Returns the names of the operations of all runs, the same order for all charts.
  function namesOf(runs) {
    return ops.functionsOf(runs.flatMap((run) => operationsOf(run)));
  }

  // Returns the series of points of the latencies of a run, by operation and outcome.
  function latencySeries(run, k, names) {
    const groups = new Map();
    for (const operation of operationsOf(run)) {
      if (Number.isNaN(operation.latency)) continue;
      const key = JSON.stringify([names.indexOf(operation.f), operation.outcome]);
      if (!groups.has(key)) groups.set(key, []);
      groups.get(key).push(operation);
    }
    const series = Array.from(groups.values()).map((list) => {
      const { f, outcome } = list[0];
      const index = names.indexOf(f);
      return {
        style: "points", index, outcome,
        title: `${format.name(f, 30)} ${OUTCOME_WORDS[outcome]}`,
        color: marks.seriesToken(index),
        marker: marks.markerOf(index, outcome),
        radius: outcome === "ok" ? 2.8 : 3.6,
        at: Float64Array.from(list, (operation) => operation.from),
        value: Float64Array.from(list, (operation) => operation.latency),
        describe: (i) => ops.describe(run, list[i]),
        pick: (i) => ({ run: k, event: list[i].event }),
      };
    });
    const order = (one) => ops.OUTCOMES.indexOf(one.outcome);
    return series.sort((a, b) => order(a) - order(b) || a.index - b.index);
  }

  // Returns a table of the latencies of a run, by operation and outcome.
  function latencyTable(series, open = []) {
    const quantile = (sorted, q) => format.time(ops.quantile(sorted, q), 4);
    return {
      caption: "Latencies by operation and outcome",
      head: ["Operation", "Count", "Least", "p50", "p95", "p99", "Max"],
      rows: [...series.map((one) => {
        const sorted = Float64Array.from(one.value).sort();
        return [one.title, format.number(sorted.length), format.time(sorted[0], 4),
          ...[0.5, 0.95, 0.99, 1].map((q) => quantile(sorted, q))];
      }), ...open.map((one) => [`${format.name(one.f, 30)} open`, format.number(one.count),
        ...Array(5).fill(format.number(null))])],
    };
  }

  // Draws the latencies of one run.
  function drawLatency(mount, runs, page, k, names) {
    const run = runs[k];
    const series = latencySeries(run, k, names);
    const caption = runs.length > 1 ? `${LETTERS[k]} · ${format.name(run.title, 60)}` : "";
    if (series.length === 0) return nothing(mount, NO_OPERATION);
    const range = plain.extent(series.flatMap((one) => plain.extent(one.value)));
    const count = series.reduce((sum, one) => sum + one.at.length, 0);
    return new sim.Plot(mount, {
      source: `latency-${k}`, caption, series, height: 320,
      summary: `Latencies of ${format.counted(count, "operation")}, from ` +
        `${format.time(range[0])} to ${format.time(range[1])}; log axis.`,
      words: ops.openWords(run, operationsOf(run)),
      table: () => latencyTable(series, ops.openOnes(operationsOf(run))),
      y: { name: "latency (log)", log: true, format: (value) => format.time(value) },
      bands: plain.faultBands(run), difference: differenceOf(runs, page),
    });
  }

  function latency(mount, runs, page) {
    const names = namesOf(runs);
    const grid = sim.tables.element("div", runs.length > 1 ? "grid" : "");
    mount.append(grid);
    return runs.map((_, k) => drawLatency(grid, runs, page, k, names));
  }

  // Returns the width of the buckets of all runs.
  function widthOf(runs) {
    const most = Math.max(...runs.map((run) => operationsOf(run).length));
    return ops.bucketWidth(sim.zoom.end, ops.bucketCount(most));
  }

  // Returns steps that end with a gap at the end of the run.
  function closed(at, value, end) {
    return { at: [...at, end], value: [...value, NaN] };
  }

  // Returns words about the operations of all runs that never completed.
  function openWords(runs) {
    return runs.map((run, k) => {
      const words = ops.openWords(run, operationsOf(run));
      return words && runs.length > 1 ? `${LETTERS[k]}: ${words}` : words;
    }).filter(Boolean).join(" ");
  }

  // Returns the rows of operations that never completed, for a table of rates with this number of
  // columns: their number, once for the whole run.
  function openRow(runs, series) {
    const counts = runs.map((run) =>
      ops.openOnes(operationsOf(run)).reduce((sum, one) => sum + one.count, 0));
    if (counts.every((count) => count === 0)) return [];
    const text = counts.map((count, k) =>
      (runs.length > 1 ? `${LETTERS[k]}: ${count}` : `${count}`)).join(", ");
    return [["never completed", text, ...Array(Math.max(0, series.length - 1)).fill("")]];
  }

  // Returns the series of the quantiles of all runs.
  function quantileSeries(runs, names, width) {
    const many = names.length > 2;
    const levels = runs.length > 1 ? PAIR_LEVELS
      : LEVELS.filter(([name]) => !many || name === "p50" || name === "p99");
    return runs.flatMap((run, k) => names.flatMap((f, index) => {
      const list = operationsOf(run).filter((operation) => operation.f === f);
      const found = ops.quantiles(list, run.end, width);
      if (found.count.every((count) => count === 0)) return [];
      const single = names.length === 1 && runs.length === 1;
      return levels.map(([name, dash, lineWidth], level) => ({
        ...closed(found.at, found[name], run.end),
        style: "steps",
        title: titled(runs, k, names.length > 1 ? `${format.name(f, 30)} ${name}` : name),
        color: marks.seriesToken(single ? level : index),
        dash: runs.length > 1 ? RUN_DASH[k] : dash,
        width: lineWidth,
      }));
    }));
  }

  // Returns a table of all quantiles of all runs, bucket by bucket.
  function quantileTable(runs, names, width) {
    const rows = [];
    runs.forEach((run, k) => names.forEach((f) => {
      const list = operationsOf(run).filter((operation) => operation.f === f);
      const found = ops.quantiles(list, run.end, width);
      found.at.forEach((at, bucket) => {
        if (found.count[bucket] === 0) return;
        rows.push({ at, cells: [format.time(at, 5), titled(runs, k, format.name(f, 30)),
          format.number(found.count[bucket]),
          ...["p50", "p95", "p99", "max"].map((name) => format.time(found[name][bucket], 4))] });
      });
    }));
    rows.sort((a, b) => a.at - b.at);
    return {
      caption: `Latency quantiles in intervals of ${format.time(width)}`,
      head: ["From", "Operation", "Count", "p50", "p95", "p99", "Max"],
      rows: rows.map((row) => row.cells),
    };
  }

  function quantiles(mount, runs, page) {
    const names = namesOf(runs);
    const width = widthOf(runs);
    const series = quantileSeries(runs, names, width);
    if (series.length === 0) return nothing(mount, NO_OPERATION);
    const range = plain.extent(series.flatMap((one) =>
      plain.extent(one.value.filter((value) => !Number.isNaN(value)))));
    return new sim.Plot(mount, {
      source: "quantiles", series, height: 320,
      summary: `Latency quantiles of ${format.list(names.map((name) => format.name(name, 30)))} ` +
        `in intervals of ${format.time(width)}, from ${format.time(range[0])} to ` +
        `${format.time(range[1])}; log axis.`,
      words: [`Intervals of ${format.time(width)}, by time of completion.`, pairWords(runs),
        openWords(runs)].filter(Boolean).join(" "),
      table: () => quantileTable(runs, names, width),
      y: { name: "latency (log)", log: true, format: (value) => format.time(value) },
      bands: bandsOf(runs), difference: differenceOf(runs, page),
    });
  }

  // Returns the operations whose rate is drawn. With two runs those that did not succeed are
  // counted together: twice as many lines would hide the comparison.
  function countedOperations(run, pair) {
    const list = operationsOf(run);
    if (!pair) return list;
    return list.map((one) => (one.outcome === "ok" ? one : { ...one, f: "" }));
  }

  // Returns the series of the rates of all runs.
  function rateSeries(runs, names, width) {
    const kinds = [];
    const pair = runs.length > 1;
    return runs.flatMap((run, k) =>
      ops.rates(countedOperations(run, pair), run.end, width).map((one) => {
        const kind = `${one.outcome} ${one.f}`;
        if (!kinds.includes(kind)) kinds.push(kind);
        const index = pair ? kinds.indexOf(kind) : names.indexOf(one.f);
        const title = `${format.name(one.f || "all", 30)} ${OUTCOME_WORDS[one.outcome]}`;
        return {
          ...closed(one.at, one.value, run.end),
          style: "steps",
          title: titled(runs, k, title),
          total: one.total,
          color: marks.seriesToken(index),
          dash: pair ? RUN_DASH[k] : OUTCOME_DASH[one.outcome],
          width: one.outcome === "ok" ? 2.2 : 1.8,
        };
      }));
  }

  function rate(mount, runs, page) {
    const names = namesOf(runs);
    const width = widthOf(runs);
    const series = rateSeries(runs, names, width);
    if (series.length === 0) return nothing(mount, NO_OPERATION);
    const perSecond = (value) => (value === null ? format.number(null)
      : `${format.significant(value)}/s`);
    const totals = series.map((one) => `${format.number(one.total)} ${one.title}`);
    return new sim.Plot(mount, {
      source: "rate", series, height: 320,
      summary: `Completed operations per second in intervals of ${format.time(width)}: ` +
        `${format.list(totals)} in all.`,
      words: [`Intervals of ${format.time(width)}, by time of completion.`, pairWords(runs),
        openWords(runs)].filter(Boolean).join(" "),
      table: () => ({
        caption: `Completed operations per second, in intervals of ${format.time(width)}`,
        head: ["From", ...series.map((one) => one.title)],
        rows: [...Array.from({ length: Math.max(...series.map((one) => one.at.length - 1)) },
          (_, bucket) => [format.time(bucket * width, 5),
            ...series.map((one) => format.significant(one.value[bucket] ?? 0))]),
        ...openRow(runs, series)],
      }),
      y: { name: "operations per second", format: (value) => perSecond(value), zero: true },
      bands: bandsOf(runs), difference: differenceOf(runs, page),
    });
  }

  sim.charts = {
    ...sim.charts, latency, quantiles, rate,
    operationsOf, namesOf, latencySeries, latencyTable, quantileSeries, rateSeries,
  };
})();
