import { expect, it } from 'vitest';
import { Backoff } from './backoff';

it('doubles up to the limit', () => {
  const backoff = new Backoff(500, 4000, () => 1);
  expect([1, 2, 3, 4, 5].map(() => backoff.next())).toEqual([500, 1000, 2000, 4000, 4000]);
  backoff.reset();
  expect(backoff.next()).toBe(500);
});

it('spreads over the upper half of the step', () => {
  expect(new Backoff(1000, 4000, () => 0).next()).toBe(500);
  expect(new Backoff(1000, 4000, () => 0.5).next()).toBe(750);
});
