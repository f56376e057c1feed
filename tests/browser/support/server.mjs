import { execFile, spawn } from 'node:child_process';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';

const root = join(dirname(fileURLToPath(import.meta.url)), '..', '..', '..');

/** The server under test: the binary that TICKSTOCK_BINARY names, else the dashboard's mock. */
const binary = process.env.TICKSTOCK_BINARY;
/** Why tests of what only the engine's server can do are left out, or false. */
export const skipOnMock = binary === undefined && 'TICKSTOCK_BINARY names no server';
/** The built dashboard. */
const web = process.env.TICKSTOCK_WEB ?? join(root, 'web', 'dist');
export const serverName = binary === undefined ? 'mock server' : 'tickstock serve';

function commandLine(port, data) {
  return binary === undefined
    ? [
        process.execPath,
        join(root, 'web', 'dev', 'mock-server.mjs'),
        '--port',
        port,
        '--speed',
        '4',
      ]
    : [binary, 'serve', '--port', port, '--data', data, '--web', web];
}

const readyWithin = 240_000; // a loaded machine runs the day so far in minutes

/** The day before the market's opening time runs first; a page that comes then says "warming up". */
async function untilReady(url) {
  const end = Date.now() + readyWithin;
  for (;;) {
    const answer = await fetch(`${url}readyz`).catch(() => undefined);
    if (answer?.ok) {
      return;
    }
    if (Date.now() > end) {
      throw new Error(`never ready: ${(await answer?.text()) ?? 'no answer'}`);
    }
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
}

async function token(data, ...words) {
  const all = ['token', ...words, '--set', `data.directory=${data}`];
  const { stdout } = await promisify(execFile)(binary, all, { cwd: root });
  return stdout.trim();
}

/** An API key of `user` in the data directory. */
export const makeKey = (data, user, role) => token(data, 'key', '--user', user, '--role', role);

/** Its name is what stands before its secret. */
export const revokeKey = (data, key) => token(data, 'revoke', key.slice(4, 16));

/**
 * Starts a server and waits until it is ready. `prepare` gets its data directory before and gives
 * more words for its command line. `stop()` ends this process and no other and resolves with what
 * it left: exit code and signal.
 */
export async function startServer(port = 0, prepare = () => []) {
  const data = await mkdtemp(join(tmpdir(), 'tickstock-data-'));
  const more = await prepare(data);
  const [command, ...words] = [...commandLine(String(port), data), ...more];
  const child = spawn(command, words, {
    cwd: root,
    stdio: ['ignore', 'ignore', 'pipe'],
    // A test reloads pages faster than people do.
    env: { ...process.env, TICKSTOCK__SERVER__CONNECTIONS_PER_SECOND_PER_ADDRESS: '1000' },
  });
  const ended = new Promise((resolve) => {
    child.once('exit', (code, signal) => resolve({ code, signal }));
    child.once('error', (error) => resolve({ code: -1, signal: null, error }));
  }).then(async (left) => {
    await rm(data, { recursive: true, force: true });
    return left;
  });
  let heard = '';
  const url = await new Promise((resolve, reject) => {
    child.stderr.on('data', (bytes) => {
      heard = (heard + bytes).slice(-100_000);
      const found = /listening on (http:\/\/127\.0\.0\.1:\d+\/)/.exec(heard);
      if (found) {
        resolve(found[1]);
      }
    });
    void ended.then(({ error }) =>
      reject(new Error(`the server ended before it listened: ${error?.message ?? heard}`)),
    );
  });
  if (binary !== undefined) {
    await untilReady(url).catch(async (error) => {
      child.kill('SIGKILL');
      await ended;
      throw error;
    });
  }
  return {
    url,
    port: Number(new URL(url).port),
    stop(signal = 'SIGTERM') {
      child.kill(signal);
      return ended;
    },
  };
}
