// A documentation site in a browser without a screen: `node site_browser.js CHROMIUM DIR [DIR_FOR_PICTURES]`.
// Opened as files: search by keyboard, links of results, both sets of colours with their contrast, narrow windows, no script, nothing loaded
// from elsewhere, nothing run that a comment brought along. Talks to the browser over a pipe, so that no port is opened.
"use strict";
const { spawn } = require("child_process");
const fs = require("fs");
const os = require("os");
const path = require("path");
const { pathToFileURL } = require("url");

const [chromium, dir, pictures] = process.argv.slice(2);
const root = fs.realpathSync(dir);
const profile = fs.mkdtempSync(path.join(os.tmpdir(), "site-browser-"));
const browser = spawn(chromium, [
  "--headless", "--no-sandbox", "--disable-gpu", "--disable-dev-shm-usage", "--no-first-run", "--hide-scrollbars", "--remote-debugging-pipe",
  `--user-data-dir=${profile}`, "about:blank",
], { stdio: ["ignore", "ignore", "ignore", "pipe", "pipe"] });
const limit = setTimeout(() => finish("the browser did not finish in 120 s"), 120000);

let failed = 0;
function ok(fine, text, detail) {
  if (!fine) failed += 1;
  console.log(`${fine ? "ok  " : "FAIL"} ${text}${fine || detail === undefined ? "" : `: ${JSON.stringify(detail)}`}`);
}

function finish(fault) {
  clearTimeout(limit);
  if (fault) { failed += 1; console.log(`FAIL ${fault}`); }
  browser.once("exit", () => {
    fs.rmSync(profile, { recursive: true, force: true, maxRetries: 5 });
    process.exit(failed ? 1 : 0);
  });
  browser.kill("SIGKILL");
}
browser.once("error", (error) => { console.log(`FAIL ${chromium}: ${error.message}`); process.exit(1); });

// Messages are JSON, ended by a zero byte.
let last = 0;
let rest = Buffer.alloc(0);
const waiting = new Map();
const listeners = [];
browser.stdio[4].on("data", (data) => {
  rest = Buffer.concat([rest, data]);
  for (let end; (end = rest.indexOf(0)) >= 0; rest = rest.subarray(end + 1)) {
    const message = JSON.parse(rest.subarray(0, end).toString());
    if (message.id) {
      const { resolve, reject } = waiting.get(message.id);
      waiting.delete(message.id);
      if (message.error) reject(new Error(message.error.message)); else resolve(message.result);
    } else listeners.forEach((listener) => listener(message));
  }
});
function send(method, params = {}, sessionId = undefined) {
  last += 1;
  browser.stdio[3].write(`${JSON.stringify({ id: last, method, params, sessionId })}\0`);
  return new Promise((resolve, reject) => waiting.set(last, { resolve, reject }));
}

// In the page: every text against the ground it stands on.
const CONTRAST = `(() => {
  const channels = (text) => text.match(/[\\d.]+/g).map(Number);
  const light = ([r, g, b]) => [r, g, b].map((v) => v / 255).map((v) => v <= 0.03928 ? v / 12.92 : ((v + 0.055) / 1.055) ** 2.4)
    .reduce((sum, v, n) => sum + v * [0.2126, 0.7152, 0.0722][n], 0);
  const ground = (element) => {
    for (let e = element; e; e = e.parentElement) {
      const color = channels(getComputedStyle(e).backgroundColor);
      if (color.length === 3 || color[3] === 1) return color;
    }
    return [255, 255, 255];
  };
  const walker = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
  const poor = [];
  let seen = 0;
  while (walker.nextNode()) {
    const element = walker.currentNode.parentElement;
    if (walker.currentNode.data.trim() === "" || element.getClientRects().length === 0) continue;
    seen += 1;
    const [a, b] = [light(channels(getComputedStyle(element).color)), light(ground(element))].sort((x, y) => y - x);
    const ratio = (a + 0.05) / (b + 0.05);
    if (ratio < 4.5) poor.push([element.className, walker.currentNode.data.trim().slice(0, 20), ratio.toFixed(2)]);
  }
  return { seen, poor: poor.slice(0, 5) };
})()`;

async function main() {
  const { targetInfos } = await send("Target.getTargets");
  const { sessionId } = await send("Target.attachToTarget", { targetId: targetInfos.find((t) => t.type === "page").targetId, flatten: true });
  const tab = (method, params) => send(method, params, sessionId);
  const trouble = [];
  const requests = [];
  let loaded = () => {};
  listeners.push(({ method, params }) => {
    if (method === "Page.loadEventFired") loaded();
    if (method === "Network.requestWillBeSent") requests.push(params.request.url);
    if (method === "Page.javascriptDialogOpening") { trouble.push(`dialog ${params.message}`); tab("Page.handleJavaScriptDialog", { accept: true }); }
    if (method === "Runtime.exceptionThrown") trouble.push(params.exceptionDetails.text);
    if (method === "Log.entryAdded" && params.entry.level === "error") trouble.push(params.entry.text);
  });
  for (const domain of ["Page", "Runtime", "Network", "Log"]) await tab(`${domain}.enable`);

  const url = (page) => pathToFileURL(path.join(root, page.split("#")[0])).href + (page.includes("#") ? `#${page.split("#")[1]}` : "");
  const run = async (expression) => {
    const { result, exceptionDetails } = await tab("Runtime.evaluate", { expression, returnByValue: true, awaitPromise: true });
    if (exceptionDetails) throw new Error(`${exceptionDetails.text} in ${expression}`);
    return result.value;
  };
  const opened = (action) => new Promise((resolve, reject) => { loaded = resolve; action().catch(reject); });
  const open = (page) => opened(() => tab("Page.navigate", { url: url(page) }));
  const until = async (expression) => {
    for (let n = 0; n < 100; n += 1) {
      if (await run(expression)) return true;
      await new Promise((resolve) => setTimeout(resolve, 20));
    }
    return false;
  };
  const key = async (name, text) => {
    const codes = { Enter: 13, Escape: 27, ArrowDown: 40, ArrowUp: 38 };
    const common = { key: name, windowsVirtualKeyCode: codes[name] || name.toUpperCase().charCodeAt(0) };
    await tab("Input.dispatchKeyEvent", { type: "keyDown", ...common, text });
    await tab("Input.dispatchKeyEvent", { type: "keyUp", ...common });
  };
  const size = (width, height) => tab("Emulation.setDeviceMetricsOverride", { width, height, deviceScaleFactor: 1, mobile: width < 700 });
  const colours = (value) => tab("Emulation.setEmulatedMedia", { features: [{ name: "prefers-color-scheme", value }] });
  const picture = async (name) => {
    if (!pictures) return;
    const { data } = await tab("Page.captureScreenshot", { format: "png" });
    fs.writeFileSync(path.join(pictures, `${name}.png`), Buffer.from(data, "base64"));
  };

  // Search with the keyboard alone.
  await size(1280, 900);
  await open("classes/Integer.html");
  await key("/", "/");
  ok(await run("document.activeElement.id") === "search", "the slash key goes to the search");
  ok(await run("document.activeElement.value") === "", "and is not typed into it");
  await tab("Input.insertText", { text: "list add" });
  ok(await until("document.querySelectorAll('#results [role=option]').length >= 2"), "typing shows results");
  const titles = await run("[...document.querySelectorAll('#results code')].map((e) => e.textContent)");
  ok(titles[0] === "List >> add:", "the best result is first", titles.slice(0, 3));
  ok(await run("document.getElementById('search').getAttribute('aria-expanded')") === "true", "the list of results is announced");
  await picture("search");
  await key("ArrowDown");
  ok(await run("document.querySelector('#results [aria-selected=true]').id === document.getElementById('search').getAttribute('aria-activedescendant')"),
    "arrow keys choose a result");
  ok(await run("document.querySelector('#results [aria-selected=true]') === document.querySelector('#results').children[1]"), "the next one");
  await key("ArrowUp");
  await opened(() => key("Enter", "\r"));
  ok((await run("location.href")) === url("classes/List.html#i.add:"), "Enter goes to the method", await run("location.href"));
  ok(await run("Boolean(document.querySelector('.method:target'))"), "which the page marks");
  await picture("method");
  await key("s", "s");
  await tab("Input.insertText", { text: "zzyzx" });
  ok(await until("document.querySelector('.found').textContent === 'Nothing found'"), "nothing found is said");
  await key("Escape");
  ok(await until("document.querySelector('.results').hidden"), "Escape closes the results");

  // Every page opens without complaint, in both sets of colours, with enough contrast and inside its width.
  const some = ["index.html", "selectors.html", "classes/Object.html", "classes/Integer.html", "source/List.html"];
  const own = fs.readdirSync(path.join(root, "classes")).filter((name) => /^Hostile/.test(name)).map((name) => `classes/${name}`);
  for (const scheme of ["light", "dark"]) {
    await colours(scheme);
    for (const page of [...some, ...own]) {
      await open(page);
      const { seen, poor } = await run(CONTRAST);
      ok(seen > 20 && poor.length === 0, `${scheme}: ${page} can be read`, { seen, poor });
      await picture(`${scheme}-${path.basename(page, ".html")}`);
    }
  }
  for (const width of [320, 600, 900]) {
    await size(width, 800);
    for (const page of [...some, ...own]) {
      await open(page);
      const wide = await run("document.documentElement.scrollWidth");
      ok(wide <= width, `${width} wide: ${page} fits`, wide);
      await picture(`${width}-${path.basename(page, ".html")}`);
    }
  }

  // The choice of colours is kept from page to page.
  await size(1280, 900);
  await colours("light");
  await open("index.html");
  await run("document.querySelector('button.theme').click()");
  ok(await run("getComputedStyle(document.documentElement).colorScheme") === "dark", "the button changes the colours");
  await open("classes/List.html");
  ok(await run("getComputedStyle(document.documentElement).colorScheme") === "dark", "the choice is kept");
  ok(await run("document.querySelector('button.theme').textContent") === "Light", "the button offers the other one");

  ok(trouble.length === 0, "no errors and no dialogs", trouble.slice(0, 5));
  ok(await run("typeof window.hostile") === "undefined", "comments bring no script along");
  const outside = requests.filter((address) => !address.startsWith(pathToFileURL(root).href));
  ok(requests.length > 20 && outside.length === 0, "nothing is loaded from elsewhere", outside.slice(0, 5));

  // Without a script everything but the search is there.
  await tab("Emulation.setScriptExecutionDisabled", { value: true });
  await open("classes/List.html");
  const { root: tree } = await tab("DOM.getDocument");
  const count = async (selector) => (await tab("DOM.querySelectorAll", { nodeId: tree.nodeId, selector })).nodeIds.length;
  ok(await count(".method") > 20 && await count("nav.classes a") > 50, "methods and classes are there without a script");
  ok(await count("form.search[hidden]") === 1 && await count("button.theme[hidden]") === 1, "what needs a script is hidden then");
}

main().then(() => finish(), (error) => finish(error.stack));
