import { list, millis, number, object, text } from '../stream/read';

/** /api/v1/symbols/{symbol}/trace as the page uses it. */

export interface Fate {
  stage: string;
  outcome: string;
  reason: string;
  note: string;
  /** It was held, and went on later. */
  released: boolean;
}

export interface TracedRecord {
  sequence: number;
  /** Of the record, and the engine's clock when it was taken. */
  timeMs: number;
  clockMs: number;
  source: string;
  kind: string;
  text: string;
  fate: Fate[];
  events: { id: string; type: string; offset: number | null; text: string }[];
  /** Where it ended before an event could come of it; null = nowhere. */
  stopped: Fate | null;
}

export interface Trace {
  from: number;
  through: number;
  /** in = out + held + dropped at every stage; null = not told. */
  closes: boolean | null;
  /** What a reader should know of the answer as a whole; empty = nothing. */
  note: string;
  /** Newest first. */
  records: TracedRecord[];
}

function readFate(value: unknown): Fate {
  const fate = object(value);
  return {
    stage: text(fate.stage),
    outcome: text(fate.outcome),
    reason: text(fate.reason),
    note: text(fate.note),
    released: fate.released === true,
  };
}

function readRecord(value: unknown): TracedRecord {
  const record = object(value);
  const fate = list(record.fate).map(readFate);
  return {
    sequence: number(record.sequence),
    timeMs: millis(record.ts),
    clockMs: millis(record.clock),
    source: text(record.source),
    kind: text(record.kind),
    text: text(record.text),
    fate,
    events: list(record.events).map((each) => {
      const event = object(each);
      return {
        id: text(event.id),
        type: text(event.type),
        offset: typeof event.offset === 'number' ? event.offset : null,
        text: text(event.text),
      };
    }),
    stopped:
      fate.find(
        (each) => each.outcome === 'dropped' || (each.outcome === 'held' && !each.released),
      ) ?? null,
  };
}

export function readTrace(json: unknown): Trace {
  const answer = object(json);
  return {
    from: number(answer.from),
    through: number(answer.through),
    closes: typeof answer.closes === 'boolean' ? answer.closes : null,
    note: text(answer.note),
    records: list(answer.records)
      .map(readRecord)
      .sort((a, b) => b.sequence - a.sequence),
  };
}
