// The theme button, and the light theme while printing.
//
// The button cycles system, light, dark. The choice is kept nowhere: a page from file:// must work
// without storage. Each change dispatches "sim:theme"; what draws on a canvas listens to it.
"use strict";
globalThis.sim = globalThis.sim || {};
(() => {
  const CHOICES = ["system", "light", "dark"];
  const WORDS = { system: "Theme: system", light: "Theme: light", dark: "Theme: dark" };

  // Returns the choice after this one.
  function nextChoice(choice) {
    return CHOICES[(CHOICES.indexOf(choice) + 1) % CHOICES.length];
  }

  // Returns the choice that the page shows now.
  function currentChoice() {
    return document.documentElement.dataset.theme || "system";
  }

  // Sets the theme of the page and notifies what draws on a canvas.
  function apply(choice) {
    if (choice === "system") delete document.documentElement.dataset.theme;
    else document.documentElement.dataset.theme = choice;
    window.dispatchEvent(new CustomEvent("sim:theme", { detail: { theme: choice } }));
  }

  // Redraws everything in the light theme for the time of a print.
  function printInLight() {
    let before = null;
    window.addEventListener("beforeprint", () => {
      if (before !== null) return;
      before = currentChoice();
      document.documentElement.dataset.printing = "yes";
      apply("light");
    });
    window.addEventListener("afterprint", () => {
      if (before === null) return;
      delete document.documentElement.dataset.printing;
      apply(before);
      before = null;
    });
  }

  // Connects the button `#theme`, the system's theme, and printing.
  function mountTheme() {
    const button = document.getElementById("theme");
    if (button) {
      button.textContent = WORDS[currentChoice()];
      button.addEventListener("click", () => {
        const choice = nextChoice(currentChoice());
        apply(choice);
        button.textContent = WORDS[choice];
      });
    }
    window.matchMedia("(prefers-color-scheme: dark)").addEventListener("change", () => {
      if (currentChoice() === "system") apply("system");
    });
    printInLight();
  }

  sim.theme = { nextChoice, mountTheme };
})();
