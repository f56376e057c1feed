import { changeOf, nthOf } from '../format/row';
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

/** Figures with a least value, with their names; all inclusive. An event without the figure fails. */
export const figures = {
  price: 'Price, USD',
  change: 'Change, ± %',
  relative: 'Volume, × average',
  size: 'Shares',
  nth: 'Count of its kind',
} as const;
export type Figure = keyof typeof figures;

/** What the tape asks of an event beside its type and symbol. */
export interface Criteria {
  direction: 'up' | 'down' | null;
  /** Classes 1 (first) to this one. */
  lowestClass: number;
  /** A named set of symbols, and what is in it; null = all. */
  universe: { name: string; symbols: ReadonlySet<string> } | null;
  least: Partial<Record<Figure, number>>;
}

export const anything: Criteria = { direction: null, lowestClass: 4, universe: null, least: {} };

/** How many of them restrict. */
export const countOf = ({ direction, lowestClass, universe, least }: Criteria): number =>
  Number(direction !== null) +
  Number(lowestClass < 4) +
  Number(universe !== null) +
  Object.keys(least).length;

const valueOf: Record<Figure, (event: EventBody) => number | null> = {
  price: (event) => event.price,
  change: (event) => {
    const change = changeOf(event);
    return change === null ? null : Math.abs(change);
  },
  relative: ({ data }) => data.rel_volume ?? data.volume_multiplier ?? null,
  size: (event) => event.volume,
  nth: nthOf,
};

/** The whole filter. A control event about the whole market passes every figure and symbol set. */
export function tapeFilter(
  types: ReadonlySet<EventType>,
  symbols: string,
  criteria: Criteria = anything,
): TapeFilter {
  const symbolPasses = symbolFilter(symbols);
  const meets = criteriaFilter(criteria);
  return (event) =>
    (types.size === 0 || types.has(event.type)) && symbolPasses(event) && meets(event);
}

function criteriaFilter({ direction, lowestClass, universe, least }: Criteria): TapeFilter {
  const limits = Object.entries(least) as [Figure, number][];
  return (event) => {
    if (event.type === 'control' && event.symbol === '') {
      return true;
    }
    return (
      (direction === null || event.direction === direction) &&
      (lowestClass >= 4 || event.priority <= lowestClass) &&
      (universe === null || universe.symbols.has(event.symbol)) &&
      limits.every(([figure, limit]) => {
        const value = valueOf[figure](event);
        return value !== null && value >= limit;
      })
    );
  };
}

/**
 * Symbols by their beginning, several by space or comma. A symbol in quotes matches whole: `"A"` is
 * Agilent and nothing else.
 */
function symbolFilter(symbols: string): TapeFilter {
  const words = symbols
    .toUpperCase()
    .split(/[\s,]+/)
    .filter((word) => word !== '');
  const whole = new Set(words.filter((w) => /^".+"$/.test(w)).map((w) => w.slice(1, -1)));
  const beginnings = words.filter((word) => !word.startsWith('"'));
  if (words.length === 0) {
    return () => true;
  }
  return (event) => {
    const symbol = event.symbol.toUpperCase();
    return (
      (whole.size === 0 && beginnings.length === 0) ||
      whole.has(symbol) ||
      beginnings.some((beginning) => symbol.startsWith(beginning))
    );
  };
}
