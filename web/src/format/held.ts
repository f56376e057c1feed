import type { QuarantinedTrade, SuppressedDetection } from '../stream/held';
import { plain, sourceName, typeName } from './words';

/** "29.1 % above 219.33" and ", limit 20 %": the second part may be left out where space is short. */
export function quarantineWords(trade: QuarantinedTrade): [why: string, limit: string] {
  const side = trade.price < trade.level ? 'below' : 'above';
  const words = trade.reason.replace('% from ', `% ${side} `);
  const at = words.indexOf(', limit');
  const [why, limit] = at < 0 ? [words, ''] : [words.slice(0, at), words.slice(at)];
  return [why, trade.laterAccepted ? `${limit}, confirmed since` : limit];
}

/** "Low by bars, told before": what it was and why it became no event of its own. */
export function suppressedWords({ type, reason, source }: SuppressedDetection): string {
  const why = reasons[reason] ?? plain(reason);
  return `${typeName(type)} by ${sourceName(source)}, ${why}`;
}

const reasons: Record<string, string> = {
  corroboration: 'told before',
  superseded: 'lost',
};
