import { spanWords } from '../format/time';
import { plain } from '../format/words';
import type { Criterion, Phase, Report } from './rollout';

/** What the rollout's names mean to a person. */

export interface PhaseWords {
  name: string;
  what: string;
}

export const phases: readonly PhaseWords[] = [
  { name: 'Installation', what: 'The integrator runs; the linear path answers for all symbols.' },
  { name: 'Parallel', what: 'Both paths work every trade and are compared; linear answers.' },
  { name: 'Limited, 1 %', what: 'Multi-channel answers for 1 % of the symbols, low risk first.' },
  { name: 'Expanded, 10 %', what: 'Multi-channel answers for 10 % of the symbols.' },
  { name: 'Full, 100 %', what: 'Multi-channel answers for all symbols.' },
];

export const phaseName = (phase: number): string => phases[phase]?.name ?? `Phase ${phase}`;

export interface FlagWords {
  flag: string;
  name: string;
  what: string;
  /** Flags that must be on for it to be switched on. */
  needs: readonly string[];
  below?: readonly FlagWords[];
}

/** S4's hierarchy: what stands below another acts only while that is on. */
export const flagTree: readonly FlagWords[] = [
  {
    flag: 'integration_layer_enabled',
    name: 'Integration layer',
    what: 'Each trade goes to the multi-channel path as well. It stays muted.',
    needs: [],
    below: [
      {
        flag: 'router_enabled',
        name: 'Router',
        what: 'Records go through the router.',
        needs: ['integration_layer_enabled'],
      },
      {
        flag: 'tick_channel_enabled',
        name: 'Tick channel',
        what: 'Trades go through the tick channel.',
        needs: ['integration_layer_enabled'],
        below: [
          {
            flag: 'parallel_processing_enabled',
            name: 'Parallel comparison',
            what: 'What both paths find is held against each other, event by event.',
            needs: ['router_enabled', 'tick_channel_enabled'],
            below: [
              {
                flag: 'performance_comparison_enabled',
                name: 'Performance comparison',
                what: 'The times of both paths are compared, pair by pair.',
                needs: ['parallel_processing_enabled'],
              },
            ],
          },
        ],
      },
      {
        flag: 'multichannel_system_enabled',
        name: 'Multi-channel system',
        what: 'The multi-channel path answers for the selected symbols.',
        needs: ['integration_layer_enabled', 'router_enabled', 'tick_channel_enabled'],
      },
    ],
  },
];

const allFlags = (tree: readonly FlagWords[]): FlagWords[] =>
  tree.flatMap((each) => [each, ...allFlags(each.below ?? [])]);
const flags = new Map(allFlags(flagTree).map((each) => [each.flag, each]));

export const flagName = (flag: string): string => flags.get(flag)?.name ?? plain(flag);

/** "A", "A and B", "A, B and C". */
const listed = (names: readonly string[]): string =>
  names.length < 2 ? names.join('') : `${names.slice(0, -1).join(', ')} and ${names.at(-1)}`;

/** Why a flag cannot be switched as things stand; empty = it can. */
export function flagObstacle(each: FlagWords, on: Record<string, boolean>): string {
  if (on[each.flag] !== true) {
    const off = each.needs.filter((need) => on[need] !== true).map(flagName);
    return off.length === 0 ? '' : `needs ${listed(off)} on first`;
  }
  const users = [...flags.values()]
    .filter((other) => on[other.flag] === true && other.needs.includes(each.flag))
    .map((other) => other.name);
  const [need, that] = users.length === 1 ? ['needs', 'that'] : ['need', 'those'];
  return users.length === 0 ? '' : `${listed(users)} ${need} it: switch ${that} off first`;
}

/** "6 h 40 min left", "over", "no end". */
export function timeLeft(phase: Phase): string {
  if (phase.durationHours === null) {
    return 'no end';
  }
  const left = 3600 * (phase.durationHours - phase.elapsedHours);
  return left <= 0 ? 'its time is over' : `${spanWords(left)} left`;
}

/** Part of the phase's least duration that is over. */
export function partOver(phase: Phase): number {
  return phase.durationHours === null || phase.durationHours <= 0
    ? 1
    : Math.min(1, phase.elapsedHours / phase.durationHours);
}

const criteria: Record<string, string> = {
  duration: 'Time in the phase',
  records: 'Records seen',
  pairs: 'Pairs of times',
  requests: 'Records answered by multi-channel',
  added_time: 'Added time a record',
  error_alerts: 'Error alerts',
  mean_latency: 'Mean latency',
  p99_latency: '99th percentile latency',
  error_rate: 'Error rate',
  missed_events: 'Missed events',
  accounting: 'Accounting closes',
};
export const criterionName = (each: Criterion): string => criteria[each.name] ?? plain(each.name);

/** "0.41", "1,234": no more digits than a person compares by. */
export function criterionFigure(value: number, unit: string): string {
  const digits = Math.abs(value) >= 100 || Number.isInteger(value) ? 0 : value < 1 ? 4 : 2;
  const shown = value.toLocaleString('en-US', { maximumFractionDigits: digits });
  return unit === '' ? shown : `${shown} ${unit}`;
}

const fallbackCauses: Record<string, string> = {
  error: 'a detector failed',
  timeout: 'it took too long',
  parked: 'the tick channel was paused or in error',
  skipped: 'its queue dropped a record',
  difference: 'it found something else than the linear path',
};
export const fallbackCause = (cause: string): string => fallbackCauses[cause] ?? plain(cause);

const incidentCauses: Record<string, string> = {
  channel: 'Tick channel not usable',
  accounting: 'Accounting did not close',
  lost_events: 'Events lost',
  error_rate: 'Too many errors',
  latency: 'Too slow',
  manual: 'Disabled by a person',
  unknown: 'Cause not known any more',
};
export const incidentCause = (cause: string): string => incidentCauses[cause] ?? plain(cause);

const kinds: Record<string, string> = {
  missing: 'Only linear',
  extra: 'Only multi-channel',
  near: 'Nearly the same',
  only_a: 'Only present settings',
  only_b: 'Only other settings',
};
export const differenceKind = (kind: string): string => kinds[kind] ?? plain(kind);

export type Tone = 'good' | 'wait' | 'bad';

/** What S4's recommendation begins with says how it is meant. */
export function recommendationTone(report: Report): Tone {
  const word = report.recommendation.split(':')[0]?.trim().toUpperCase();
  return word === 'RECOMMEND' ? 'good' : word === 'STOP' ? 'bad' : 'wait';
}

const reasonBytes = 200;

/** What is wrong with a reason; empty = it may be sent. */
export function reasonProblem(reason: string): string {
  const size = new TextEncoder().encode(reason.trim()).length;
  if (size === 0) {
    return 'A reason is needed: it stands in the audit.';
  }
  return size > reasonBytes ? `At most ${reasonBytes} bytes; these are ${size}.` : '';
}

/** Symbols as a person types them, once each; all small letters mean the capitals. */
export function typedSymbols(typed: string): string[] {
  const found = typed.split(/[\s,;]+/).filter((each) => each !== '');
  const isSmall = (word: string): boolean => word === word.toLowerCase();
  return [...new Set(found.map((each) => (isSmall(each) ? each.toUpperCase() : each)))];
}
