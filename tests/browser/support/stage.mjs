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
    const started = await Promise.allSettled([startServer(0, prepare), launchBrowser()]);
    [stage.server, stage.browser] = started.map(({ value }) => value);
    // Whichever did start is ended below, else the runner would wait for it.
    const failed = started.find(({ status }) => status === 'rejected');
    if (failed) {
      throw failed.reason;
    }
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
  afterEach(stage.closePage);
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

  closePage = async () => {
    // An answer that is altered on its way may be under way still: its end is no fault.
    await this.page?.unrouteAll({ behavior: 'ignoreErrors' });
    await this.context?.close();
    this.context = undefined;
    this.page = undefined;
  };

  newPage = async (options = {}) => {
    await this.closePage();
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
    await this.pageIs(/^#\/([^/]*)/.exec(address)?.[1] ?? 'tape');
  };

  /** Waits until this page is shown and no longer the one before it, which has headings, too. */
  pageIs = async (id) => {
    await this.page.locator(`nav [data-page=${id}][aria-current=page]`).waitFor();
    await (id === 'tape' ? this.rows() : this.page.locator('main h2')).first().waitFor();
  };

  /** Waits until a page has its fonts and first figures, and with them its size. */
  settled = async () => {
    await this.eventually(
      () =>
        this.page.evaluate(async () => {
          await document.fonts.ready;
          const status = document.querySelector('header .source');
          return status === null ? 'no status' : document.querySelector('main').innerText;
        }),
      (words) => !/^no status$|Loading …|Asking for .* …|Connecting to the/.test(words),
      'a page that asks for nothing any more',
    );
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
        // What the page is not told has no offset for what is said next; without heartbeats it would
        // give the line up.
        if (state.muted && frame.op !== 'heartbeat') {
          return;
        }
        if (frame.op === 'events' || (frame.op === 'snapshot' && !frame.more)) {
          state.id = frame.id;
          state.epoch = frame.epoch;
          state.last = frame.last ?? frame.offset;
        }
        socket.send(message);
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
