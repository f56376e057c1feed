import type { EventBody } from '../stream/protocol';
import * as number from './number';
import { marketTime, span } from './time';
import { plain, sourceName, timeframeName, triggerName, turnName } from './words';

export type Fact = [label: string, value: string];

/** What an event says, by type, as label and value. */
export function factsOf(event: EventBody): Fact[] {
  const { data } = event;
  if (data.timeframe) {
    return barFacts(event);
  }
  switch (event.type) {
    case 'high':
    case 'low':
      return extremeFacts(event);
    case 'trend':
      return [
        ['Strength', data.trend_strength ?? number.none],
        ['Score', score(data.trend_score)],
        ['Price against VWAP', vwapPlace(data.trend_vwap_position)],
        ['Direction held', data.trend_age ? span(data.trend_age) : 'since this event'],
        ['Turned', data.reversal ? `yes, ${turnName(data.reversal)}` : 'no'],
        ['Volume of the second', number.shares(event.volume)],
        ['Up / down so far', `${number.count(data.count_up)} / ${number.count(data.count_down)}`],
      ];
    case 'surge':
      return [
        ['Strength', `${data.surge_strength ?? number.none}, ${hundred(data.score)} of 100`],
        ['Set off by', triggerName(data.trigger_type ?? number.none)],
        ['Price 20 seconds before', number.price(data.baseline)],
        ['Move', number.percent(data.magnitude)],
        ['Volume against usual', number.times(data.volume_multiplier)],
        ['Marks highs and lows until', clock(data.expiration)],
        ['Surges this day', number.count(data.daily_surge_count)],
      ];
    case 'valuation':
      return [
        ['Fair value', number.price(data.fair_value)],
        ['Market price', number.price(data.reference ?? event.price)],
        ['Deviation', number.percent(data.deviation)],
        ['Confidence', number.part(event.confidence)],
        [
          'Strength',
          `${hundred(data.strength === null ? null : 100 * (data.strength ?? NaN))} of 100`,
        ],
      ];
    case 'rule':
      return [
        ['Rule', data.rule ?? number.none],
        ['Times this session', number.count(data.count)],
        ['Volume', number.shares(event.volume)],
      ];
    default:
      return [
        ['Kind', plain(data.kind ?? number.none)],
        ['Reason', data.reason ?? 'none given'],
      ];
  }
}

function extremeFacts({ data, volume }: EventBody): Fact[] {
  return [
    ['Session high', number.price(data.session_high)],
    ['Session low', number.price(data.session_low)],
    ['VWAP', number.price(rounded(data.vwap))],
    ['Volume', number.shares(volume)],
    ['Volume against average', number.times(data.rel_volume)],
    ['Highs / lows so far', `${number.count(data.count_up)} / ${number.count(data.count_down)}`],
    ['Significance', `${hundred(data.significance)} of 100`],
    ['Trend at the time', data.trend_flag || 'none'],
    ['In a surge', data.surge_flag || 'no'],
  ];
}

function barFacts({ data, volume }: EventBody): Fact[] {
  return [
    ['Bar of', timeframeName(data.timeframe ?? '')],
    ['Open to close', number.percent(data.percent_change)],
    ['Volume', number.shares(volume)],
    ['Volume against average', number.times(data.volume_multiplier)],
  ];
}

/** Where an event comes from: what does not apply to it is left out. */
export function originOf(event: EventBody, offset: number): Fact[] {
  const { evidence } = event;
  const facts: Fact[] = [
    ['Source', sourceName(event.source)],
    ['Confidence', number.part(event.confidence)],
  ];
  const add = (label: string, value: unknown): void => {
    if (value !== null && value !== undefined && value !== '') {
      facts.push([label, String(value)]);
    }
  };
  add('Trade', evidence?.trade_id);
  add('Exchange', evidence?.exchange);
  if (evidence?.trade_id) {
    add('Conditions', evidence.conditions?.join(', ') || 'none');
  }
  if (evidence?.luld_band) {
    add('Price band', `at or beyond the ${evidence.luld_band} band`);
  }
  add('Source sequence', evidence?.source_sequence);
  add('Also told by', evidence?.corroborated_by?.map(sourceName).join(', '));
  add('Told otherwise, and lost', evidence?.suppressed?.map(sourceName).join(', '));
  for (const mark of evidence?.rules ?? []) {
    const set = mark.field ? `: ${plain(mark.field)} ${mark.value ?? ''}` : '';
    facts.push([`Your rule ${mark.rule}`, mark.action + set]);
  }
  add('Logic', evidence?.rule_version?.replace('/', ', version ').replaceAll('_', ' '));
  facts.push(
    ['Event id', event.id],
    ['Revision', String(event.rev)],
    ['Offset', number.count(offset)],
  );
  return facts;
}

function score(value: number | null | undefined): string {
  return value === null || value === undefined ? number.none : number.signed(value, 3);
}

function hundred(value: number | null | undefined): string {
  return value === null || value === undefined || Number.isNaN(value)
    ? number.none
    : String(Math.round(value));
}

function vwapPlace(place: string | null | undefined): string {
  return place === 'above' || place === 'below' ? place : 'at it';
}

function clock(millis: number | null | undefined): string {
  return millis === null || millis === undefined
    ? number.none
    : `${marketTime(millis).slice(0, 8)} ET`;
}

/** Means have more digits than a price; four are enough. */
function rounded(value: number | null | undefined): number | null {
  return value === null || value === undefined ? null : Number(value.toFixed(4));
}
