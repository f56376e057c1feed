import { list, millis, number, object, text } from '../stream/read';
import { readDifference, type Difference } from './rollout-lists';
import { parseTyped, valueText, type Setting, type SettingValue } from './settings';

/** /api/v1/compare: the present configuration (a) against another one (b), on live traffic. */

export interface TypeCounts {
  type: string;
  a: number;
  b: number;
  both: number;
  near: number;
  onlyA: number;
  onlyB: number;
}

export interface ConfigComparison {
  running: boolean;
  sinceMs: number;
  /** The other configuration's values, as text. */
  settings: [name: string, value: string][];
  byType: TypeCounts[];
  differences: Difference[];
  /** How far it is behind the engine. */
  lagRecords: number;
  /** It works through the journal before it follows the engine. */
  catchingUp: boolean;
  /** Why it ended by itself; empty = it did not. */
  failure: string;
}

export function readComparison(json: unknown): ConfigComparison {
  const answer = object(json);
  return {
    running: answer.running === true,
    sinceMs: millis(answer.since),
    settings: Object.entries(object(answer.settings)).map(([name, value]) => [
      name,
      Array.isArray(value) ? value.join(', ') : String(value),
    ]),
    byType: list(answer.by_type).map((value) => {
      const each = object(value);
      return {
        type: text(each.type),
        a: number(each.a),
        b: number(each.b),
        both: number(each.both),
        near: number(each.near),
        onlyA: number(each.only_a),
        onlyB: number(each.only_b),
      };
    }),
    differences: list(answer.differences).map((value) => {
      const each = readDifference(value);
      const kind =
        each.kind === 'missing' ? 'only_a' : each.kind === 'extra' ? 'only_b' : each.kind;
      return { ...each, kind };
    }),
    lagRecords: number(answer.lag_records),
    catchingUp: answer.catching_up === true,
    failure: text(answer.failure),
  };
}

/** One setting of the form. */
export interface Change {
  setting: Setting;
  typed: string;
}

export interface Prepared {
  values: Record<string, SettingValue>;
  /** By setting. */
  problems: Record<string, string>;
}

/** What is typed, as the request takes it. */
export function prepare(changes: readonly Change[]): Prepared {
  const values: Record<string, SettingValue> = {};
  const problems: Record<string, string> = {};
  for (const { setting, typed } of changes) {
    const { value, problem } = parseTyped(setting, typed);
    if (problem !== null) {
      problems[setting.name] = problem;
    } else if (valueText(value) === valueText(setting.value)) {
      problems[setting.name] = 'It has this value already.';
    } else {
      values[setting.name] = value;
    }
  }
  return { values, problems };
}
