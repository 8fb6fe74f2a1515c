// Before anything is shown: where scripts run, the page is laid out for them from the start, and nothing jumps.

if ("noModule" in document.createElement("script")) document.documentElement.classList.add("scripted");
