import { list, millis, number, object, text, type Json } from '../stream/read';
import type { Alert } from './alerts.svelte';

/** What the alerts page shows beside the alerts, and which of them a person wants to see. */

export const severities = ['critical', 'error', 'warning', 'info'] as const;
export type Severity = (typeof severities)[number];

export interface AlertRule {
  name: string;
  metric: string;
  op: string;
  threshold: number;
  severity: string;
  description: string;
  forSeconds: number;
  builtIn: boolean;
}

export interface Webhook {
  sent: number;
  failed: number;
  dropped: number;
  waiting: number;
}

export interface AlertSums {
  raised: number;
  resolved: number;
  suppressed: number;
  /** Wall time of the last look; 0 = nobody looks. */
  lookedMs: number;
  /** Null where the server tells nothing of webhooks. */
  webhook: Webhook | null;
  rules: AlertRule[];
}

export function readSums(answer: Json): AlertSums {
  const webhook = object(answer.webhook);
  return {
    raised: number(answer.raised),
    resolved: number(answer.resolved),
    suppressed: number(answer.suppressed),
    lookedMs: millis(answer.looked),
    webhook:
      Object.keys(webhook).length === 0
        ? null
        : {
            sent: number(webhook.sent),
            failed: number(webhook.failed),
            dropped: number(webhook.dropped),
            waiting: number(webhook.waiting),
          },
    rules: list(answer.rules).map((each) => {
      const rule = object(each);
      return {
        name: text(rule.name),
        metric: text(rule.metric),
        op: text(rule.op),
        threshold: number(rule.threshold),
        severity: text(rule.severity),
        description: text(rule.description),
        forSeconds: number(rule.for_seconds),
        builtIn: rule.built_in === true,
      };
    }),
  };
}

/** 0 = worst; what is not known is least. */
export function rankOf(severity: string): number {
  const at = severities.findIndex((each) => each === severity);
  return at < 0 ? severities.length : at;
}

export interface AlertFilter {
  /** Empty = all. */
  severities: ReadonlySet<string>;
  /** Words that all stand in type, channel or message; in any case. */
  words: string;
}

export function accepts(filter: AlertFilter, alert: Alert): boolean {
  if (filter.severities.size > 0 && !filter.severities.has(alert.severity)) {
    return false;
  }
  const said = `${alert.type} ${alert.channel ?? ''} ${alert.message}`.toLowerCase();
  return filter.words
    .toLowerCase()
    .split(/\s+/)
    .every((word) => said.includes(word));
}

/** Worst first, then the one that was raised last. */
export function inOrder(alerts: readonly Alert[]): Alert[] {
  return [...alerts].sort(
    (a, b) => rankOf(a.severity) - rankOf(b.severity) || b.raisedMs - a.raisedMs,
  );
}

/** A value beside its limit, short: "1,234.5", "0.0125". */
export function figure(value: number | null): string {
  if (value === null) {
    return '–';
  }
  const digits = Math.abs(value) >= 100 ? 0 : Math.abs(value) >= 1 ? 2 : 4;
  return new Intl.NumberFormat('en-US', { maximumFractionDigits: digits }).format(value);
}
