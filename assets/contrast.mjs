// Hold the colours of tokens.css to WCAG 2.2 AA: 4.5:1 for words, 3:1 for edges that mean something, in both schemes.
import { readFileSync } from "node:fs";

const WORDS = 4.5;
const EDGES = 3;
const TINTS = ["accent", "info", "success", "warning", "danger"];
const GROUNDS = ["ground", "surface", "sunken"];
const PAIRS = [
  ...GROUNDS.flatMap((ground) => ["ink", "ink-quiet"].map((ink) => [ink, ground, WORDS])),
  ...["ground", "surface"].flatMap((ground) => ["accent", "accent-strong", "danger"].map((ink) => [ink, ground, WORDS])),
  ...TINTS.flatMap((tone) => [[tone, `${tone}-tint`, WORDS], ["ink", `${tone}-tint`, WORDS]]),
  ["on-accent", "accent", WORDS],
  ["on-accent", "accent-strong", WORDS],
  ["on-danger", "danger", WORDS],
  ["ink-quiet", "accent-tint", WORDS],
  ["ground", "ink", WORDS],
  ["ink-quiet", "step-0", WORDS],
  ["on-step-light", "step-1", WORDS],
  ["on-step-light", "step-2", WORDS],
  ["on-step-dark", "step-3", WORDS],
  ["on-step-dark", "step-4", WORDS],
  ...GROUNDS.flatMap((ground) => ["edge", "focus"].map((edge) => [edge, ground, EDGES])),
];

function luminance(hex) {
  const [r, g, b] = [1, 3, 5].map((at) => {
    const part = parseInt(hex.slice(at, at + 2), 16) / 255;
    return part <= 0.04045 ? part / 12.92 : ((part + 0.055) / 1.055) ** 2.4;
  });
  return 0.2126 * r + 0.7152 * g + 0.0722 * b;
}

function ratio(one, other) {
  const [light, dark] = [luminance(one), luminance(other)].sort((a, b) => b - a);
  return (light + 0.05) / (dark + 0.05);
}

function coloursOf(text) {
  return Object.fromEntries([...text.matchAll(/--([a-z0-9-]+):\s*(#[0-9a-f]{6})/g)].map(([, name, hex]) => [name, hex]));
}

/** List the pairs that fall short, in words; empty when all hold. */
export function shortfalls(file) {
  const [light, dark] = readFileSync(file, "utf8").split("@media (prefers-color-scheme: dark)").map(coloursOf);
  return Object.entries({ light, dark: { ...light, ...dark } }).flatMap(([scheme, colours]) =>
    PAIRS.map(([ink, ground, bound]) => ({ ink, ground, bound, is: ratio(colours[ink], colours[ground]) }))
      .filter(({ is, bound }) => is < bound)
      .map(({ ink, ground, bound, is }) => `${scheme}: ${ink} on ${ground} is ${is.toFixed(2)}, wants ${bound}`),
  );
}
