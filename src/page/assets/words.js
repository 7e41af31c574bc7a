// Why an event is as it is, in words: the explanation beside the diagram, and one-line summaries.
//
// `sim.explainEvent(run, event)` returns `{title, at, sections: [{name, lines: [parts]}]}`;
// a part is `{text, event?, copy?, code?}`, where an event or a copy makes it a link. A line may
// have a `sign`, "past" or "future": the colour of what it is about.
"use strict";
globalThis.sim = globalThis.sim || {};
(() => {
  const COPIES_MAX = 12;
  const LANES_MAX = 6;
  const { plain, title, textOf } = sim.wordsOfCopies;
  const VERBS = ["sends", "receives", "has an internal event", "invokes", "completes", "fails",
    "has an operation of unknown outcome"];

  // Returns the heading of an event: "machine 1 receives message 18".
  function heading(run, event) {
    const kind = run.kind[event];
    const verb = VERBS[kind] || "has an event";
    const entry = run.history[run.entry[event]];
    if (entry) return `${title(run, run.lane[event])} ${verb} ${operationName(entry)}`.trim();
    const message = run.message[event];
    if (kind > 1 || Number.isNaN(message)) return `${title(run, run.lane[event])} ${verb}`;
    return `${title(run, run.lane[event])} ${verb} message ${message}`;
  }

  // Returns the name of an operation: "broadcast 7".
  function operationName(entry) {
    const value = sim.format.name(entry.value, 60);
    return `${sim.format.name(entry.f, 40)}${value && value !== "null" ? ` ${value}` : ""}`;
  }

  // Returns the first line of a send.
  function sendLine(run, event, copies) {
    const message = run.message[event];
    const kind = copies.length > 0 ? sim.wordsOfCopies.kindOfCopy(run, copies[0]) : "";
    const to = copies.map((c) => title(run, run.copyTo[c]));
    const names = to.length > 0 ? ` to ${sim.format.list([...new Set(to)])}` : "";
    const number = Number.isNaN(message) ? "" : ` (message ${message}${kind ? `, ${kind}` : ""})`;
    const part = { text: `a send${names}${number}` };
    if (copies.length > 0) part.copy = copies[0];
    return [...clockSum(run, event), part];
  }

  // Returns "clock 10 = 9 + 1: ", or what is known of the clock.
  function clockSum(run, event) {
    if (Number.isNaN(run.clock[event])) return [];
    const { clock, before, jump } = sim.wordsOfClocks.clockStep(run, event);
    if (jump === 1) return [plain(`clock ${clock} = ${before} + 1: `)];
    return [plain(`clock ${clock}, and it was ${before} before: `)];
  }

  // Returns the lines of a receive: the formula of its clock, or who sent what.
  function receiveLines(run, event) {
    const copy = run.received[event];
    if (!Number.isNaN(run.clock[event])) {
      const step = sim.wordsOfClocks.clockStep(run, event);
      return [sim.wordsOfClocks.receiveFormula(run, event, step),
        ...sim.wordsOfClocks.jumpLines(run, event, step)];
    }
    const lane = title(run, run.lane[event]);
    if (copy < 0) return [[plain(`${lane} received a message whose sender is unknown`)]];
    const from = title(run, run.copyFrom[copy]);
    const name = { text: sim.wordsOfCopies.nameOfCopy(run, copy), copy };
    return [[plain(`${lane} received `), name, plain(` from ${from}, `),
      sim.wordsOfCopies.sentPart(run, copy)]];
  }

  // Returns the lines of what a received message did before it was received.
  function waitLines(run, event) {
    const copy = run.received[event];
    if (copy < 0) return [];
    const lines = [];
    const wait = sim.wordsOfCopies.waited(run, copy);
    if (wait > 0) {
      lines.push([plain(`It arrived at ${sim.format.instant(run.copyAt[copy])} and waited ${
        sim.format.instant(wait)} in the queue.`)]);
    }
    const note = sim.wordsOfCopies.noteOfCopy(run, copy);
    if (note) lines.push([plain(`Note: ${note}`)]);
    return lines;
  }

  // Returns the line of the queue after an event, or nothing.
  function queueLines(run, event) {
    const queue = run.queue[event];
    if (Number.isNaN(queue)) return [];
    const waiting = queue === 1 ? "1 message waits" : `${sim.format.number(queue)} messages wait`;
    return [[plain(`After it ${queue === 0 ? "no message waits" : waiting} in the queue.`)]];
  }

  // Returns the section "Why" of an event.
  function whySection(run, event, copies) {
    const kind = run.kind[event];
    const lines = [];
    if (kind === 0) lines.push(sendLine(run, event, copies));
    else if (kind === 1) lines.push(...receiveLines(run, event), ...waitLines(run, event));
    else if (kind === 2) lines.push([...clockSum(run, event), plain("an internal event")]);
    else lines.push(...sim.wordsOfOperations.operationLines(run, event));
    lines.push(...queueLines(run, event));
    return { name: "Why", lines };
  }

  // Returns the section of the fates of what an event sent, or nothing.
  function fateSections(run, copies) {
    if (copies.length === 0) return [];
    const lines = copies.slice(0, COPIES_MAX).map((c) => sim.wordsOfCopies.copyLine(run, c));
    const rest = copies.length - COPIES_MAX;
    const more = sim.format.counted(rest, "more copy", "more copies");
    if (rest > 0) lines.push([plain(`and ${more}`)]);
    return [{ name: copies.length === 1 ? "Fate" : "Fates of its copies", lines }];
  }

  // Returns the section of what the message of an event says, or nothing.
  function bodySections(run, event) {
    if (run.kind[event] > 1 || Number.isNaN(run.message[event])) return [];
    const body = sim.wordsOfCopies.bodyOf(run, run.message[event]);
    return body ? [{ name: "It says", lines: [[{ text: body, code: true }]] }] : [];
  }

  // Returns the number of marks, and the lanes with the most of them: "12 on n1, 3 on n2".
  function countedMarks(run, marks) {
    const perLane = new Map();
    let total = 0;
    for (let e = 0; e < marks.length; e += 1) {
      if (marks[e] === 0) continue;
      total += 1;
      perLane.set(run.lane[e], (perLane.get(run.lane[e]) || 0) + 1);
    }
    const lanes = [...perLane].sort((a, b) => b[1] - a[1] || a[0] - b[0]);
    const names = lanes.map(([lane, count]) =>
      `${sim.format.number(count)} on ${title(run, lane)}`);
    return { total, names: sim.format.list(names, LANES_MAX) };
  }

  // Returns the section of the causal past and future.
  function causalitySection(run, event, past, future) {
    const before = countedMarks(run, past);
    const after = countedMarks(run, future);
    const rest = run.count - 1 - before.total - after.total;
    const line = (counted, words, sign) => Object.assign([plain(counted.total === 0
      ? `No event ${words} it.`
      : `${sim.format.counted(counted.total, "event")} ${words} it: ${counted.names}.`)], { sign });
    const links = [];
    const previous = run.previous(event);
    const next = run.next(event);
    if (previous >= 0) links.push({ text: "previous event of the lane", event: previous });
    if (previous >= 0 && next >= 0) links.push(plain(" · "));
    if (next >= 0) links.push({ text: "next event of the lane", event: next });
    const lines = [line(before, "happened before", "past"), line(after, "happened after", "future"),
      [plain(`${sim.format.counted(rest, "event")} ${rest === 1 ? "is" : "are"} concurrent.`)]];
    if (links.length > 0) lines.push(links);
    return { name: "Causality", lines };
  }

  // Returns the section of the faults that were active on the lane of an event, or nothing.
  function faultSections(run, event) {
    const at = run.at[event];
    const active = run.faults.filter((fault) => fault.from <= at && at < fault.until &&
      run.lanesOfFault(fault).includes(run.lane[event]));
    if (active.length === 0) return [];
    const lines = active.map((fault) => {
      const note = fault.note ? `: ${sim.format.name(fault.note, 120)}` : "";
      return [plain(`${sim.format.name(fault.kind, 40)} from ${sim.format.instant(fault.from)} to ${
        sim.format.instant(fault.until)}${note}`)];
    });
    return [{ name: "Faults at that time", lines }];
  }

  // Returns the explanation of an event. `past` and `future` are marks, computed if not given.
  function explainEvent(run, event, past = run.past(event), future = run.future(event)) {
    const copies = run.copiesSentBy(event);
    const sections = [whySection(run, event, copies), ...bodySections(run, event),
      ...fateSections(run, copies), ...sim.wordsOfOperations.partSections(run, event)];
    if (!Number.isNaN(run.clock[event])) {
      sections.push({ name: "Where the clock comes from",
        lines: sim.wordsOfClocks.chainLines(run, event) });
    }
    sections.push(...faultSections(run, event), causalitySection(run, event, past, future));
    const at = `at ${sim.format.instant(run.at[event])}, event ${event}`;
    return { title: heading(run, event), at, sections };
  }

  // Returns one line about an event, for tooltips and screen readers.
  function summaryOfEvent(run, event) {
    const parts = [heading(run, event), ` at ${sim.format.instant(run.at[event])}`];
    if (!Number.isNaN(run.clock[event])) {
      const jump = run.jump(event);
      parts.push(`, clock ${run.clock[event]}${jump > 1 ? `, a jump of ${jump}` : ""}`);
    }
    if (!Number.isNaN(run.queue[event])) parts.push(`, queue ${run.queue[event]}`);
    return parts.join("");
  }

  // Returns one line about a copy of a message.
  function summaryOfCopy(run, copy) {
    const from = title(run, run.copyFrom[copy]);
    const to = title(run, run.copyTo[copy]);
    return `${sim.wordsOfCopies.nameOfCopy(run, copy)} from ${from} to ${to}, ${
      textOf(sim.wordsOfCopies.fateParts(run, copy))}`;
  }

  Object.assign(sim, {
    explainEvent, explainCopy: sim.wordsOfCopies.explainCopy, summaryOfEvent, summaryOfCopy,
    textOfParts: textOf, nameOfOperation: operationName,
  });
})();
