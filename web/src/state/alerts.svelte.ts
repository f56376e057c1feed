import { list, millis, number, object, text, type Json } from '../stream/read';
import { Poll } from './poll.svelte';

/** An alert of /api/v1/alerts. Times in ms; null = not known, or not resolved. */
export interface Alert {
  id: number;
  type: string;
  severity: string;
  channel: string | null;
  message: string;
  value: number | null;
  threshold: number | null;
  raisedMs: number;
  resolvedMs: number | null;
  durationSeconds: number;
  runbook: string | null;
}

const optional = <T>(value: unknown, read: (value: unknown) => T): T | null =>
  value === null || value === undefined ? null : read(value);

export function readAlert(value: unknown): Alert {
  const alert = object(value);
  return {
    id: number(alert.id),
    type: text(alert.type),
    severity: text(alert.severity) || 'info',
    channel: optional(alert.channel, text),
    message: text(alert.message),
    value: optional(alert.value, number),
    threshold: optional(alert.threshold, number),
    raisedMs: millis(alert.raised),
    resolvedMs: optional(alert.resolved, millis),
    durationSeconds: number(alert.duration_seconds),
    runbook: optional(alert.runbook, text),
  };
}

/** The answer's members beside the lists are in `answer`. */
export interface AlertsPage {
  active: Alert[];
  recent: Alert[];
  answer: Json;
}

export function readAlerts(json: unknown): AlertsPage {
  const answer = object(json);
  return {
    active: list(answer.active).map(readAlert),
    recent: list(answer.recent).map(readAlert),
    answer,
  };
}

/** The page's one: the shell follows it for the badge, the alerts page shows it. */
export const alerts = new Poll({ path: () => 'alerts', everyMs: 5000, read: readAlerts });
