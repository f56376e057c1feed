import {
  CandlestickSeries,
  ColorType,
  createChart,
  createSeriesMarkers,
  CrosshairMode,
  HistogramSeries,
  LineSeries,
  LineStyle,
  type IChartApi,
  type ISeriesApi,
  type ISeriesMarkersPluginApi,
  type SeriesMarker,
  type Time,
  type UTCTimestamp,
} from 'lightweight-charts';
import * as number from '../../format/number';
import { marketShift } from '../../format/time';
import { changedFrom, type Candle } from '../../state/candles';
import type { Marker } from '../../state/markers';
import type { EventType } from '../../stream/protocol';

/** Resolves a custom property of the theme. */
export type Color = (name: string) => string;

/** The chart knows UTC only: its times are New York's, written as if they were UTC. */
export const chartTime = (seconds: number): UTCTimestamp =>
  (seconds + marketShift(seconds * 1000) / 1000) as UTCTimestamp;

/** Of a marker; shape and letter tell the type, so that nothing hangs on colour alone. */
const looks: Record<EventType, { letter: string; color: string }> = {
  high: { letter: '', color: '--up' },
  low: { letter: '', color: '--down' },
  trend: { letter: 'T', color: '--trend' },
  surge: { letter: 'S', color: '--surge' },
  valuation: { letter: 'V', color: '--valuation' },
  control: { letter: '!', color: '--control' },
  rule: { letter: 'R', color: '--rule' },
};

/** Candles, VWAP, volume and markers in one pane. The component owns it and calls `remove`. */
export class CandleView {
  readonly chart: IChartApi;
  private readonly candles: ISeriesApi<'Candlestick'>;
  private readonly vwap: ISeriesApi<'Line'>;
  private readonly volume: ISeriesApi<'Histogram'>;
  private readonly markers: ISeriesMarkersPluginApi<Time>;
  private shown: readonly Candle[] = [];

  /** `pick` gets a marker's id, `hover` the index of a candle, or −1. */
  constructor(
    box: HTMLElement,
    private color: Color,
    pick: (id: string) => void,
    hover: (index: number) => void,
  ) {
    this.chart = createChart(box, {
      autoSize: true,
      // The page has a link and the notice of its own: see Attribution in CandleChart.svelte.
      layout: { attributionLogo: false, fontSize: 11 },
      crosshair: { mode: CrosshairMode.Magnet },
      rightPriceScale: { borderVisible: false, scaleMargins: { top: 0.12, bottom: 0.24 } },
      timeScale: { borderVisible: false, timeVisible: true, rightOffset: 4, minBarSpacing: 1 },
      localization: { priceFormatter: (price: number) => number.price(Number(price.toFixed(4))) },
    });
    this.volume = this.chart.addSeries(HistogramSeries, {
      priceScaleId: 'volume',
      priceFormat: { type: 'volume' },
      lastValueVisible: false,
      priceLineVisible: false,
    });
    this.volume.priceScale().applyOptions({ scaleMargins: { top: 0.82, bottom: 0 } });
    this.candles = this.chart.addSeries(CandlestickSeries, { priceLineStyle: LineStyle.Dotted });
    this.vwap = this.chart.addSeries(LineSeries, {
      lineWidth: 2,
      lastValueVisible: true,
      priceLineVisible: false,
      crosshairMarkerVisible: false,
      title: 'VWAP',
    });
    this.markers = createSeriesMarkers(this.candles, []);
    this.paint(color);
    this.chart.subscribeClick(({ hoveredInfo }) => {
      if (typeof hoveredInfo?.objectId === 'string') {
        pick(hoveredInfo.objectId);
      }
    });
    this.chart.subscribeCrosshairMove(({ time, hoveredInfo }) => {
      box.style.cursor = typeof hoveredInfo?.objectId === 'string' ? 'pointer' : '';
      hover(
        time === undefined
          ? -1
          : this.shown.findIndex((candle) => chartTime(candle.t) === (time as number)),
      );
    });
  }

  /** In another theme's colours. */
  paint(color: Color): void {
    this.color = color;
    const up = color('--up');
    const down = color('--down');
    this.chart.applyOptions({
      layout: {
        background: { type: ColorType.Solid, color: color('--panel') },
        textColor: color('--muted'),
        fontFamily: getComputedStyle(document.body).fontFamily,
      },
      grid: { vertLines: { color: color('--line') }, horzLines: { color: color('--line') } },
      crosshair: {
        vertLine: { color: color('--faint'), labelBackgroundColor: color('--line-strong') },
        horzLine: { color: color('--faint'), labelBackgroundColor: color('--line-strong') },
      },
    });
    // Rising candles are hollow, falling ones full.
    this.candles.applyOptions({
      upColor: color('--panel'),
      borderUpColor: up,
      wickUpColor: up,
      downColor: down,
      borderDownColor: down,
      wickDownColor: down,
    });
    this.vwap.applyOptions({ color: color('--accent') });
    this.setAll();
  }

  show(candles: readonly Candle[], vwap: readonly (number | null)[], seconds: number): void {
    const from = changedFrom(this.shown, candles);
    const before = this.shown.length;
    this.shown = candles;
    this.chart.applyOptions({ timeScale: { secondsVisible: seconds < 60 } });
    if (from < 0) {
      this.setAll();
      if (before === 0) {
        this.showNewest();
      }
    } else {
      for (const candle of candles.slice(from)) {
        this.candles.update(this.bar(candle));
        this.volume.update(this.column(candle));
      }
      this.tintLastPrice();
    }
    // All of it may move: the session's sum is reckoned backwards.
    this.vwap.setData(
      candles.map((candle, i) => {
        const value = vwap[i] ?? null;
        const time = chartTime(candle.t);
        return value === null ? { time } : { time, value };
      }),
    );
  }

  /** At first: the newest candles, neither too wide nor too many to tell apart. */
  private showNewest(): void {
    const count = this.shown.length;
    const wide = Math.min(Math.max(count, 40), 160);
    this.chart.timeScale().setVisibleLogicalRange({ from: count - wide, to: count + 3 });
  }

  mark(markers: readonly Marker[]): void {
    this.markers.setMarkers(
      markers.map((marker): SeriesMarker<Time> => {
        const { letter, color } = looks[marker.type];
        const count = marker.events.length > 1 ? String(marker.events.length) : '';
        const extreme = marker.type === 'high' || marker.type === 'low';
        return {
          id: marker.id,
          time: chartTime(marker.t),
          position: marker.up ? 'aboveBar' : 'belowBar',
          shape: extreme
            ? marker.up
              ? 'arrowUp'
              : 'arrowDown'
            : marker.type === 'trend'
              ? 'square'
              : 'circle',
          color: this.color(color),
          text: `${letter}${count}`,
          size: extreme ? 0.8 : 0.7,
        };
      }),
    );
  }

  remove(): void {
    this.chart.remove();
  }

  private setAll(): void {
    this.candles.setData(this.shown.map((candle) => this.bar(candle)));
    this.volume.setData(this.shown.map((candle) => this.column(candle)));
    this.tintLastPrice();
  }

  /** The label at the axis would take a hollow candle's own colour: the panel's. */
  private tintLastPrice(): void {
    const last = this.shown.at(-1);
    if (last !== undefined) {
      const name = last.close >= last.open ? '--up' : '--down';
      this.candles.applyOptions({ priceLineColor: this.color(name) });
    }
  }

  private bar({ t, open, high, low, close }: Candle) {
    return { time: chartTime(t), open, high, low, close };
  }

  private column({ t, open, close, volume }: Candle) {
    // A third as strong as the candles; the theme's colours are six hex digits.
    const color = `${this.color(close >= open ? '--up' : '--down')}55`;
    return { time: chartTime(t), value: volume, color };
  }
}
