// What the page says about an operation of a client: its outcome and its latency.
"use strict";
globalThis.sim = globalThis.sim || {};
(() => {
  const { plain, title } = sim.wordsOfCopies;
  const OUTCOMES = { ok: "it succeeded", fail: "it failed", info: "its outcome is unknown" };

  // Returns ": error", or "".
  const errorText = (entry) => (entry.error ? `: ${sim.format.name(entry.error, 200)}` : "");

  // Returns the sentence of an outcome.
  function outcomeParts(run, invoke, completion) {
    if (completion < 0) return [plain("It had no answer until the end of the run.")];
    const entry = run.history[completion];
    const latency = entry.at - run.history[invoke].at;
    const outcome = { text: OUTCOMES[entry.kind] || entry.kind };
    const event = run.eventOfEntry(completion);
    if (event >= 0) outcome.event = event;
    const value = sim.format.name(entry.value, 120);
    const says = entry.kind === "ok" && value && value !== "null" &&
      value !== sim.format.name(run.history[invoke].value, 120) ? ` with ${value}` : "";
    return [plain("Outcome: "), outcome,
      plain(`${says} after ${sim.format.time(latency)}${errorText(entry)}.`)];
  }

  // Returns the line of an invocation.
  function invokeParts(run, invoke) {
    const entry = run.history[invoke];
    const part = { text: `invoked ${sim.nameOfOperation(entry)}` };
    const event = run.eventOfEntry(invoke);
    if (event >= 0) part.event = event;
    return [plain(`Process ${sim.format.name(entry.process, 40)} `), part,
      plain(` at ${sim.format.instant(entry.at)}.`)];
  }

  // Returns the lines of an invocation or a completion.
  function operationLines(run, event) {
    const entry = run.entry[event];
    const found = run.history[entry];
    if (!found) {
      const kind = run.kinds[run.kind[event]] || "event";
      return [[plain(`${title(run, run.lane[event])}: ${kind} of an operation`)]];
    }
    const other = run.otherHalves()[entry];
    if (found.kind === "invoke") {
      return [invokeParts(run, entry), outcomeParts(run, entry, other)];
    }
    if (other >= 0) return [invokeParts(run, other), outcomeParts(run, other, entry)];
    return [[plain(`${sim.nameOfOperation(found)}: ${OUTCOMES[found.kind] || found.kind}${
      errorText(found)}.`)]];
  }

  // Returns the section of the operation that a message of a client is part of, or nothing.
  function partSections(run, event) {
    if (run.kind[event] > 1 || run.lanes[run.lane[event]].kind !== "client") return [];
    let before = run.previous(event);
    while (before >= 0 && run.kind[before] !== 3) {
      if (run.kind[before] > 3) return [];
      before = run.previous(before);
    }
    if (before < 0 || !run.history[run.entry[before]]) return [];
    const invoke = run.entry[before];
    return [{ name: "Part of an operation",
      lines: [invokeParts(run, invoke), outcomeParts(run, invoke, run.otherHalves()[invoke])] }];
  }

  sim.wordsOfOperations = { operationLines, partSections };
})();
