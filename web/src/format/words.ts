/** Names on the wire, in words for a person. What is not known here is shown as it came. */

const types: Record<string, string> = {
  high: 'High',
  low: 'Low',
  trend: 'Trend',
  surge: 'Surge',
  valuation: 'Value',
  rule: 'Rule',
  control: 'Control',
};
const sources: Record<string, string> = {
  tick: 'trades',
  websocket: 'second feed',
  ohlcv: 'bars',
  fmv: 'fair values',
  channel: 'a channel',
};
const timeframes: Record<string, string> = {
  '1m': '1 minute',
  '5m': '5 minutes',
  '15m': '15 minutes',
  '1h': '1 hour',
  '1d': '1 day',
};
const turns: Record<string, string> = {
  'up-now-down': 'up before',
  'down-now-up': 'down before',
};
const triggers: Record<string, string> = {
  price_and_volume: 'price and volume',
  price: 'price',
  volume: 'volume',
  price_driven: 'a strong price move',
  volume_driven: 'very heavy volume',
};
const periods: Record<string, string> = {
  PREMARKET: 'pre-market',
  OPENING: 'opening',
  MIDDAY: 'midday',
  CLOSING: 'closing',
  AFTERHOURS: 'after hours',
  BASE: 'any',
};

export const plain = (word: string): string => word.replaceAll('_', ' ');
const from =
  (names: Record<string, string>) =>
  (word: string): string =>
    names[word] ?? plain(word);

export const typeName = from(types);
export const sourceName = from(sources);
export const timeframeName = from(timeframes);
/** Which way a trend pointed before it turned. */
export const turnName = from(turns);
export const triggerName = from(triggers);
export const periodName = from(periods);
