// Renders résumés with a theme: `node render.mjs FOLDER THEME` writes FOLDER/NAME/index.html for each FOLDER/NAME.json.
// A theme that throws for a résumé leaves no page, and its error in FOLDER/NAME/error.txt. It runs beside node_modules.
import { mkdirSync, readdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";

const [folder, theme] = process.argv.slice(2);
const loaded = await import(theme);
const render = loaded.render ?? loaded.default.render;
for (const file of readdirSync(folder).filter((name) => name.endsWith(".json"))) {
  const place = join(folder, file.replace(/\.json$/, ""));
  mkdirSync(place, { recursive: true });
  try {
    writeFileSync(join(place, "index.html"), await render(JSON.parse(readFileSync(join(folder, file), "utf8"))));
  } catch (error) {
    writeFileSync(join(place, "error.txt"), String(error));
  }
}
