import type { EventBody } from '../stream/protocol';
import * as number from './number';
import { span } from './time';
import { plain } from './words';

export interface Note {
  text: string;
  /** How loud: `quiet`, `mark` and `strong` in the tone of the event's type, `bad`, `surge`. */
  kind: 'quiet' | 'mark' | 'strong' | 'bad' | 'surge';
  title?: string;
}

/** One line of the tape, as text. Empty cells are dashes, so that columns keep their rhythm. */
export interface RowText {
  /** How many of its kind the symbol has had. */
  nth: number | null;
  change: string;
  /** What `change` is, where it is not a percent of price. */
  changeTitle: string;
  /** −1, 0, 1: falls, neither, rises. */
  changeSide: number;
  vwap: string;
  relative: number | null;
  size: string;
  notes: Note[];
}

export function rowText(event: EventBody, revised: boolean): RowText {
  const { data } = event;
  const change = changeOf(event);
  const score = change === null ? (data.trend_score ?? null) : null;
  return {
    nth: nthOf(event),
    change: score === null ? number.percent(change) : number.signed(score, 3),
    changeTitle: score === null ? (titles[event.type] ?? '') : 'Trend score, from −1 to 1',
    changeSide: number.side(change ?? score),
    vwap: vwapText(event),
    relative: data.rel_volume ?? data.volume_multiplier ?? null,
    size: number.sharesShort(event.volume),
    notes: notesOf(event, revised),
  };
}

const titles: Partial<Record<EventBody['type'], string>> = {
  high: 'Since the session’s open',
  low: 'Since the session’s open',
  surge: 'Within 20 seconds, or of the bar',
  valuation: 'Fair value against the market price',
};

/** Percent: since the session's open, of the surge, or against the market price. */
export const changeOf = ({ data }: EventBody): number | null =>
  data.percent_change ?? data.magnitude ?? data.deviation ?? null;

/** How many of its kind the symbol has had, this one among them. */
export function nthOf({ type, direction, data }: EventBody): number | null {
  if (type === 'rule') {
    return data.count ?? null;
  }
  if (type === 'surge') {
    return data.daily_surge_count ?? null;
  }
  const down = type === 'low' || (type === 'trend' && direction === 'down');
  return (down ? data.count_down : data.count_up) ?? null;
}

function vwapText({ data }: EventBody): string {
  const place = data.trend_vwap_position;
  if (place === 'above' || place === 'below') {
    return place;
  }
  return number.percent(data.vwap_divergence);
}

/** What matters most first: what does not fit the column is left out whole. */
function notesOf(event: EventBody, revised: boolean): Note[] {
  const { data } = event;
  const notes: Note[] = [];
  const add = (text: string, kind: Note['kind'], title?: string): void => {
    notes.push(title === undefined ? { text, kind } : { text, kind, title });
  };
  if (data.cancelled === true) {
    add('cancelled', 'bad', 'The trade behind it was cancelled');
  } else if (revised) {
    add('revised', 'quiet');
  }
  if (data.kind) {
    add(`${plain(data.kind)}${data.reason ? ` ${data.reason}` : ''}`, 'bad');
  }
  if (event.type === 'rule' && data.rule) {
    add(data.rule, 'mark', data.rule);
  }
  if (data.timeframe) {
    add(data.timeframe, 'quiet', 'Told by bars of this length');
  }
  const strength = data.trend_strength ?? data.surge_strength;
  if (strength) {
    add(strength, strengths[strength] ?? 'quiet');
  }
  if (data.signal) {
    add(data.signal, 'mark');
  }
  if (event.evidence?.luld_band) {
    add(`${event.evidence.luld_band} band`, 'bad', 'At or beyond this limit-up limit-down band');
  }
  if (data.reversal) {
    const turned = event.type === 'trend';
    add(turned ? 'turned' : data.reversal, 'mark', turned ? data.reversal : undefined);
  }
  if (data.surge_flag) {
    add('in surge', 'surge');
  }
  if (data.trend_age !== undefined && data.trend_age !== null && data.trend_age > 0) {
    add(span(data.trend_age), 'quiet', 'Since the direction was set');
  }
  if (data.fair_value !== undefined && data.fair_value !== null) {
    add(`fair ${number.priceShort(data.fair_value)}`, 'quiet');
  }
  return notes;
}

const strengths: Record<string, Note['kind']> = { moderate: 'mark', strong: 'strong' };
