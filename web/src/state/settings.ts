import { list, millis, object, text, type Json } from '../stream/read';
import type { ApiError } from '../stream/api';

/** /api/v1/config as the settings page uses it, and what a person has typed there. */

export type SettingValue = boolean | number | string | readonly string[];

export interface Setting {
  name: string;
  section: string;
  /** "integer", "seconds", "one of immediate, hybrid" … */
  type: string;
  /** Null where it is not shown, for it may be a secret. */
  value: SettingValue | null;
  standard: SettingValue | null;
  hidden: boolean;
  accepted: string;
  unit: string;
  sentence: string;
  /** "live", "session", "restart". */
  change: string;
  /** "default", "tickstock.json:12", "environment", "flag", "api". */
  origin: string;
  /** What it may be, where it is a word or a list of words. */
  words: string[];
}

export interface SettingsPage {
  hash: string;
  /** Wall time of the last change; 0 = none since the start. */
  changedMs: number;
  settings: Setting[];
}

function readValue(value: unknown): SettingValue | null {
  if (Array.isArray(value)) {
    return value.map((each) => String(each));
  }
  return typeof value === 'boolean' || typeof value === 'number' || typeof value === 'string'
    ? value
    : null;
}

export function readSettings(json: unknown): SettingsPage {
  const answer = object(json);
  return {
    hash: text(answer.hash),
    changedMs: millis(answer.changed),
    settings: list(answer.settings).map((each) => {
      const setting = object(each);
      const name = text(setting.name);
      return {
        name,
        section: text(setting.section) || name.split('.')[0] || '',
        type: text(setting.type),
        value: readValue(setting.value),
        standard: readValue(setting.default),
        hidden: setting.hidden === true,
        accepted: text(setting.accepted),
        unit: text(setting.unit),
        sentence: text(setting.sentence),
        change: text(setting.change),
        origin: text(setting.origin),
        words: list(setting.words).map(text),
      };
    }),
  };
}

/** As it stands in a field. */
export function valueText(value: SettingValue | null): string {
  if (value === null) {
    return '';
  }
  return Array.isArray(value) ? value.join(', ') : String(value);
}

export const sameValue = (a: SettingValue | null, b: SettingValue | null): boolean =>
  valueText(a) === valueText(b);

export interface Parsed {
  value: SettingValue;
  /** Why it is none; null when it may be sent. The server knows the range. */
  problem: string | null;
}

/** What was typed, as a value of the setting's kind. */
export function parseTyped(setting: Setting, typed: string): Parsed {
  const kind = setting.standard ?? setting.value;
  if (typeof kind === 'boolean') {
    return { value: typed === 'true', problem: null };
  }
  if (Array.isArray(kind) || setting.type === 'list') {
    const items = typed.split(',').map((item) => item.trim());
    return { value: items.filter((item) => item !== ''), problem: null };
  }
  if (typeof kind === 'number') {
    const isNumber = /^-?\d+(\.\d+)?([eE][+-]?\d+)?$/.test(typed.trim());
    return isNumber
      ? { value: Number(typed), problem: null }
      : { value: typed, problem: `A number${setting.accepted ? `, ${setting.accepted}` : ''}.` };
  }
  return { value: typed, problem: null };
}

/** "1 to 100" with its unit; what the range does not say is left out. */
export function rangeWords(setting: Setting): string {
  const unit = setting.unit === '' || setting.accepted.includes(setting.unit) ? '' : setting.unit;
  return [setting.accepted, unit].filter((each) => each !== '').join(' ');
}

export function changeWords(change: string): string {
  switch (change) {
    case 'live':
      return 'with the next record';
    case 'session':
      return 'at a symbol’s next session';
    case 'restart':
      return 'at the next start';
    default:
      return change;
  }
}

export interface Section {
  name: string;
  settings: Setting[];
}

export interface SettingFilter {
  /** Words that all stand in name, sentence or unit. */
  words: string;
  /** Only those that differ from their default. */
  changedOnly: boolean;
}

/** The settings that pass, by section, both in the server's order. */
export function sectionsOf(settings: readonly Setting[], filter: SettingFilter): Section[] {
  const words = filter.words.toLowerCase().split(/\s+/).filter(Boolean);
  const sections = new Map<string, Setting[]>();
  for (const setting of settings) {
    const said = `${setting.name} ${setting.sentence} ${setting.unit}`.toLowerCase();
    if (!words.every((word) => said.includes(word))) {
      continue;
    }
    if (filter.changedOnly && setting.origin === 'default') {
      continue;
    }
    const found = sections.get(setting.section) ?? [];
    found.push(setting);
    sections.set(setting.section, found);
  }
  return [...sections].map(([name, all]) => ({ name, settings: all }));
}

/** One difference, as a PATCH or a reload answers it. */
export interface Difference {
  name: string;
  /** "NAME: 1 -> 2" */
  text: string;
  change: string;
}

export interface Outcome {
  changed: Difference[];
  saved: string | null;
  warning: string;
}

export function readOutcome(json: unknown): Outcome {
  const answer = object(json);
  return {
    changed: list(answer.changed).map((each) => {
      const difference = object(each);
      const name = text(difference.name);
      const shown = (value: unknown): string => valueText(readValue(value)) || '–';
      return {
        name,
        text:
          text(difference.text) || `${name}: ${shown(difference.from)} -> ${shown(difference.to)}`,
        change: text(difference.change),
      };
    }),
    saved: text(answer.saved) || null,
    warning: text(answer.warning),
  };
}

/** Problems of a refused change by setting; what concerns none of them stands under ''. */
export function problemsOf(error: ApiError): Record<string, string> {
  const found: Record<string, string> = {};
  const add = (name: string, words: string): void => {
    found[name] = found[name] === undefined ? words : `${found[name]}\n${words}`;
  };
  const body: Json = error.body;
  for (const each of list(body.problems)) {
    const problem = object(each);
    const accepted = text(problem.accepted);
    const nearest = text(problem.nearest);
    const message = text(problem.message);
    const more = [
      accepted !== '' && !message.includes(accepted) ? `accepted: ${accepted}` : '',
      nearest !== '' && !message.includes(nearest) ? `nearest: ${nearest}` : '',
    ].filter(Boolean);
    add(text(problem.name), [message, ...more].join('; '));
  }
  for (const each of list(body.needs_restart)) {
    const difference = object(each);
    add(text(difference.name), 'This one needs a restart: it cannot be changed while it runs.');
  }
  if (Object.keys(found).length === 0) {
    add('', error.message);
  }
  return found;
}
