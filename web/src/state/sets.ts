import { list, number, object, text, type Json } from '../stream/read';

/** What the editor of universes and filters does without a page: forms into requests and back. */

export interface UniverseEntry {
  name: string;
  count: number;
  /** Of the engine's: its symbols' events gain a class. */
  priority: boolean;
}

export function readUniverses(json: unknown): UniverseEntry[] {
  return list(object(json).universes).map((each) => {
    const universe = object(each);
    return {
      name: text(universe.name),
      count: number(universe.count),
      priority: universe.priority === true,
    };
  });
}

export interface FilterEntry {
  name: string;
  enabled: boolean;
  filter: Json;
}

export function readFilters(json: unknown): FilterEntry[] {
  return list(object(json).filters).map((each) => {
    const filter = object(each);
    return {
      name: text(filter.name),
      enabled: filter.enabled !== false,
      filter: object(filter.filter),
    };
  });
}

/** Symbols as a person typed them, by blanks, commas or semicolons. */
export interface TypedSymbols {
  /** Each once, in the order typed. */
  symbols: string[];
  /** What is none: longer than 16 characters, or not printable ASCII. */
  bad: string[];
}

export function parseSymbols(typed: string): TypedSymbols {
  const words = typed.split(/[\s,;]+/).filter((word) => word !== '');
  const isSymbol = (word: string): boolean => /^[\x21-\x7e]{1,16}$/.test(word);
  return {
    symbols: [...new Set(words.filter(isSymbol))],
    bad: [...new Set(words.filter((word) => !isSymbol(word)))],
  };
}

/** Why a name is none, or null. The engine's universes have plainer ones than a user's sets. */
export function nameProblem(name: string, owner: 'engine' | 'user'): string | null {
  if (name === '') {
    return 'A name is needed.';
  }
  if (owner === 'engine') {
    return /^[a-z0-9_-]{1,40}$/.test(name) ? null : 'Up to 40 of a–z, 0–9, _ and -.';
  }
  const bytes = new TextEncoder().encode(name).length;
  if (bytes > 64) {
    return 'At most 64 bytes.';
  }
  return /[\u0000-\u001f\u007f/]/.test(name) ? 'No control characters and no slash.' : null;
}

export const typeWords = ['high', 'low', 'trend', 'surge', 'valuation', 'rule', 'control'] as const;
export const directionWords = ['up', 'down'] as const;
export const sourceWords = ['tick', 'websocket', 'ohlcv', 'fmv', 'channel'] as const;
export const positionWords = ['above', 'below', 'unknown'] as const;
export const strengthWords = ['weak', 'moderate', 'strong'] as const;

export interface NumberField {
  name: string;
  label: string;
  hint: string;
  /** Whole numbers only. */
  whole: boolean;
}

export const numberFields: readonly NumberField[] = [
  { name: 'min_price', label: 'Price from', hint: 'USD', whole: false },
  { name: 'max_price', label: 'Price to', hint: 'USD', whole: false },
  { name: 'min_volume', label: 'Volume from', hint: 'shares of the trade or bar', whole: false },
  { name: 'min_score', label: 'Score from', hint: 'the type’s own', whole: false },
  { name: 'min_magnitude', label: 'Surge from', hint: 'percent, either way', whole: false },
  { name: 'min_count', label: 'Count from', hint: 'the n-th of its kind', whole: true },
  { name: 'min_trend_age', label: 'Trend age from', hint: 'seconds', whole: true },
  { name: 'max_trend_age', label: 'Trend age to', hint: 'seconds', whole: true },
];

/** All as it stands in the fields. */
export interface FilterForm {
  symbols: string;
  universes: string;
  types: string[];
  directions: string[];
  sources: string[];
  vwap_position: string[];
  /** '' = none. */
  min_strength: string;
  numbers: Record<string, string>;
  /** Members that this form has no field for: kept as they are. */
  others: Json;
}

const wordLists = ['types', 'directions', 'sources', 'vwap_position'] as const;

export function formOf(filter: Json): FilterForm {
  const names = new Set<string>(['symbols', 'universes', 'min_strength', ...wordLists]);
  const numbers: Record<string, string> = {};
  for (const { name } of numberFields) {
    names.add(name);
    const value = filter[name];
    numbers[name] = typeof value === 'number' || typeof value === 'string' ? String(value) : '';
  }
  const words = (name: string): string[] => list(filter[name]).map(text);
  return {
    symbols: words('symbols').join(' '),
    universes: words('universes').join(', '),
    types: words('types'),
    directions: words('directions'),
    sources: words('sources'),
    vwap_position: words('vwap_position'),
    min_strength: text(filter.min_strength),
    numbers,
    others: Object.fromEntries(Object.entries(filter).filter(([name]) => !names.has(name))),
  };
}

export type Problems = Record<string, string>;

const splitNames = (typed: string): string[] =>
  typed
    .split(',')
    .map((name) => name.trim())
    .filter((name) => name !== '');

/** The filter as the server takes it; `problems` by field, empty when it may be sent. */
export function filterOf(form: FilterForm): { filter: Json; problems: Problems } {
  const filter: Json = { ...form.others };
  const problems: Problems = {};
  const { symbols, bad } = parseSymbols(form.symbols);
  if (bad.length > 0) {
    problems.symbols = `No symbols: ${bad.slice(0, 3).join(', ')}`;
  }
  if (symbols.length > 0) {
    filter.symbols = symbols;
  }
  const universes = splitNames(form.universes);
  if (universes.length > 0) {
    filter.universes = universes;
  }
  for (const name of wordLists) {
    if (form[name].length > 0) {
      filter[name] = form[name];
    }
  }
  if (form.min_strength !== '') {
    filter.min_strength = form.min_strength;
  }
  for (const { name, whole } of numberFields) {
    const typed = (form.numbers[name] ?? '').trim();
    if (typed === '') {
      continue;
    }
    if (!(whole ? /^\d+$/ : /^\d+(\.\d+)?$/).test(typed)) {
      problems[name] = whole ? 'A whole number.' : 'A number, such as 12.5.';
      continue;
    }
    // As text where a binary number would not say the same.
    filter[name] = String(Number(typed)) === typed ? Number(typed) : typed;
  }
  orderly(filter, 'min_price', 'max_price', problems);
  orderly(filter, 'min_trend_age', 'max_trend_age', problems);
  return { filter, problems };
}

function orderly(filter: Json, low: string, high: string, problems: Problems): void {
  if (low in filter && high in filter && number(filter[low]) > number(filter[high])) {
    problems[high] = 'Less than where it begins.';
  }
}

/** The same wish as parameters of /api/v1/events. */
export function queryOf(filter: Json): URLSearchParams {
  const query = new URLSearchParams();
  for (const [name, value] of Object.entries(filter)) {
    query.set(name, Array.isArray(value) ? value.join(',') : String(value));
  }
  return query;
}

/** The field that a refusal names in quotes, or '' for the whole. */
export function fieldOf(message: string, fields: readonly string[]): string {
  for (const [, name] of message.matchAll(/"(?:filter\.)?([a-z_]+)"/g)) {
    if (name !== undefined && fields.includes(name)) {
      return name;
    }
  }
  return /universe/.test(message) && fields.includes('universes') ? 'universes' : '';
}

export const filterFields: readonly string[] = [
  'symbols',
  'universes',
  'min_strength',
  ...wordLists,
  ...numberFields.map(({ name }) => name),
];

/** A filter in words, for the list: "high, low · up · price from 5". */
export function filterWords(filter: Json): string {
  const parts: string[] = [];
  for (const [name, value] of Object.entries(filter)) {
    const label = numberFields.find((field) => field.name === name)?.label.toLowerCase();
    if (Array.isArray(value)) {
      const shown = value.slice(0, 4).map(String).join(', ');
      parts.push(value.length > 4 ? `${shown}, ${value.length - 4} more` : shown);
    } else if (label !== undefined) {
      parts.push(`${label} ${String(value)}`);
    } else {
      parts.push(`${name.replaceAll('_', ' ')} ${String(value)}`);
    }
  }
  return parts.length === 0 ? 'everything' : parts.join(' · ');
}
