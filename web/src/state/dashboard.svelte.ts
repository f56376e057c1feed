import type { ClientOptions } from '@tickstock/client';
import { api } from '../stream/api';
import type { ConnectionState } from '../stream/connection';
import { parseExact } from '../stream/json';
import { LiveStream } from '../stream/live';
import { closeCodes, type Gap, type Position, type StreamEvent } from '../stream/protocol';
import { sendCommand, type CommandResult } from '../stream/command';
import { readStatus, type Status } from '../stream/status';
import { MarketClock } from './clock';
import { FrameBatcher } from './frame';
import { Leaders, type Leader } from './leaders';
import { BucketSeries } from './series';
import { signIn } from './signin.svelte';
import { sound } from './sound.svelte';
import { SeenSymbols } from './symbols';
import { TapeStore } from './tape.svelte';
import { Trail } from './trail';

export interface SeenGap extends Gap {
  /** Market time when the page learned of it. */
  clockMs: number;
}

/** Counters and small charts, taken together a few times a second so that figures can be read. */
export interface Figures {
  highs: number;
  lows: number;
  highsLastMinute: number;
  lowsLastMinute: number;
  /** Within the last minute of market time. */
  trendsLastMinute: number;
  surgesLastMinute: number;
  valuationsLastMinute: number;
  eventsTotal: number;
  eventsPerMinute: number;
  eventRate: number[];
  recordRate: number[];
  breadthTimes: number[];
  breadthHighs: number[];
  breadthLows: number[];
  mostHighs: Leader[];
  mostLows: Leader[];
}

const figuresEveryMs = 250;
const statusEveryMs = 1000;
const leaderCount = 10;
const gapsKept = 50;
const historyCount = 3000;

/** All that the page shows, and the wiring from the stream to it. One instance a page. */
export class Dashboard {
  readonly frames = new FrameBatcher();
  readonly tape = new TapeStore(this.frames);
  /** Of the stream at hand. */
  readonly symbols = new SeenSymbols();
  /** What the channels and threads did of late, for the health page. */
  readonly trail = new Trail();
  connection = $state.raw<ConnectionState>({ kind: 'connecting', attempt: 0 });
  epoch = $state('');
  gaps = $state.raw<readonly SeenGap[]>([]);
  gapCount = $state(0);
  streamError = $state<string | null>(null);
  /** The user's own filters that restrict what comes, by name. */
  userFilters = $state.raw<readonly string[]>([]);
  status = $state.raw<Status | null>(null);
  statusError = $state<string | null>(null);
  figures = $state.raw<Figures | null>(null);
  /** What came before is still on its way. */
  filling = $state(true);
  marketMs = $state(0);
  /** Ms since the market last moved; null before it ever did. */
  dataAge = $state<number | null>(null);
  /** The page's clock in ms, for countdowns and what is new. */
  now = $state(performance.now());

  /** An event of a user rule came. */
  private ruleSeen = $state(false);
  private readonly clock = new MarketClock();
  private readonly leaders = new Leaders();
  // By market time, so that they mean the same at any pace and can be filled from history.
  private readonly eventRate = new BucketSeries(120, 1000);
  private readonly highRate = new BucketSeries(60, 1000);
  private readonly lowRate = new BucketSeries(60, 1000);
  private readonly trendRate = new BucketSeries(60, 1000);
  private readonly surgeRate = new BucketSeries(60, 1000);
  private readonly valuationRate = new BucketSeries(60, 1000);
  private readonly breadthHighs = new BucketSeries(40, 15_000);
  private readonly breadthLows = new BucketSeries(40, 15_000);
  private readonly rates = [
    this.eventRate,
    this.highRate,
    this.lowRate,
    this.trendRate,
    this.surgeRate,
    this.valuationRate,
    this.breadthHighs,
    this.breadthLows,
  ];
  /** Events that came while history was on its way; null = it is not. */
  private waiting: StreamEvent[] | null = null;
  private readonly listeners = new Set<(events: readonly StreamEvent[]) => void>();
  private recordRate: number[] = [];
  private polling = false;
  private lastOffset = 0;
  private readonly live = new LiveStream(clientOptions, {
    onState: (state) => {
      this.connection = state;
      if (state.kind === 'live') {
        this.streamError = null;
      } else if (state.kind === 'stopped' && state.code === closeCodes.unauthorized) {
        signIn.end('the server ended this session: the key or token is not good any more');
      }
    },
    onEvents: (events) => this.takeEvents(events),
    onSnapshot: (events, position) => this.takeSnapshot(events, position),
    onGap: (gap) => this.sawGap(gap),
    onEpoch: (epoch) => this.enterEpoch(epoch),
    onUser: (user, role) => signIn.told(user, role),
    onUserFilters: (names) => (this.userFilters = names),
    onError: (message) => (this.streamError = message),
  });

  /** User rules are configured, or one has told something. */
  get hasRules(): boolean {
    return this.ruleSeen || (this.status?.held.rules.length ?? 0) > 0;
  }

  start(): () => void {
    this.tape.onShown = (event) => sound.event(event);
    this.live.start();
    const figures = setInterval(() => this.takeFigures(), figuresEveryMs);
    const status = setInterval(() => void this.pollStatus(), statusEveryMs);
    void this.pollStatus();
    return () => {
      clearInterval(figures);
      clearInterval(status);
      this.live.stop();
    };
  }

  retryNow(): void {
    this.live.retryNow();
  }

  /** Calls `listener` with the events as they come, until the function it returns is called. */
  listen(listener: (events: readonly StreamEvent[]) => void): () => void {
    this.listeners.add(listener);
    return () => this.listeners.delete(listener);
  }

  /** The events of a symbol that the server still has in memory; throws when it does not answer. */
  remembered(symbol: string): Promise<StreamEvent[]> {
    return this.live.ofSymbol(symbol);
  }

  /** Pauses or resumes a channel; the status that follows shows it. */
  async switchChannel(name: string, action: 'pause' | 'resume'): Promise<CommandResult> {
    const result = await sendCommand(`channels/${encodeURIComponent(name)}/${action}`);
    await this.pollStatus();
    return result;
  }

  /** A person has read them. */
  clearGaps(): void {
    this.gaps = [];
    this.gapCount = 0;
  }

  private takeEvents(events: readonly StreamEvent[]): void {
    this.clock.sawEvent(performance.now());
    this.lastOffset = events[events.length - 1]?.offset ?? this.lastOffset;
    for (const { event } of events) {
      this.leaders.add(event);
    }
    for (const listener of this.listeners) {
      listener(events);
    }
    if (this.waiting !== null) {
      this.waiting.push(...events);
    } else {
      this.show(events, performance.now());
    }
  }

  /** The snapshot makes the leaders whole; the tape wants the last events in their order. */
  private takeSnapshot(events: readonly StreamEvent[], position: Position): void {
    for (const { event } of events) {
      this.symbols.add(event.symbol);
      this.leaders.add(event);
    }
    this.lastOffset = position.offset;
    this.waiting = [];
    this.filling = true;
    void this.fillTape(events, position);
  }

  private async fillTape(snapshot: readonly StreamEvent[], position: Position): Promise<void> {
    // Pages of events know nothing of the user's own filters: what they hold would be too much.
    const history =
      this.userFilters.length > 0
        ? null
        : await this.live.history(position, historyCount).catch(() => null);
    if (position.epoch !== this.epoch) {
      return;
    }
    this.show(history ?? snapshot.slice(-historyCount), 0);
    const waiting = this.waiting ?? [];
    this.waiting = null;
    this.show(waiting, performance.now());
    // Not before the frame that draws them.
    this.frames.request(this.filled);
  }

  private readonly filled = (): void => {
    this.filling = this.waiting !== null;
  };

  /** `arrived` 0: nothing new for the eye. */
  private show(events: readonly StreamEvent[], arrived: number): void {
    this.tape.push(events, arrived);
    for (const { event } of events) {
      this.symbols.add(event.symbol);
      const time = event.ts;
      this.eventRate.add(time);
      if (event.rev === 0 && event.type === 'high') {
        this.highRate.add(time);
        this.breadthHighs.add(time);
      } else if (event.rev === 0 && event.type === 'low') {
        this.lowRate.add(time);
        this.breadthLows.add(time);
      } else if (event.rev === 0 && event.type === 'trend') {
        this.trendRate.add(time);
      } else if (event.rev === 0 && event.type === 'surge') {
        this.surgeRate.add(time);
      } else if (event.rev === 0 && event.type === 'valuation') {
        this.valuationRate.add(time);
      } else if (event.type === 'rule') {
        this.ruleSeen = true;
      }
    }
  }

  private sawGap(gap: Gap): void {
    const seen = { ...gap, clockMs: this.clock.at(performance.now()) };
    this.gaps = [seen, ...this.gaps].slice(0, gapsKept);
    this.gapCount += 1;
  }

  private enterEpoch(epoch: string): void {
    this.epoch = epoch;
    this.lastOffset = 0;
    this.tape.clear();
    this.leaders.clear();
    this.symbols.clear();
    this.waiting = null;
    this.filling = false;
    for (const series of this.rates) {
      series.clear();
    }
  }

  private takeFigures(): void {
    const now = performance.now();
    this.now = now;
    this.marketMs = this.clock.at(now);
    this.dataAge = this.clock.age(now);
    if (this.epoch === '') {
      return;
    }
    for (const series of this.rates) {
      series.advance(this.marketMs);
    }
    this.figures = {
      highs: this.leaders.highs,
      lows: this.leaders.lows,
      highsLastMinute: this.highRate.total(),
      lowsLastMinute: this.lowRate.total(),
      trendsLastMinute: this.trendRate.total(),
      surgesLastMinute: this.surgeRate.total(),
      valuationsLastMinute: this.valuationRate.total(),
      eventsTotal: this.lastOffset,
      eventsPerMinute: this.eventRate.total(60),
      eventRate: this.eventRate.values().slice(0, -1),
      recordRate: this.recordRate,
      breadthTimes: this.breadthHighs.times(),
      breadthHighs: this.breadthHighs.values(),
      breadthLows: this.breadthLows.values(),
      mostHighs: this.leaders.top('highs', leaderCount),
      mostLows: this.leaders.top('lows', leaderCount),
    };
  }

  /** One question at a time: a server that is slow gets no more of them. */
  private async pollStatus(): Promise<void> {
    if (this.polling) {
      return;
    }
    this.polling = true;
    try {
      const response = await api.request('status', 3000);
      if (!response.ok) {
        throw new Error(`status ${response.status}`);
      }
      const status = readStatus(parseExact(await response.text()));
      this.clock.tell(status.clockMs, performance.now());
      this.trail.add(status, performance.now());
      this.recordRate = [...this.recordRate, status.recordsPerSecond].slice(-120);
      this.status = status;
      this.statusError = null;
    } catch (error) {
      this.statusError = error instanceof Error ? error.message : String(error);
    } finally {
      this.polling = false;
    }
  }
}

/** Where the server wants to know who this is, each connection begins with a one-time ticket. */
function clientOptions(): ClientOptions {
  const options = { url: location.origin, fetch: api.fetchAs };
  return signIn.isAsked ? { ...options, ticket: () => api.ticket() } : options;
}
