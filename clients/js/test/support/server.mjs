// The built binary as a process, and inputs for it.
import { execFileSync, spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';

const binary = process.env.TICKSTOCK_BINARY ?? '';
/** For every test here: what it needs, and an end. */
export const real = {
  skip: existsSync(binary) ? false : 'TICKSTOCK_BINARY names no file',
  timeout: 150_000,
};
const patience = 60_000;

/** Without thresholds the small file has an event per new extreme. */
export const everyExtreme = [
  '--set',
  'high_low.min_price_change=0',
  '--set',
  'high_low.min_percent_change=0',
  '--set',
  'high_low.cooldown_seconds=0',
];

const endings = new WeakMap();

/** What is to be done after the test, the newest first: a server ends before its folder goes. */
export function atEnd(t, task) {
  if (!endings.has(t)) {
    const tasks = [];
    endings.set(t, tasks);
    t.after(async () => {
      const results = [];
      while (tasks.length > 0) {
        results.push(...(await Promise.allSettled([(async () => tasks.pop()())()])));
      }
      const failed = results.find(({ status }) => status === 'rejected');
      if (failed) {
        throw failed.reason;
      }
    });
  }
  endings.get(t).push(task);
}

/** A folder that is gone after the test. */
export function temporaryFolder(t) {
  const folder = mkdtempSync(join(tmpdir(), 'tickstock_js_'));
  atEnd(t, () => rmSync(folder, { recursive: true, force: true }));
  return folder;
}

/** A made-up morning: five symbols, a trade a second, waves that grow. */
export function writeSmallFile(folder, seconds = 1200) {
  const rows = ['ticker,price,size,timestamp'];
  const start = 1709649000000; // Tuesday 2024-03-05 09:30 in New York
  for (let second = 0; second < seconds; ++second) {
    ['AAA', 'BBB', 'CCC', 'DDD', 'EEE'].forEach((symbol, number) => {
      const wave = second % 400 < 200 ? second % 200 : 200 - (second % 200);
      const swing = wave * (1 + Math.floor(second / 400)) * (number + 1);
      const cents = 10_000 + (number === 1 ? -Math.floor(swing / 4) : swing);
      rows.push(`${symbol},${(cents / 100).toFixed(2)},100,${start + second * 1000}`);
    });
  }
  const path = join(folder, 'small.csv');
  writeFileSync(path, `${rows.join('\n')}\n`);
  return path;
}

export function tickstock(...args) {
  return execFileSync(binary, args, {
    encoding: 'utf8',
    maxBuffer: 1 << 28,
    stdio: ['pipe', 'pipe', 'pipe'],
  });
}

/** What `tickstock replay` says that the file's events are, in stream order. */
export function replayedBodies(path) {
  return tickstock('replay', path, '--order', 'stream', '--out', '-', '--quiet', ...everyExtreme)
    .trimEnd()
    .split('\n');
}

/** `tickstock serve`; ends with the test. */
export class Server {
  static async start(t, ...args) {
    const server = new Server();
    server.lines = [];
    server.process = spawn(
      binary,
      [
        'serve',
        ...(args.includes('--web') ? [] : ['--web', '/nonexistent']),
        ...(args.includes('--port') ? [] : ['--port', '0']),
        ...args,
      ],
      {
        stdio: ['ignore', 'ignore', 'pipe'],
        env: { ...process.env, TICKSTOCK__SERVER__CONNECTIONS_PER_SECOND_PER_ADDRESS: '1000' },
      },
    );
    atEnd(t, () => server.kill());
    server.ended = once(server.process, 'exit');
    server.url = await new Promise((resolve, reject) => {
      let text = '';
      server.process.stderr.on('data', (chunk) => {
        text += chunk;
        const found = /listening on (https?:\/\/[^\s]+?)\/?\s/.exec(text);
        if (found) {
          resolve(found[1]);
        }
      });
      server.ended.then(() => reject(new Error(`the server did not start:\n${text}`)));
      setTimeout(() => reject(new Error(`the server does not listen:\n${text}`)), patience).unref();
    });
    server.port = new URL(server.url).port;
    return server;
  }

  static replay(t, path, ...args) {
    return Server.start(
      t,
      '--source',
      'replay',
      '--file',
      path,
      '--no-loop',
      ...everyExtreme,
      ...args,
    );
  }

  async kill(signal = 'SIGKILL') {
    if (this.process.exitCode === null && this.process.signalCode === null) {
      this.process.kill(signal);
    }
    await this.ended;
  }

  async status() {
    return (
      await fetch(`${this.url}/api/v1/status`, { signal: AbortSignal.timeout(20_000) })
    ).json();
  }

  /** Until the input has ended and all of it is published; the status then. */
  async inputEnded() {
    return until(async () => {
      const status = await this.status();
      return (
        status.sources?.length > 0 &&
        status.sources.every(({ state }) => state === 'ended') &&
        status
      );
    });
  }
}

/** Asks until the answer is something. */
export async function until(ask) {
  for (const end = Date.now() + patience; Date.now() < end; await sleep(50)) {
    const answer = await ask();
    if (answer) {
      return answer;
    }
  }
  throw new Error('it did not happen in time');
}
