import type { Component } from 'svelte';
import type { Dashboard } from '../state/dashboard.svelte';

/** What every page is given. */
export interface PageProps {
  dashboard: Dashboard;
  /** What follows the page's id in the address: `['AAPL']` of `#/symbol/AAPL`. */
  args: readonly string[];
}

export interface PageEntry {
  /** In the address: `#/ID`. */
  id: string;
  /** In the navigation; at most eight letters, so that a phone has room for all. */
  name: string;
  /** What it shows: tooltip and document title. */
  title: string;
  /** `g` and this key go there. */
  key: string;
  /** An icon's path, stroked, in a box of 20 × 20. */
  icon: string;
  /** Keys of its own, for the help: key and what it does. */
  keys?: readonly (readonly [string, string])[];
  /** Fetched when the page is first shown. */
  load: () => Promise<{ default: Component<PageProps> | Component<Record<string, never>> }>;
}

/** In the order of the navigation; the first is where the dashboard opens. */
export const pages: readonly PageEntry[] = [
  {
    id: 'tape',
    name: 'Tape',
    title: 'Event tape',
    key: 't',
    icon: 'M3 5h14M3 10h14M3 15h9',
    keys: [
      ['Space', 'Stop and start the tape'],
      ['f', 'Filter by symbol'],
      ['1 … 7', 'Highs, lows, trends, surges, values, control, your rules'],
      ['↓ ↑ or j k', 'Walk through the events'],
      ['s', 'A tone for each event, or none'],
      ['Esc', 'Close the details, then clear the filter'],
    ],
    load: () => import('./Tape.svelte'),
  },
  {
    id: 'market',
    name: 'Market',
    title: 'Market: leaders and breadth',
    key: 'm',
    icon: 'M4 17V9M10 17V3M16 17v-6',
    load: () => import('./Market.svelte'),
  },
  {
    id: 'symbol',
    name: 'Symbol',
    title: 'One symbol: candles, events, trace',
    key: 's',
    icon: 'M6 3v3M6 13v4M4 6h4v7H4zM14 3v5M14 14v3M12 8h4v6h-4z',
    load: () => import('./Symbol.svelte'),
  },
  {
    id: 'health',
    name: 'Health',
    title: 'Channels and system health',
    key: 'h',
    icon: 'M2 11h4l2.500-6 4 11 2-5H18',
    load: () => import('./Health.svelte'),
  },
  {
    id: 'alerts',
    name: 'Alerts',
    title: 'Alerts',
    key: 'a',
    icon: 'M5 14V9a5 5 0 0 1 10 0v5l1.500 1.500h-13zM8.500 18h3',
    load: () => import('./Alerts.svelte'),
  },
  {
    id: 'sets',
    name: 'Sets',
    title: 'Universes and filters',
    key: 'u',
    icon: 'M3 4h14l-5.500 7v5l-3 1.500V11z',
    load: () => import('./Sets.svelte'),
  },
  {
    id: 'rollout',
    name: 'Rollout',
    title: 'Rollout: two paths, phases, the way back',
    key: 'r',
    icon: 'M3 16h4v-4h4V8h4V4h3',
    load: () => import('./Rollout.svelte'),
  },
  {
    id: 'settings',
    name: 'Settings',
    title: 'Settings',
    key: 'c',
    icon: 'M3 6h7M14 6h3M3 14h3M10 14h7M12 4v4M8 12v4',
    keys: [['f', 'Search the settings']],
    load: () => import('./Settings.svelte'),
  },
];

/** The page of an id; the first for one that is none. */
export function pageOf(id: string): PageEntry {
  const found = pages.find((page) => page.id === id) ?? pages[0];
  if (found === undefined) {
    throw new Error('no pages');
  }
  return found;
}
