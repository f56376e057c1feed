import { nanosToMillis } from '../stream/json';
import type { EventBody } from '../stream/protocol';
import * as number from './number';
import { marketTime } from './time';

/** An event in plain words: one sentence a fact, the most important first. */
export function describeEvent(event: EventBody): string[] {
  switch (event.type) {
    case 'high':
    case 'low':
      return describeExtreme(event);
    case 'trend':
      return [
        `Trend ${event.direction ?? 'unclear'}, ${text(event.data.trend_strength, 'of unknown strength')}, ` +
          `at ${number.price(event.price)}.`,
      ];
    case 'surge':
      return [
        `Surge ${event.direction ?? ''} to ${number.price(event.price)}: ` +
          `${number.percent(numeric(event.data.magnitude))} within seconds on ` +
          `${number.times(numeric(event.data.volume_multiplier))} the usual volume.`,
      ];
    case 'valuation':
      return [
        `Fair value stands ${number.percent(numeric(event.data.deviation))} from the market price of ` +
          `${number.price(event.price)}.`,
      ];
    case 'control':
      return [describeControl(event)];
    default:
      return [`Rule met at ${number.price(event.price)}.`];
  }
}

function describeExtreme(event: EventBody): string[] {
  const { data, evidence } = event;
  const high = event.type === 'high';
  const word = high ? 'high' : 'low';
  const sentences: string[] = [];
  if (data.cancelled) {
    sentences.push(
      `Taken back: the trade behind this ${word} was cancelled. The session ${word} is ` +
        `${number.price(event.price)} again.`,
    );
  } else {
    sentences.push(`New session ${word} ${number.price(event.price)}${beyondPrior(event)}.`);
  }
  const nth = high ? data.count_up : data.count_down;
  if (nth) {
    const coalesced = data.coalesced ?? 1;
    const folded = coalesced > 1 ? `, with ${coalesced} new ${word}s folded into it` : '';
    sentences.push(`The ${ordinal(nth)} ${word} of this session${folded}.`);
  }
  if (data.percent_change !== null && data.percent_change !== undefined) {
    const side = data.percent_change < 0 ? 'below' : 'above';
    sentences.push(
      `${Math.abs(data.percent_change).toFixed(2)} % ${side} the session’s open${vwapClause(event)}.`,
    );
  }
  if (data.reversal) {
    sentences.push(`It completes a ${data.reversal} with the highs and lows before it.`);
  }
  if (evidence.trade_id) {
    sentences.push(`Set by trade ${evidence.trade_id} of ${number.shares(event.volume)} shares.`);
  }
  return sentences;
}

/** ", 0.31 % above the last one, 186.84 at 09:58:12.123" */
function beyondPrior(event: EventBody): string {
  const prior = numeric(event.evidence.prior_extreme);
  if (prior === null || prior === 0 || event.price === null) {
    return '';
  }
  const beyond = (100 * Math.abs(event.price - prior)) / prior;
  const side = event.type === 'high' ? 'above' : 'below';
  const at = event.evidence.prior_extreme_ts;
  const when = at === null || at === undefined ? '' : ` at ${marketTime(nanosToMillis(at))}`;
  const digits = beyond < 0.1 ? 3 : 2;
  return `, ${beyond.toFixed(digits)} % ${side} the last one, ${number.price(prior)}${when}`;
}

function vwapClause(event: EventBody): string {
  const divergence = numeric(event.data.vwap_divergence);
  if (divergence === null) {
    return '';
  }
  const side = divergence < 0 ? 'below' : 'above';
  return `, ${Math.abs(divergence).toFixed(2)} % ${side} the volume-weighted average price`;
}

function describeControl(event: EventBody): string {
  const whom = event.symbol === '' ? 'The whole market' : event.symbol;
  const because = event.data.reason ? ` (${String(event.data.reason)})` : '';
  switch (event.data.kind) {
    case 'halt':
      return `Trading in ${event.symbol} is halted${because}. Its detectors are muted until it resumes.`;
    case 'resume':
      return `Trading in ${event.symbol} resumes${because}.`;
    case 'source_gap':
      return `${whom}: the source has a gap${because}. Events may be missing.`;
    case 'source_recovered':
      return `${whom}: the source is whole again${because}.`;
    default:
      return `Control: ${text(event.data.kind, 'unknown')}${because}.`;
  }
}

/** What the event had to pass, as label and value; from the evidence. */
export function thresholds(event: EventBody): [label: string, value: string][] {
  return Object.entries(event.evidence.thresholds ?? {}).map(([key, value]) => [
    key.replaceAll('_', ' '),
    key.includes('percent') && numeric(value) !== null
      ? `${numeric(value)} %`
      : key.includes('price') && numeric(value) !== null
        ? `$${number.price(numeric(value))}`
        : String(value),
  ]);
}

export function ordinal(value: number): string {
  const tens = value % 100;
  const ending = tens >= 11 && tens <= 13 ? 'th' : (['th', 'st', 'nd', 'rd'][value % 10] ?? 'th');
  return `${number.count(value)}${ending}`;
}

function numeric(value: unknown): number | null {
  return typeof value === 'number' && Number.isFinite(value) ? value : null;
}

function text(value: unknown, otherwise: string): string {
  return typeof value === 'string' && value !== '' ? value : otherwise;
}
