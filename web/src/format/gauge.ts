import type { EventBody } from '../stream/protocol';
import * as number from './number';
import { limit } from './thresholds';

/** One bar of a gauge: where it ends, and the limits that it is held against. */
export interface GaugeRow {
  label: string;
  text: string;
  /** From −1 to 1 about the middle, or from 0 to 1 when all of the gauge grows one way. */
  at: number;
  /** Places of limits, on the same scale. */
  marks: number[];
}

export interface Gauge {
  centered: boolean;
  rows: GaugeRow[];
  /** How to read it. */
  caption: string;
}

/** The picture of an event; null for types that have none. */
export function gaugeOf(event: EventBody): Gauge | null {
  if (event.data.timeframe) {
    return null;
  }
  switch (event.type) {
    case 'trend':
      return trendGauge(event);
    case 'surge':
      return surgeGauge(event);
    case 'valuation':
      return valuationGauge(event);
    default:
      return null;
  }
}

function trendGauge(event: EventBody): Gauge | null {
  const { data } = event;
  const parts: [string, number | null | undefined][] = [
    ['3 min', data.trend_short_score],
    ['6 min', data.trend_medium_score],
    ['10 min', data.trend_long_score],
    ['All', data.trend_score],
  ];
  if (parts.every(([, score]) => typeof score !== 'number')) {
    return null;
  }
  const least = limit(event, 'direction_threshold');
  const strong = limit(event, 'strength_threshold');
  const marks = [least, strong]
    .filter((each) => each !== null)
    .flatMap((m) => [-rooted(m), rooted(m)]);
  return {
    centered: true,
    rows: parts.map(([label, score]) => ({
      label,
      text: typeof score === 'number' ? number.signed(score, 3) : number.none,
      at: rooted(score ?? 0),
      marks,
    })),
    caption:
      'Scores from −1 to 1, small ones drawn larger.' +
      (marks.length > 0 ? ' The lines: a trend, a strong trend.' : ''),
  };
}

function surgeGauge(event: EventBody): Gauge | null {
  const { magnitude, volume_multiplier: multiple } = event.data;
  const rows = [
    against('Move', magnitude, number.percent(magnitude), limit(event, 'min_percent_change')),
    against('Volume', multiple, number.times(multiple), limit(event, 'volume_threshold')),
  ].filter((row) => row !== null);
  return rows.length === 0
    ? null
    : { centered: false, rows, caption: 'Against its limit, the line.' };
}

/** A value in multiples of its limit: the bar is full at three. */
function against(
  label: string,
  value: number | null | undefined,
  text: string,
  least: number | null,
): GaugeRow | null {
  return typeof value !== 'number' || least === null
    ? null
    : { label, text, at: clamp(Math.abs(value) / (3 * least)), marks: [1 / 3] };
}

function valuationGauge(event: EventBody): Gauge | null {
  const { deviation, fair_value: fair } = event.data;
  const far = limit(event, 'max_deviation');
  if (typeof deviation !== 'number' || far === null) {
    return null;
  }
  const least = limit(event, 'min_deviation');
  return {
    centered: true,
    rows: [
      {
        label: `Fair ${number.price(fair)}`,
        text: number.percent(deviation),
        at: clamp(deviation / far),
        marks: least === null ? [] : [-least / far, least / far],
      },
    ],
    caption: `The market’s ${number.price(event.data.reference ?? event.price)} in the middle, ${far} % at the ends.`,
  };
}

/** Root scale: real scores are some hundredths, and should be seen. */
function rooted(score: number): number {
  return Math.sign(score) * Math.sqrt(clamp(Math.abs(score)));
}

function clamp(value: number): number {
  return Math.min(1, Math.max(-1, value));
}
