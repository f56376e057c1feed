// What a browser gets: no module of Node's, and no dependency.
import assert from 'node:assert/strict';
import { readFileSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { fileURLToPath } from 'node:url';

const root = fileURLToPath(new URL('../../', import.meta.url));
const manifest = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8'));

function filesBelow(folder) {
  return readdirSync(folder, { withFileTypes: true }).flatMap((entry) =>
    entry.isDirectory() ? filesBelow(join(folder, entry.name)) : [join(folder, entry.name)],
  );
}

test('nothing is needed at run time', () => {
  assert.equal(manifest.dependencies, undefined);
  assert.deepEqual(Object.keys(manifest.devDependencies).sort(), ['@types/node', 'typescript']);
});

test("Node's modules are imported below transport/node only, and their types as well", () => {
  const files = filesBelow(join(root, 'dist')).filter((name) => /\.(js|d\.ts)$/.test(name));
  assert(files.length > 20);
  for (const name of files) {
    const isNode = name.includes(join('transport', 'node'));
    const text = readFileSync(name, 'utf8');
    assert(isNode || !/node:|NodeJS|Buffer\b(?!ed)/.test(text.replaceAll('ArrayBuffer', '')), name);
    assert(isNode || !/from ['"]\.\/(transport\/)?node\//.test(text), name);
  }
});

test('browsers and bundlers for them get an empty module for it', async () => {
  const { browser, node, default: other } = manifest.imports['#node-websocket'];
  assert.equal(browser, other);
  assert.equal((await import(join(root, browser))).NodeWebSocket, undefined);
  assert.equal(typeof (await import(join(root, node))).NodeWebSocket, 'function');
});
