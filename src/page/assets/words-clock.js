// Why a Lamport clock is what it is: the formula of an event, and the messages that raised it.
"use strict";
globalThis.sim = globalThis.sim || {};
(() => {
  const CHAIN_MAX = 6;

  // Returns the stamp that the received message carried, NaN where its send is unknown.
  function stampOf(run, event) {
    const send = run.cause[event];
    return send >= 0 ? run.clock[send] - run.stampOffset() : NaN;
  }

  // Returns the clock before an event, the stamp that it received, and whether the rule of Lamport
  // gives the clock after it.
  function clockStep(run, event) {
    const clock = run.clock[event];
    const before = run.clockBefore(event);
    let stamp = stampOf(run, event);
    const known = Number.isNaN(stamp) ? before : Math.max(before, stamp);
    let follows = known + 1 === clock;
    if (!follows && !Number.isNaN(stamp)) {
      const other = run.clock[run.cause[event]] - (1 - run.stampOffset());
      if (Math.max(before, other) + 1 === clock) [stamp, follows] = [other, true];
    }
    return { clock, before, stamp, follows, jump: clock - before };
  }

  // Returns whether an event is a receive whose message raised the clock beyond its own step.
  function raisedByMessage(run, event) {
    const step = clockStep(run, event);
    return step.follows && step.stamp > step.before;
  }

  // Returns the receives that raised the clock of an event, latest first, each with the number of
  // own steps after it: the longest chain of causes, followed backwards.
  function clockChain(run, event, limit = CHAIN_MAX) {
    const links = [];
    let own = 0;
    let at = event;
    while (at >= 0 && links.length < limit) {
      if (run.cause[at] >= 0 && raisedByMessage(run, at)) {
        links.push({ receive: at, send: run.cause[at], own });
        own = 0;
        at = run.cause[at];
      } else {
        own += 1;
        at = run.previous(at);
      }
    }
    return { links, own, complete: at < 0 };
  }

  // Returns the formula of a receive in words.
  function receiveFormula(run, event, step) {
    const { plain, title, nameOfCopy, sentPart } = sim.wordsOfCopies;
    const copy = run.received[event];
    const { clock, before, stamp, follows } = step;
    if (copy < 0) {
      return [plain(`clock ${clock}: it was ${before}; the message that it received is unknown`)];
    }
    const name = { text: nameOfCopy(run, copy), copy };
    const from = ` from ${title(run, run.copyFrom[copy])}, `;
    if (!follows || Number.isNaN(stamp)) {
      const sent = Number.isNaN(stamp) ? "" : run.clock[run.cause[event]];
      const carried = Number.isNaN(stamp) ? "" : `, when its sender's clock was ${sent}`;
      return [plain(`clock ${clock}: it was ${before}, and it received `), name, plain(from),
        sentPart(run, copy), plain(carried)];
    }
    return [plain(`clock ${clock} = max(${before}, ${stamp}) + 1: it was ${before}, and `), name,
      plain(from), sentPart(run, copy), plain(`, carried ${stamp}`)];
  }

  // Returns what a jump of the clock means, or nothing.
  function jumpLines(run, event, step) {
    const { plain } = sim.wordsOfCopies;
    if (!step.follows || Number.isNaN(step.stamp)) {
      return step.jump > 1 ? [[plain(`A jump of ${step.jump}.`)]] : [];
    }
    if (step.jump > 1) {
      return [[plain(`A jump of ${step.jump}: without the message it would be ${
        step.before + 1}.`)]];
    }
    return [[plain("The message did not raise it: its own clock was not behind.")]];
  }

  // Returns the lines of a clock's origin: which messages raised it.
  function chainLines(run, event) {
    const { plain, title, nameOfCopy } = sim.wordsOfCopies;
    const { links, own, complete } = clockChain(run, event);
    if (links.length === 0) {
      return [[plain(`No message raised it: ${sim.format.counted(own, "event")} of ${
        title(run, run.lane[event])}, one each.`)]];
    }
    const lines = links.map(({ receive, send }) => {
      const copy = run.received[receive];
      return [plain(`${run.clock[receive]} at ${title(run, run.lane[receive])} by `),
        { text: nameOfCopy(run, copy), event: receive },
        plain(` from ${title(run, run.copyFrom[copy])}, whose clock was `),
        { text: String(run.clock[send]), event: send }];
    });
    const last = links[links.length - 1].send;
    lines.push([plain(complete
      ? `${title(run, run.lane[last])} came from 0 by ${
        sim.format.counted(own, "event")} of its own.`
      : "and so on")]);
    return lines;
  }

  sim.wordsOfClocks = { clockStep, clockChain, receiveFormula, jumpLines, chainLines };
})();
