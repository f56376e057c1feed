import { nanosToMillis } from './json';

/** Readers that take any JSON: what is absent or of another kind reads as zero or empty. */

export type Json = Record<string, unknown>;

export const object = (value: unknown): Json =>
  typeof value === 'object' && value !== null ? (value as Json) : {};
export const list = (value: unknown): unknown[] => (Array.isArray(value) ? value : []);
export const text = (value: unknown): string => (typeof value === 'string' ? value : '');
export const number = (value: unknown): number => {
  const read = typeof value === 'string' ? Number(value) : value;
  return typeof read === 'number' && Number.isFinite(read) ? read : 0;
};
export const millis = (value: unknown): number =>
  typeof value === 'string' || typeof value === 'number' ? nanosToMillis(value) : 0;
