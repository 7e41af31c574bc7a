// What the page says about a copy of a message: who sent it to whom, and its fate.
//
// Text comes as parts, `{text, event?, copy?}`: a part with an event or a copy is a link to it.
// Foreign names go through `sim.format.name`; all of it is shown as text, never as HTML.
"use strict";
globalThis.sim = globalThis.sim || {};
(() => {
  const BODY_MAX = 600;

  // Returns a part that is no link.
  const plain = (text) => ({ text });

  // Returns the title of a lane as a text that is safe to show.
  const title = (run, lane) => sim.format.name(run.lanes[lane].title, 40);

  // Returns the kind of a copy such as "gossip_ok", or "".
  function kindOfCopy(run, copy) {
    const index = run.copyKind[copy];
    return index >= 0 && index < run.strings.length ? sim.format.name(run.strings[index], 40) : "";
  }

  // Returns the note of a copy, or "".
  function noteOfCopy(run, copy) {
    const index = run.copyNote[copy];
    return index >= 0 && index < run.strings.length ? sim.format.name(run.strings[index], 200) : "";
  }

  // Returns the name of a copy: "message 41 (broadcast)", "copy 2 of message 41".
  function nameOfCopy(run, copy) {
    const kind = kindOfCopy(run, copy);
    const again = run.copyNumber[copy] > 1 ? `copy ${run.copyNumber[copy]} of ` : "";
    return `${again}message ${run.copyMessage[copy]}${kind ? ` (${kind})` : ""}`;
  }

  // Returns "sent at …" as a link to the send, or as text where the send is unknown.
  function sentPart(run, copy) {
    const send = run.copySend[copy];
    if (send >= 0) return { text: `sent at ${sim.format.instant(run.at[send])}`, event: send };
    if (Number.isNaN(run.copySent[copy])) return plain("sent at an unknown time");
    return plain(`sent at ${sim.format.instant(run.copySent[copy])}`);
  }

  // Returns the time that a copy waited in the queue of its receiver, NaN where it is unknown.
  function waited(run, copy) {
    const receive = run.copyReceive[copy];
    return receive >= 0 ? run.at[receive] - run.copyAt[copy] : NaN;
  }

  // Returns the fate of a copy in words.
  function fateParts(run, copy) {
    const fate = run.fates[run.copyFate[copy]] || { words: "of an unknown fate" };
    const receive = run.copyReceive[copy];
    if (receive >= 0) {
      return [{ text: `received at ${sim.format.instant(run.at[receive])}`, event: receive }];
    }
    const at = run.copyAt[copy];
    if (Number.isNaN(at)) return [plain(fate.words)];
    if (fate.name === "waiting") {
      return [plain(`arrived at ${sim.format.instant(at)}, and was never taken`)];
    }
    return [plain(`${fate.words} at ${sim.format.instant(at)}`)];
  }

  // Returns what a message says, if it is known, cut to a length that can be read.
  function bodyOf(run, message) {
    const body = run.bodies.get(message);
    return body === undefined ? "" : sim.format.name(body, BODY_MAX);
  }

  // Returns where the time of a copy went: under way, and in the queue.
  function timing(run, copy) {
    const sent = run.copySend[copy] >= 0 ? run.at[run.copySend[copy]] : run.copySent[copy];
    const at = run.copyAt[copy];
    const fate = run.fates[run.copyFate[copy]];
    if (Number.isNaN(sent) || Number.isNaN(at) || at <= sent || !fate) return [];
    if (fate.name !== "received" && fate.name !== "waiting") return [];
    const lines = [[plain(`It was under way for ${sim.format.time(at - sent)}.`)]];
    const wait = waited(run, copy);
    if (wait > 0) {
      lines.push([plain(`It arrived at ${sim.format.instant(at)} and waited ${
        sim.format.instant(wait)} in the queue.`)]);
    }
    return lines;
  }

  // Returns the explanation of a copy: `{title, at, sections: [{name, lines: [parts]}]}`.
  function explainCopy(run, copy) {
    const from = title(run, run.copyFrom[copy]);
    const to = title(run, run.copyTo[copy]);
    const lines = [[plain(`From ${from} to ${to}, `), sentPart(run, copy), plain(": "),
      ...fateParts(run, copy), plain(".")], ...timing(run, copy)];
    const note = noteOfCopy(run, copy);
    if (note) lines.push([plain(`Note: ${note}`)]);
    const sections = [{ name: "Message", lines }];
    const body = bodyOf(run, run.copyMessage[copy]);
    if (body) sections.push({ name: "Body", lines: [[{ text: body, code: true }]] });
    const others = Array.from(run.copiesOf(run.copyMessage[copy])).filter((c) => c !== copy);
    if (others.length > 0) sections.push(otherCopies(run, others));
    const name = nameOfCopy(run, copy);
    return { title: name[0].toUpperCase() + name.slice(1), at: `${from} → ${to}`, sections };
  }

  // Returns a section with the fates of the other copies of a message.
  function otherCopies(run, others) {
    const lines = others.slice(0, 12).map((c) => copyLine(run, c));
    const rest = others.length - 12;
    if (rest > 0) lines.push([plain(`and ${sim.format.number(rest)} more`)]);
    return { name: "Other copies", lines };
  }

  // Returns a line about a copy: "to machine 2: received at …".
  function copyLine(run, copy) {
    const again = run.copyNumber[copy] > 1 ? ` (copy ${run.copyNumber[copy]})` : "";
    const to = { text: `to ${title(run, run.copyTo[copy])}${again}`, copy };
    const note = noteOfCopy(run, copy);
    return [to, plain(": "), ...fateParts(run, copy), plain(note ? `; ${note}` : "")];
  }

  // Returns the text of parts.
  const textOf = (parts) => parts.map((part) => part.text).join("");

  sim.wordsOfCopies = {
    plain, title, kindOfCopy, noteOfCopy, nameOfCopy, sentPart, waited, fateParts, bodyOf,
    copyLine, explainCopy, textOf,
  };
})();
