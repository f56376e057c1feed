// The examples, as a reader would start them.
import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { fileURLToPath } from 'node:url';
import {
  Server,
  atEnd,
  replayedBodies,
  real,
  temporaryFolder,
  until,
  writeSmallFile,
} from '../support/server.mjs';

/** An example's process; `lines` grows. */
function start(t, name, ...args) {
  const path = fileURLToPath(new URL(`../../examples/${name}`, import.meta.url));
  const child = spawn(process.execPath, [path, ...args], { stdio: ['ignore', 'pipe', 'inherit'] });
  atEnd(t, () => child.kill('SIGKILL'));
  const example = { lines: [], ended: once(child, 'exit') };
  let text = '';
  child.stdout.on('data', (chunk) => {
    const parts = (text + chunk).split('\n');
    text = parts.pop();
    example.lines.push(...parts);
  });
  example.stop = async () => {
    child.kill('SIGINT');
    assert.deepEqual(await example.ended, [0, null], 'it ends by itself');
  };
  return example;
}

test('tape.mjs prints the tape', real, async (t) => {
  const path = writeSmallFile(temporaryFolder(t));
  // Slow enough that the example is there long before the end, whatever else the machine does.
  const server = await Server.replay(t, path, '--speed', '20', '--data', temporaryFolder(t));
  const tape = start(t, 'tape.mjs', server.url, 'AAA', 'BBB');
  await until(() => tape.lines.length > 20);
  await tape.stop();
  assert.match(tape.lines[0], /^the latest of \d+ /);
  tape.lines
    .slice(1)
    .forEach((line) =>
      assert.match(line, /^14:\d\d:\d\d\.000 (AAA|BBB) +(high|low|trend|surge) +(up|down) [\d.]+$/),
    );
});

test('resume.mjs goes on where it stopped', real, async (t) => {
  const path = writeSmallFile(temporaryFolder(t));
  const bodies = replayedBodies(path);
  // All rounds begin before the input ends.
  const server = await Server.replay(t, path, '--speed', '30', '--data', temporaryFolder(t));
  const file = join(temporaryFolder(t), 'positions.json');
  const lines = [];
  for (let round = 0; round < 3; ++round) {
    const example = start(t, 'resume.mjs', server.url, file);
    if (round < 2) {
      await until(() => example.lines.length > 20);
    } else {
      const { offset } = await server.inputEnded();
      await until(() => example.lines.at(-1)?.startsWith(`${offset} `));
    }
    await example.stop();
    assert.equal(example.lines[0].startsWith('recovered '), round > 0);
    lines.push(...example.lines.slice(round > 0 ? 1 : 0));
    assert.equal(
      JSON.parse(readFileSync(file, 'utf8')).example.offset,
      Number(lines.at(-1).split(' ')[0]),
    );
  }
  const first = Number(lines[0].split(' ')[0]);
  const expected = bodies.slice(first - 1).map((body, i) => {
    const { id, symbol, type } = JSON.parse(body);
    return `${first + i} ${id} ${symbol} ${type}`;
  });
  assert.deepEqual(lines, expected);
});
