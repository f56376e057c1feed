import assert from 'node:assert/strict';
import { after, afterEach, before, beforeEach } from 'node:test';
import { launchBrowser } from './browser.mjs';
import { startServer } from './server.mjs';

const timeout = 90_000; // of one step; a loaded machine draws slowly

/**
 * A server and a browser for all tests of a file, and a page of its own for each. Call it once, at
 * the top of the file: it hangs itself into the runner's hooks. `prepare`: see startServer.
 */
export function useStage(prepare) {
  const stage = new Stage();
  before(async () => {
    [stage.server, stage.browser] = await Promise.all([startServer(0, prepare), launchBrowser()]);
  });
  after(async () => {
    await stage.browser?.close();
    await stage.server?.stop();
  });
  beforeEach(async () => {
    stage.complaints = [];
    stage.strangers = [];
    await stage.newPage();
  });
  afterEach(async () => {
    await stage.context?.close();
    stage.context = undefined;
  });
  return stage;
}

/** Its methods are bound, so that tests may name them by themselves. */
class Stage {
  server;
  browser;
  context;
  page;
  /** Errors and warnings of the page's console. */
  complaints = [];
  /** Requests to anybody but the server. */
  strangers = [];

  newPage = async (options = {}) => {
    await this.context?.close();
    this.context = await this.browser.newContext({
      viewport: { width: 1440, height: 900 },
      colorScheme: 'dark',
      ...options,
    });
    this.context.setDefaultTimeout(timeout);
    this.page = await this.context.newPage();
    this.page.on('console', (message) => {
      if (message.type() === 'error' || message.type() === 'warning') {
        this.complaints.push(message.text());
      }
    });
    this.page.on('pageerror', (error) => this.complaints.push(String(error)));
    this.page.on('request', (request) => {
      if (new URL(request.url()).origin !== new URL(this.server.url).origin) {
        this.strangers.push(request.url());
      }
    });
  };

  /** Opens the tape, or the page of another address: '#/health'. */
  open = async (address = '') => {
    await this.page.goto(`${this.server.url}${address}`);
    if (address === '') {
      await this.rows().first().waitFor();
    } else {
      await this.page.locator('main h2').first().waitFor();
    }
  };

  part = (name) => this.page.getByTestId(name);
  rows = () => this.page.locator('[data-testid=tape] .row');
  text = async (name) => (await this.part(name).textContent()).trim().replace(/\s+/g, ' ');
  figure = async (name) => Number((await this.text(name)).replaceAll(',', ''));
  topId = () => this.rows().first().getAttribute('data-id');

  /** Each line in sight, as shown. */
  shownRows = () =>
    this.rows().evaluateAll((found) =>
      found.map((row) => ({
        id: row.dataset.id,
        type: row.dataset.type,
        symbol: row.querySelector('.symbol').textContent,
        price: row.querySelector('.price').textContent,
        time: row.querySelector('.time').textContent,
        change: row.querySelector('.change').textContent.trim(),
        vwap: row.querySelector('.vwap').textContent.trim(),
        size: row.querySelector('.size').textContent.trim(),
        notes: row.querySelector('.notes').textContent.trim(),
        struck: row.classList.contains('cancelled'),
      })),
    );

  /** Waits until `read` gives something that `accepts` takes, and returns it. */
  eventually = async (read, accepts, what) => {
    const end = Date.now() + timeout;
    for (;;) {
      const value = await read();
      if (accepts(value)) {
        return value;
      }
      assert.ok(Date.now() < end, `never saw ${what}; last: ${JSON.stringify(value)}`);
      await this.page.waitForTimeout(50);
    }
  };

  /**
   * Puts a hand between page and server: what the server says passes, and `say` adds frames of its
   * own, made with the live subscription's id and position.
   */
  intercept = async () => {
    const state = { socket: null, id: '', epoch: '', last: 0 };
    await this.page.routeWebSocket(/\/ws$/, (socket) => {
      const upstream = socket.connectToServer();
      state.socket = socket;
      upstream.onMessage((message) => {
        const frame = JSON.parse(String(message));
        if (frame.op === 'events' || (frame.op === 'snapshot' && !frame.more)) {
          state.id = frame.id;
          state.epoch = frame.epoch;
          state.last = frame.last ?? frame.offset;
        }
        if (!state.muted) {
          socket.send(message);
        }
      });
    });
    return {
      state,
      /** Ends the server's own stream on this page, so that what is said next stays on top. */
      mute: () => (state.muted = true),
      say(body) {
        state.last += 1;
        const { id, epoch, last } = state;
        const entry = { offset: last, ts_pub: 1718720105123456800, event: body };
        state.socket.send(
          JSON.stringify({ op: 'events', id, epoch, first: last, last, events: [entry] }),
        );
      },
      frame: (frame) => state.socket.send(JSON.stringify({ id: state.id, ...frame })),
    };
  };

  /** Changes the status that the page gets; `change` takes and returns its members. */
  alterStatus = async (change) => {
    await this.page.route('**/api/v1/status', async (route) => {
      const answer = await route.fetch();
      await route.fulfill({ response: answer, json: change(await answer.json()) });
    });
  };
}
