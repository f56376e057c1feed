import type { EventBody, EventType } from '../stream/protocol';
import type { TapeFilter } from './tape';

/** In the order of the toolbar and of the keys 1, 2, … */
export const shownTypes: readonly EventType[] = [
  'high',
  'low',
  'trend',
  'surge',
  'valuation',
  'control',
  'rule',
];

/**
 * Types that are switched on (none = all) and symbols by their beginning, several by space or comma.
 * A symbol in quotes matches whole: `"A"` is Agilent and nothing else.
 */
export function tapeFilter(types: ReadonlySet<EventType>, symbols: string): TapeFilter {
  const words = symbols
    .toUpperCase()
    .split(/[\s,]+/)
    .filter((word) => word !== '');
  const whole = new Set(words.filter((w) => /^".+"$/.test(w)).map((w) => w.slice(1, -1)));
  const beginnings = words.filter((word) => !word.startsWith('"'));
  const typePasses = (event: EventBody): boolean => types.size === 0 || types.has(event.type);
  return (event) => {
    if (!typePasses(event)) {
      return false;
    }
    const symbol = event.symbol.toUpperCase();
    return (
      (whole.size === 0 && beginnings.length === 0) ||
      whole.has(symbol) ||
      beginnings.some((beginning) => symbol.startsWith(beginning))
    );
  };
}
