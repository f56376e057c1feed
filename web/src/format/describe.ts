import type { EventBody } from '../stream/protocol';
import * as number from './number';
import { marketTime, span } from './time';
import { timeframeName, turnName } from './words';

/** An event in plain words: one sentence a fact, the most important first. */
export function describeEvent(event: EventBody): string[] {
  switch (event.type) {
    case 'high':
    case 'low':
      return describeExtreme(event);
    case 'trend':
      return describeTrend(event);
    case 'surge':
      return describeSurge(event);
    case 'valuation':
      return describeValuation(event);
    case 'control':
      return [describeControl(event)];
    default:
      return describeRule(event);
  }
}

function describeRule({ data, price }: EventBody): string[] {
  const name = text(data.rule, 'without a name');
  const sentences = [`Your rule ${name} came true at ${number.price(price)}.`];
  const nth = numeric(data.count);
  if (nth !== null && nth > 0) {
    sentences.push(`The ${ordinal(nth)} time for this symbol in this session.`);
  }
  return sentences;
}

function describeTrend(event: EventBody): string[] {
  const { data } = event;
  const way = event.direction ?? 'unclear';
  if (typeof data.timeframe === 'string') {
    const bars = `${timeframeName(data.timeframe).replace(/s$/, '').replace(' ', '-')} bars`;
    return [
      `Trend ${way} at ${number.price(event.price)}: at least four of the last five ${bars} agree.`,
      barSentence(event),
    ];
  }
  const sentences = [
    `${capital(text(data.trend_strength, 'new'))} trend ${way} at ${number.price(event.price)}, ` +
      `score ${signed(numeric(data.trend_score))}.`,
  ];
  const age = numeric(data.trend_age);
  if (data.reversal) {
    sentences.push(`It has turned: the trend was ${turnName(data.reversal)}.`);
  } else if (age !== null && age > 0) {
    sentences.push(`The direction has held for ${span(age)}.`);
  }
  if (data.trend_vwap_position === 'above' || data.trend_vwap_position === 'below') {
    sentences.push(`The price is ${data.trend_vwap_position} the volume-weighted average price.`);
  }
  return sentences;
}

function describeSurge(event: EventBody): string[] {
  const { data } = event;
  const way = event.direction ?? '';
  const volume = number.times(numeric(data.volume_multiplier));
  if (typeof data.timeframe === 'string') {
    return [
      `Surge ${way}: the ${data.timeframe} bar moved ${number.percent(numeric(data.percent_change))} ` +
        `on ${volume} the average volume.`,
    ];
  }
  const sentences = [
    `Surge ${way} to ${number.price(event.price)}: ` +
      `${number.percent(numeric(data.magnitude))} within 20 seconds on ${volume} the usual volume.`,
  ];
  const nth = numeric(data.daily_surge_count);
  if (nth !== null && nth > 0) {
    sentences.push(`The ${ordinal(nth)} surge of this day, ${text(data.surge_strength, 'weak')}.`);
  }
  const trigger = surgeTriggers[text(data.trigger_type, '')];
  if (trigger !== undefined) {
    sentences.push(trigger);
  }
  return sentences;
}

const surgeTriggers: Record<string, string> = {
  price_and_volume: 'Price and volume both passed their limits.',
  price: 'The price passed its limit; the volume did not.',
  volume: 'The volume passed its limit; the price did not.',
  price_driven: 'A strong move of the price made up for volume just under its limit.',
  volume_driven: 'Very heavy volume made up for a price move under its limit.',
};

function describeValuation(event: EventBody): string[] {
  const { data } = event;
  const deviation = numeric(data.deviation);
  const fair = numeric(data.fair_value);
  const value = fair === null ? 'The fair value' : `The fair value ${number.price(fair)}`;
  const place =
    deviation === null
      ? 'apart from'
      : `${Math.abs(deviation).toFixed(2)} % ${deviation < 0 ? 'below' : 'above'}`;
  const sentences = [
    `${value} is ${place} the market price of ${number.price(event.price)}: ` +
      `${text(data.signal, 'a gap')}.`,
  ];
  if (event.confidence !== null) {
    sentences.push(`Its confidence is ${number.part(event.confidence)}.`);
  }
  return sentences;
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
  } else if (typeof data.timeframe === 'string') {
    const whose = data.timeframe === '1d' ? `the highest of 20 days` : `a new session ${word}`;
    const told = high || data.timeframe !== '1d' ? whose : 'the lowest of 20 days';
    sentences.push(
      `The ${data.timeframe} bar's ${word} ${number.price(event.price)} is ${told}${beyondPrior(event)}.`,
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
  if (typeof data.timeframe === 'string') {
    sentences.push(barSentence(event));
  } else if (data.percent_change !== null && data.percent_change !== undefined) {
    const side = data.percent_change < 0 ? 'below' : 'above';
    sentences.push(
      `${Math.abs(data.percent_change).toFixed(2)} % ${side} the session’s open${vwapClause(event)}.`,
    );
  }
  if (data.reversal) {
    sentences.push(`It completes a ${data.reversal} with the highs and lows before it.`);
  }
  if (evidence?.trade_id) {
    sentences.push(`Set by trade ${evidence.trade_id} of ${number.shares(event.volume)} shares.`);
  }
  return sentences;
}

function barSentence({ data }: EventBody): string {
  return (
    `The bar changed ${number.percent(numeric(data.percent_change))} on ` +
    `${number.times(numeric(data.volume_multiplier))} the average volume.`
  );
}

/** ", 0.31 % above the last one, 186.84 at 09:58:12.123" */
function beyondPrior(event: EventBody): string {
  const prior = numeric(event.evidence?.prior_extreme);
  if (prior === null || prior === 0 || event.price === null) {
    return '';
  }
  const beyond = (100 * Math.abs(event.price - prior)) / prior;
  const side = event.type === 'high' ? 'above' : 'below';
  const at = event.evidence?.prior_extreme_ts;
  const when = at === null || at === undefined ? '' : ` at ${marketTime(at)}`;
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

function capital(word: string): string {
  return word.slice(0, 1).toUpperCase() + word.slice(1);
}

function signed(value: number | null): string {
  return value === null ? number.none : number.signed(value, 3);
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
