// Before anything is shown: where scripts run, the page is laid out for them from the start, and nothing jumps.

const { classList } = document.documentElement;

if ("noModule" in document.createElement("script")) classList.add("scripted");

// A script that doesn't get here takes all others with it: then the page is what it is without them.
addEventListener("error", ({ target }) => target.type === "module" && classList.remove("scripted"), { capture: true });

