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

  // Returns the explanation of a finding, like those of events.
  function explainFinding(run, finding) {
    const message = [[plain(sim.format.name(finding.message, 600))]];
    const sections = [{ name: "Finding", lines: message }];
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
    const size = `${sim.format.counted(entries.length, "operation")}, ${
      sim.format.counted(copies.length, "message")}`;
    return { title: sim.format.name(finding.rule, 80), at: size, sections };
  }

  sim.explainFinding = explainFinding;
})();
