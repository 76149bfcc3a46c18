// Bundle the style sheet and the script, and write a manifest that says under which hashed name each was put.
//
//   ASSETS_OUT=../coopoutreach/static/dist node build.mjs
//
// manifest.json: {"app": {"js": "app-HASH.js", "css": "app-HASH.css"}, "minutes": {…}, "atkinson-400": {"woff2": "…"}, "atkinson-700": {"woff2": "…"}}
// so that asset("app.css") and asset("atkinson-400.woff2") are the entry before the dot and the kind after it.
import { copyFileSync, existsSync, mkdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import path from "node:path";
import { fileURLToPath } from "node:url";
import { brotliCompressSync, gzipSync } from "node:zlib";
import { build } from "esbuild";
import { shortfalls } from "./contrast.mjs";

const HERE = path.dirname(fileURLToPath(import.meta.url));
const OUT = path.resolve(HERE, process.env.ASSETS_OUT ?? "../coopoutreach/static/dist");
const BOUNDS = { js: 18_432, css: 53_248 };
const FONT = /^atkinson-hyperlegible-latin-(\d+)-normal-[A-Z0-9]+\.woff2$/;
// What documents are typeset in: the same typeface, whole, as TrueType. No page asks for it.
const TYPEFACE = "node_modules/@expo-google-fonts/atkinson-hyperlegible";
const STYLES = ["400Regular", "400Regular_Italic", "700Bold", "700Bold_Italic"];
const LICENCE_FILES = ["LICENSE_FONT", "LICENSE", "LICENSE.md", "LICENSE.txt", "license"];

/** Run esbuild from an empty output folder. */
async function bundle() {
  rmSync(OUT, { recursive: true, force: true });
  mkdirSync(OUT, { recursive: true });
  return build({
    absWorkingDir: HERE,
    entryPoints: { app: "src/js/app.js", minutes: "src/js/minutes.js" },
    outdir: OUT,
    bundle: true,
    minify: true,
    format: "esm",
    target: ["es2020", "chrome100", "firefox115", "safari15.4"],
    entryNames: "[name]-[hash]",
    assetNames: "[name]-[hash]",
    loader: { ".woff2": "file" },
    metafile: true,
    legalComments: "none",
    logLevel: "warning",
  });
}

/** Say which file answers to which name. */
function manifestOf(outputs) {
  const manifest = {};
  for (const [file, output] of Object.entries(outputs)) {
    const name = path.basename(file);
    const font = FONT.exec(name);
    if (font) {
      manifest[`atkinson-${font[1]}`] = { woff2: name };
    } else if (output.entryPoint) {
      manifest[path.basename(output.entryPoint, ".js")] = { js: name, css: path.basename(output.cssBundle) };
    }
  }
  return manifest;
}

/** Put the typeface of documents into typefaces/, and say which files it was. */
function typeface() {
  mkdirSync(path.join(OUT, "typefaces"));
  return STYLES.map((style) => {
    const file = path.join(TYPEFACE, style, `AtkinsonHyperlegible_${style}.ttf`);
    copyFileSync(path.join(HERE, file), path.join(OUT, "typefaces", path.basename(file)));
    return file;
  });
}

/** Refuse a bundle that has outgrown what a telephone in the country should load. */
function measure(outputs) {
  for (const [file, { bytes }] of Object.entries(outputs)) {
    const bound = BOUNDS[path.extname(file).slice(1)];
    if (bound && bytes > bound) {
      throw new Error(`${path.basename(file)} has ${bytes} bytes; the bound is ${bound}`);
    }
  }
}

/** Put the packed form of each style sheet and script beside it: nobody packs them at each visit. */
function pack(outputs) {
  for (const file of Object.keys(outputs).filter((name) => /\.(css|js)$/.test(name))) {
    const built = path.resolve(HERE, file);
    const bytes = readFileSync(built);
    writeFileSync(`${built}.br`, brotliCompressSync(bytes));
    writeFileSync(`${built}.gz`, gzipSync(bytes, { level: 9 }));
  }
}

/** Put together the licences of the packages that went into the bundle. */
function licencesOf(files) {
  const names = files.map((file) => /node_modules\/((?:@[^/]+\/)?[^/]+)/.exec(file)?.[1]);
  return [...new Set(names.filter(Boolean))].sort().map((name) => {
    const folder = path.join(HERE, "node_modules", name);
    const { version, license } = JSON.parse(readFileSync(path.join(folder, "package.json"), "utf8"));
    const text = LICENCE_FILES.map((file) => path.join(folder, file)).find(existsSync);
    return `${name} ${version} (${license})\n\n${text ? readFileSync(text, "utf8") : ""}`;
  }).join("\n\n");
}

const short = shortfalls(path.join(HERE, "src/css/tokens.css"));
if (short.length) {
  throw new Error(`Colours that are hard to read:\n${short.join("\n")}`);
}
const { metafile } = await bundle();
measure(metafile.outputs);
pack(metafile.outputs);
writeFileSync(path.join(OUT, "THIRD_PARTY_LICENSES.txt"), licencesOf([...Object.keys(metafile.inputs), ...typeface()]));
writeFileSync(path.join(OUT, "manifest.json"), `${JSON.stringify(manifestOf(metafile.outputs), null, 2)}\n`);
