// What the server tells the scripts: texts in the reader's language, the covers and where faces go in them, the limits.

export const settings = JSON.parse(document.getElementById("for-scripts").textContent);

const plurals = new Intl.PluralRules(settings.language);

/** The text of that name, with its {values} filled in; values.count chooses the plural. */
export function say(name, values = {}) {
  const text = settings.texts[name];
  const form = typeof text === "string" ? text : (text[plurals.select(values.count)] ?? text.other);
  return form.replace(/\{(\w+)\}/g, (braces, key) => values[key] ?? braces);
}

/** Bytes as megabytes, in the reader's language; never none. */
export function megabytes(bytes) {
  const digits = { maximumFractionDigits: bytes < 10 * 2 ** 20 ? 1 : 0 };
  return new Intl.NumberFormat(settings.language, digits).format(Math.max(0.1, bytes / 2 ** 20));
}

/** How many times as large: "1.5×". */
export function times(factor) {
  return `${new Intl.NumberFormat(settings.language, { maximumFractionDigits: 1 }).format(factor)}×`;
}
