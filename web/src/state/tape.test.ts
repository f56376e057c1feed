import { describe, expect, it } from 'vitest';
import type { EventBody, StreamEvent } from '../stream/protocol';
import { tapeFilter } from './filter';
import { Tape } from './tape';

function event(
  id: string,
  symbol = 'AAPL',
  rev = 0,
  type: EventBody['type'] = 'high',
): StreamEvent {
  const body = { id, rev, type, symbol, ts: 1718718605123, data: {} };
  return { offset: 1, event: body as unknown as EventBody, raw: '{}' };
}

function shown(tape: Tape): string[] {
  return Array.from({ length: tape.visibleCount }, (_, i) => tape.visible(i)?.event.id ?? '?');
}

function filled(tape: Tape, from: number, to: number): Tape {
  for (let i = from; i <= to; ++i) {
    tape.push(event(`e${i}`, i % 2 === 0 ? 'EVEN' : 'ODD'), 0);
  }
  return tape;
}

describe('Tape', () => {
  it('shows the newest first and forgets the oldest', () => {
    const tape = filled(new Tape(3), 1, 5);
    expect(shown(tape)).toEqual(['e5', 'e4', 'e3']);
    expect(tape.size).toBe(3);
    expect(tape.find('e2')).toBeUndefined();
    expect(tape.visible(3)).toBeUndefined();
  });

  it('puts a revision in the place of the event', () => {
    const tape = filled(new Tape(5), 1, 3);
    tape.push(event('e2', 'EVEN', 1), 50);
    expect(shown(tape)).toEqual(['e3', 'e2', 'e1']);
    expect(tape.visible(1)).toMatchObject({ revised: true, arrived: 50, event: { rev: 1 } });
  });

  it('takes no event twice and no older revision', () => {
    const tape = new Tape(5);
    tape.push(event('a', 'A', 2), 0);
    tape.push(event('a', 'A', 2), 7);
    tape.push(event('a', 'A', 1), 7);
    expect(tape.visible(0)?.arrived).toBe(0);
    expect(tape.size).toBe(1);
    expect(tape.visible(0)?.event.rev).toBe(2);
  });

  it('appends a revision whose event it does not have', () => {
    const tape = new Tape(5);
    tape.push(event('a', 'A', 1), 0);
    expect(tape.visible(0)?.revised).toBe(true);
  });

  it('filters what is there and what comes', () => {
    const tape = filled(new Tape(10), 1, 4);
    tape.setFilter((each) => each.symbol === 'EVEN');
    expect(shown(tape)).toEqual(['e4', 'e2']);
    filled(tape, 5, 6);
    expect(shown(tape)).toEqual(['e6', 'e4', 'e2']);
    expect(tape.indexOf('e4')).toBe(1);
    expect(tape.indexOf('e3')).toBe(-1);
    expect(tape.indexOf('nobody')).toBe(-1);
  });

  it('keeps the filtered view right while rows fall out', () => {
    const tape = new Tape(4);
    tape.setFilter((each) => each.symbol === 'EVEN');
    filled(tape, 1, 1001);
    expect(shown(tape)).toEqual(['e1000', 'e998']);
    tape.setFilter(() => true);
    expect(shown(tape)).toEqual(['e1001', 'e1000', 'e999', 'e998']);
  });

  it('stands still while frozen and tells what waits', () => {
    const tape = filled(new Tape(10), 1, 2);
    tape.freeze();
    filled(tape, 3, 5);
    expect(shown(tape)).toEqual(['e2', 'e1']);
    expect(tape.heldCount).toBe(3);
    tape.freeze();
    expect(tape.heldCount).toBe(3);
    tape.push(event('e2', 'EVEN', 1), 0);
    expect(tape.visible(0)?.event.rev).toBe(1);
    tape.thaw();
    expect(shown(tape)).toEqual(['e5', 'e4', 'e3', 'e2', 'e1']);
    expect(tape.heldCount).toBe(0);
  });

  it('counts what waits behind a filter too', () => {
    const tape = filled(new Tape(10), 1, 2);
    tape.freeze();
    filled(tape, 3, 6);
    tape.setFilter((each) => each.symbol === 'EVEN');
    expect(shown(tape)).toEqual(['e2']);
    expect(tape.heldCount).toBe(2);
  });

  it('loses frozen rows only to the ring', () => {
    const tape = filled(new Tape(4), 1, 4);
    tape.freeze();
    filled(tape, 5, 6);
    expect(shown(tape)).toEqual(['e4', 'e3']);
    filled(tape, 7, 20);
    expect(shown(tape)).toEqual([]);
    expect(tape.heldCount).toBe(4);
  });

  it('is empty after clear', () => {
    const tape = filled(new Tape(4), 1, 9);
    tape.clear();
    expect(shown(tape)).toEqual([]);
    filled(tape, 1, 2);
    expect(shown(tape)).toEqual(['e2', 'e1']);
  });
});

describe('tapeFilter', () => {
  const passes = (types: EventBody['type'][], words: string, each: StreamEvent): boolean =>
    tapeFilter(new Set(types), words)(each.event);

  it('passes all when nothing is asked', () => {
    expect(passes([], '  ', event('a'))).toBe(true);
  });
  it('asks for types', () => {
    expect(passes(['low'], '', event('a'))).toBe(false);
    expect(passes(['low', 'high'], '', event('a'))).toBe(true);
    expect(passes(['control'], '', event('a', 'A', 0, 'rule'))).toBe(false);
    expect(passes(['rule'], '', event('a', 'A', 0, 'rule'))).toBe(true);
  });
  it('asks for beginnings and whole symbols', () => {
    expect(passes([], 'aa, ms', event('a', 'AAPL'))).toBe(true);
    expect(passes([], 'ms', event('a', 'AAPL'))).toBe(false);
    expect(passes([], '"a"', event('a', 'AAPL'))).toBe(false);
    expect(passes([], '"a"', event('a', 'A'))).toBe(true);
    expect(passes([], '"a" aap', event('a', 'AAPL'))).toBe(true);
  });
  it('needs both', () => {
    expect(passes(['low'], 'AAPL', event('a'))).toBe(false);
  });
});
