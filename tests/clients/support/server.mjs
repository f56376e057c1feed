// The built binary as a process, on a port of its own choice, with a market that was made up.
import { spawn, spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

export const PATIENCE = 60_000; // ms until a wait counts as a failure

/** Every extreme is an event: with the thresholds as shipped there would be a handful. */
const EVERY_EXTREME = [
  'high_low.min_price_change=0',
  'high_low.min_percent_change=0',
  'high_low.cooldown_seconds=0',
].flatMap((setting) => ['--set', setting]);

/** A machine that is busy with other things makes nobody a slow client. */
export const PATIENT = [
  'server.slow_write_seconds=120',
  'server.write_stall_seconds=120',
  'server.handshake_timeout_seconds=120',
  'server.pong_timeout_seconds=60',
].flatMap((setting) => ['--set', setting]);

function binary() {
  const path = process.env.TICKSTOCK_BINARY;
  if (!path) {
    throw new Error('TICKSTOCK_BINARY names no file');
  }
  return path;
}

/**
 * Five symbols, a trade a second for a trading session, up and down a little further each time: each
 * trade is a new high or low. At speed 60 that is 300 events a second for six minutes.
 */
export function writeMarket(folder) {
  const rows = ['ticker,price,size,timestamp'];
  const start = 1709649000000; // Tuesday 2024-03-05 09:30 in New York
  for (let second = 0; second < 23_000; ++second) {
    ['AAA', 'BBB', 'CCC', 'DDD', 'EEE'].forEach((symbol, number) => {
      const swing = ((second + number) % 2 === 0 ? 1 : -1) * (second + 1);
      rows.push(`${symbol},${(10_000 + swing / 1000).toFixed(3)},100,${start + second * 1000}`);
    });
  }
  const path = join(folder, 'market.csv');
  writeFileSync(path, `${rows.join('\n')}\n`);
  return path;
}

/** `tickstock serve`; stop() ends it, restart() starts another one on the same port and data. */
export class Server {
  static async start(...more) {
    const server = new Server();
    server.folder = mkdtempSync(join(tmpdir(), 'tickstock_clients_'));
    server.market = writeMarket(server.folder);
    server.more = more;
    await server.run(0);
    return server;
  }

  async run(port) {
    this.process = spawn(
      binary(),
      [
        'serve', '--port', String(port), '--data', join(this.folder, 'data'), '--web',
        '/nonexistent', '--source', 'replay', '--file', this.market, '--speed', '60', '--no-loop',
        ...EVERY_EXTREME, ...PATIENT, ...this.more,
      ],
      {
        stdio: ['ignore', 'ignore', 'pipe'],
        // Tests open connections faster than people do.
        env: { ...process.env, TICKSTOCK__SERVER__CONNECTIONS_PER_SECOND_PER_ADDRESS: '1000' },
      },
    );
    this.log = '';
    this.port = await new Promise((resolve, reject) => {
      this.process.stderr.on('data', (chunk) => {
        this.log += chunk;
        const found = /listening on https?:\/\/[^:]+:(\d+)\//.exec(this.log);
        if (found) {
          resolve(Number(found[1]));
        }
      });
      this.process.on('exit', () => reject(new Error(`the server did not start:\n${this.log}`)));
    });
    this.url = `http://127.0.0.1:${this.port}`;
  }

  async end(signal = 'SIGKILL') {
    if (this.process.exitCode === null && this.process.signalCode === null) {
      const gone = new Promise((resolve) => this.process.once('exit', resolve));
      this.process.kill(signal);
      await gone;
    }
  }

  async restart() {
    await this.end();
    await this.run(this.port);
  }

  async stop() {
    await this.end();
    rmSync(this.folder, { recursive: true, force: true });
  }

  async page(target) {
    const response = await fetch(this.url + target);
    if (response.status !== 200) {
      throw new Error(`${target}: ${response.status} ${await response.text()}`);
    }
    return response.json();
  }

  /** Events after a position, as REST tells them: {offset, event} in order. */
  async events({ epoch, offset }, count) {
    const found = [];
    let since = `${epoch}:${offset}`;
    while (found.length < count) {
      const page = await this.page(`/api/v1/events?limit=1000&since=${since}`);
      found.push(...page.events);
      if (page.events.length === 0) {
        break;
      }
      since = page.next;
    }
    return found;
  }
}

/** A line of a command of the program, e.g. a minted token. */
export function run(...args) {
  const result = spawnSync(binary(), args, { encoding: 'utf8' });
  if (result.status !== 0) {
    throw new Error(`${args.join(' ')}: ${result.stderr}`);
  }
  return result.stdout.trim();
}

export const sleep = (ms) => new Promise((resolve) => setTimeout(resolve, ms));

/** Until `what()` is true. */
export async function until(what, name) {
  for (const begin = Date.now(); !what(); ) {
    if (Date.now() - begin > PATIENCE) {
      throw new Error(`waited in vain for ${name}`);
    }
    await sleep(20);
  }
}
