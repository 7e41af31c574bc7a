// What the page says about a finding: its message, its operations, and the fates of its messages.
"use strict";
globalThis.sim = globalThis.sim || {};
(() => {
  const SHOWN_MAX = 20;
  const { plain } = sim.wordsOfCopies;

  // Returns lines, cut to a number that can be read.
  function capped(lines) {
    const rest = lines.length - SHOWN_MAX;
    if (rest <= 0) return lines;
    return [...lines.slice(0, SHOWN_MAX), [plain(`and ${sim.format.number(rest)} more`)]];
  }

  // Returns the line of an entry of the history.
  function entryLine(run, index) {
    const entry = run.history[index];
    const event = run.eventOfEntry(index);
    const part = { text: `${sim.format.name(entry.kind, 20)} ${sim.nameOfOperation(entry)}` };
    if (event >= 0) part.event = event;
    return [part, plain(` of process ${sim.format.name(entry.process, 40)} at ${
      sim.format.instant(entry.at)}`)];
  }

  // Returns the line of a copy of a message: who sent it to whom, and its fate.
  function messageLine(run, copy) {
    const { nameOfCopy, title, fateParts } = sim.wordsOfCopies;
    const route = ` from ${title(run, run.copyFrom[copy])} to ${title(run, run.copyTo[copy])}, `;
    return [{ text: nameOfCopy(run, copy), copy }, plain(route), ...fateParts(run, copy)];
  }

  // Returns the part of an operation that can be followed, by the entry that begins it.
  function operationPart(run, text, entry) {
    const event = Number.isInteger(entry) ? run.eventOfEntry(entry) : -1;
    return event >= 0 ? { text, event } : plain(text);
  }

  // Returns the sections of a counterexample: an order that comes farthest, or the transactions and
  // why each comes before the next one.
  function exampleSections(run, { kind, names, edges, inferred }) {
    const named = names.map(({ entry, name, words, blocked }) => [
      operationPart(run, sim.format.name(name, 12), entry),
      plain(` ${sim.format.name(words || "", 200)}${blocked ? ", which cannot follow" : ""}`),
    ]);
    if (kind === "order") return [{ name: "Order that comes farthest", lines: capped(named) }];
    const lines = edges.map((edge) => [
      ...(edge.case ? [plain(`${sim.format.name(edge.case, 120)}: `)] : []),
      operationPart(run, edge.names[0], edge.from), plain(" → "),
      operationPart(run, edge.names[1], edge.to),
      plain(` (${sim.format.name(edge.label, 60)}): ${sim.format.name(edge.reason, 400)}`),
    ]);
    for (const reason of inferred || []) lines.push([plain(sim.format.name(reason, 400))]);
    const why = { name: "Why each comes before the next", lines: capped(lines) };
    return [{ name: "Transactions", lines: capped(named) }, ...(lines.length > 0 ? [why] : [])];
  }

  // Returns the explanation of a finding, like those of events.
  function explainFinding(run, finding) {
    const message = [[plain(sim.format.name(finding.message, 600))]];
    const sections = [{ name: "Finding", lines: message }];
    if (finding.counterexample) sections.push(...exampleSections(run, finding.counterexample));
    if (finding.remedy) {
      const lines = [[plain(sim.format.name(finding.remedy, 400))]];
      sections.push({ name: "What would fix it", lines });
    }
    const why = (finding.why || []).map((line) => [plain(sim.format.name(line, 300))]);
    if (why.length > 0) sections.push({ name: "Why", lines: capped(why) });
    const entries = (finding.entries || []).filter((index) => run.history[index]);
    if (entries.length > 0) {
      const lines = entries.map((index) => entryLine(run, index));
      sections.push({ name: "Operations", lines: capped(lines) });
    }
    const copies = (finding.messages || []).flatMap((one) => Array.from(run.copiesOf(one)));
    if (copies.length > 0) {
      const lines = copies.map((copy) => messageLine(run, copy));
      sections.push({ name: "Messages", lines: capped(lines) });
    }
    const halves = run.otherHalves();
    const begins = new Set(entries.map((entry) => Math.min(entry, halves[entry] >= 0
      ? halves[entry] : entry)));
    const size = `${sim.format.counted(begins.size, "operation")}, ${
      sim.format.counted(copies.length, "message")}`;
    return { title: sim.format.name(finding.rule, 80), at: size, sections };
  }

  sim.explainFinding = explainFinding;
})();
