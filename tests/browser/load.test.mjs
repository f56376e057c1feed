// The tape under a thousand events a second, by the server: a replayed file whose every trade is a
// new high or low. Prints frame times, long tasks and memory; it asserts that events are shown and
// that none is lost, never how fast. TICKSTOCK_LOAD_SECONDS (12) is how long it measures.
import assert from 'node:assert/strict';
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, it } from 'node:test';
import { serverName, skipOnMock } from './support/server.mjs';
import { useStage } from './support/stage.mjs';

const seconds = Number(process.env.TICKSTOCK_LOAD_SECONDS ?? 12);
/** The page opens and takes its snapshot meanwhile. */
const before = 12;
const symbols = 4000;
const perSecond = 1000;

/** Each symbol in turn, away from its price for ten times, then the other way through it. */
async function writeRows(file) {
  const start = Date.UTC(2024, 5, 18, 14);
  const lines = ['symbol,price,size,timestamp'];
  const total = (before + seconds) * perSecond;
  for (let i = 0; i < total; ++i) {
    const at = i % symbols;
    const round = Math.floor(i / symbols);
    // Wider with each round: 100.20, 99.80, 100.40, 99.60, … on both sides of 100.
    const price = 100 + (round % 2 === 0 ? 0.2 : -0.2) * (1 + Math.floor(round / 2));
    lines.push(
      `S${String(at).padStart(4, '0')},${price.toFixed(2)},100,${start + Math.floor((i * 1000) / perSecond)}`,
    );
  }
  await writeFile(file, `${lines.join('\n')}\n`);
}

const stage = useStage(async (data) => {
  if (skipOnMock) {
    return [];
  }
  const file = join(data, 'load.csv');
  await writeRows(file);
  return ['--source', 'replay', '--file', file, '--speed', '1', '--no-loop'];
});
const { part, rows, figure, eventually } = stage;

const status = async () =>
  (await stage.page.request.get(`${stage.server.url}api/v1/status`)).json();

/** In the page, for `ms`: time between frames, long tasks. */
const measureFrames = (ms) =>
  stage.page.evaluate(
    (length) =>
      new Promise((resolve) => {
        const frames = [];
        const tasks = [];
        const observer = new PerformanceObserver((list) =>
          tasks.push(...list.getEntries().map((entry) => entry.duration)),
        );
        observer.observe({ type: 'longtask' });
        const start = performance.now();
        let last = start;
        const next = (now) => {
          frames.push(now - last);
          last = now;
          if (now - start < length) {
            requestAnimationFrame(next);
          } else {
            observer.disconnect();
            resolve({ frames: frames.slice(1), tasks });
          }
        };
        requestAnimationFrame(next);
      }),
    ms,
  );

async function memory(session) {
  await session.send('HeapProfiler.collectGarbage');
  const { metrics } = await session.send('Performance.getMetrics');
  const of = (name) => metrics.find((metric) => metric.name === name).value;
  return {
    megabytes: (of('JSHeapUsedSize') / 1e6).toFixed(1),
    nodes: of('Nodes'),
    script: of('ScriptDuration'),
    layout: of('LayoutDuration') + of('RecalcStyleDuration'),
  };
}

const words = ({ frames, tasks }) => {
  const sorted = [...frames].sort((a, b) => a - b);
  const at = (part) => sorted[Math.min(sorted.length - 1, Math.floor(part * sorted.length))];
  const mean = frames.reduce((sum, each) => sum + each, 0) / frames.length;
  const late = frames.filter((each) => each > 20).length;
  return (
    `${(1000 / mean).toFixed(1)} frames/s; a frame p50 ${at(0.5).toFixed(1)} p95 ${at(0.95).toFixed(1)} ` +
    `p99 ${at(0.99).toFixed(1)} max ${sorted.at(-1).toFixed(1)} ms, ${late} of ${frames.length} over ` +
    `20 ms; ${tasks.length} tasks over 50 ms, longest ${Math.max(0, ...tasks).toFixed(0)} ms`
  );
};

describe(
  `the tape under load of the ${serverName}`,
  { timeout: 20 * 60_000, skip: skipOnMock },
  () => {
    it('shows a thousand events a second, and loses none', async () => {
      const offsets = { last: 0, events: 0, holes: 0 };
      stage.page.on('websocket', (socket) =>
        socket.on('framereceived', ({ payload }) => {
          const frame = JSON.parse(String(payload));
          if (frame.op === 'events') {
            offsets.holes += offsets.last > 0 && frame.first !== offsets.last + 1 ? 1 : 0;
            offsets.last = frame.last;
            offsets.events += frame.events.length;
          }
        }),
      );
      await stage.page.goto(stage.server.url);
      await rows().first().waitFor();
      await eventually(
        async () => (await status()).clients.websocket,
        (n) => n === 1,
        'the page connected',
      );
      const session = await stage.context.newCDPSession(stage.page);
      await session.send('Performance.enable');
      const began = { ...(await memory(session)), events: await figure('events'), at: Date.now() };
      const part_ = Math.min(seconds, 60);
      let done = 0;
      while (done < seconds) {
        const measured = await measureFrames(1000 * Math.min(part_, seconds - done));
        done += part_;
        const now = await memory(session);
        const events = await figure('events');
        const passed = (Date.now() - began.at) / 1000;
        console.log(`# after ${passed.toFixed(0)} s: ${words(measured)}`);
        console.log(
          `# ${((events - began.events) / passed).toFixed(0)} events/s; heap ${now.megabytes} MB ` +
            `(${began.megabytes} at first), ${now.nodes} nodes (${began.nodes}); main thread: script ` +
            `${((100 * (now.script - began.script)) / passed).toFixed(0)} %, layout ` +
            `${((100 * (now.layout - began.layout)) / passed).toFixed(0)} %`,
        );
      }
      // The file ends; then the page has all that the server published, without a gap.
      const end = Date.now() + 120_000;
      for (;;) {
        const { sources, offset } = await status();
        if (
          sources.every((each) => each.state === 'ended') &&
          (await figure('events')) === offset
        ) {
          assert.ok(offset > 5000, `only ${offset} events`);
          assert.equal(offsets.last, offset);
          break;
        }
        assert.ok(Date.now() < end, 'the page never had all');
        await stage.page.waitForTimeout(250);
      }
      assert.equal(offsets.holes, 0);
      assert.equal(await part('gaps').count(), 0);
      const answer = await stage.page.request.get(`${stage.server.url}api/v1/events?limit=50`);
      const newest = (await answer.json()).events.filter(({ event }) => event.rev === 0).at(-1);
      // The tape is drawn with the next frame.
      await eventually(
        () => rows().first().getAttribute('data-id'),
        (shown) => shown === newest.event.id,
        'the newest event on top',
      );
      assert.deepEqual(stage.complaints, []);
    });
  },
);
