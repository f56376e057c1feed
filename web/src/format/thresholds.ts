import type { EventBody } from '../stream/protocol';
import * as number from './number';
import { periodName, plain } from './words';

type Write = (value: number) => string;

const percent: Write = (value) => `${trimmed(value)} %`;
const dollars: Write = (value) => `$${number.price(value)}`;
const share: Write = (value) => number.part(value);
const times: Write = (value) => `${trimmed(value)}×`;
const plainNumber: Write = (value) => trimmed(value);

/** What each limit is called and counted in, by its setting's name. */
const limits: Record<string, [label: string, write: Write]> = {
  min_price_change: ['Least move', dollars],
  min_percent_change: ['Least change', percent],
  direction_threshold: ['Score of a trend', plainNumber],
  strength_threshold: ['Score of a strong trend', plainNumber],
  retracement: ['Ends when it gives back', share],
  min_data_points: ['Least samples', plainNumber],
  volatility_factor: ['Factor for volatility', times],
  volume_threshold: ['Least volume against usual', times],
  volume_multiple: ['Least volume against average', times],
  min_confidence: ['Least confidence', share],
  min_deviation: ['Least deviation', percent],
  max_deviation: ['Implausible from', percent],
};

/** What the event had to pass, as label and value; from the evidence. */
export function thresholds(event: EventBody): [label: string, value: string][] {
  return Object.entries(event.evidence?.thresholds ?? {}).map(([key, value]) => {
    if (key === 'period') {
      return ['Time of day', periodName(String(value))];
    }
    if (key === 'origin') {
      return ['Limits are', value === 'configured' ? 'configured' : 'the defaults'];
    }
    const [label, write] = limits[key] ?? [plain(key), plainNumber];
    const sum = key === 'min_percent_change' && event.type === 'trend' && event.data.timeframe;
    return [
      sum ? 'Least change of five bars' : label,
      typeof value === 'number' ? write(value) : String(value),
    ];
  });
}

/** A limit of the event by its setting's name; null when there was none. */
export function limit(event: EventBody, name: string): number | null {
  const value = event.evidence?.thresholds?.[name];
  return typeof value === 'number' && value > 0 ? value : null;
}

/** At most four decimals, and none that say nothing. */
function trimmed(value: number): string {
  return String(Number(value.toFixed(4))).replace('-', '−');
}
