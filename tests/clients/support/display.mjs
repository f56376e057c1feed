// What a display event must be, told from the event that REST gives, field by field. Written apart
// from the server's code, from the specification's list.
import assert from 'node:assert/strict';

const COMMON = [
  'ticker', 'type', 'price', 'time', 'event_id', 'direction', 'reversal', 'count', 'count_up',
  'count_down', 'percent_change', 'vwap', 'vwap_divergence', 'volume', 'rel_volume', 'label',
];
const OF_TYPE = {
  high: ['session_high', 'session_low', 'last_update', 'trend_flag', 'surge_flag',
    'significance_score', 'reversal_info'],
  trend: ['trend_strength', 'trend_score', 'trend_short_score', 'trend_medium_score',
    'trend_long_score', 'trend_vwap_position', 'trend_age', 'last_trend_update'],
  surge: ['magnitude', 'score', 'strength', 'trigger_type', 'description', 'volume_multiplier',
    'event_key', 'surge_age', 'expiration', 'daily_surge_count', 'last_surge_timestamp'],
};
OF_TYPE.low = OF_TYPE.high;

const NUMBERS = [
  'price', 'count', 'count_up', 'count_down', 'percent_change', 'vwap', 'vwap_divergence', 'volume',
  'rel_volume', 'session_high', 'session_low', 'last_update', 'significance_score', 'trend_score',
  'trend_short_score', 'trend_medium_score', 'trend_long_score', 'trend_age', 'last_trend_update',
  'magnitude', 'score', 'volume_multiplier', 'surge_age', 'expiration', 'daily_surge_count',
  'last_surge_timestamp',
];

function clockOfNewYork(seconds) {
  return new Intl.DateTimeFormat('en-GB', {
    timeZone: 'America/New_York', hour: '2-digit', minute: '2-digit', second: '2-digit',
  }).format(new Date(seconds * 1000));
}

const ARROWS = { up: '↑', down: '↓' };

/** `shown` is complete, of the right types, and says what `event` says. */
export function checkDisplay(shown, event) {
  for (const name of [...COMMON, ...(OF_TYPE[event.type] ?? [])]) {
    assert.ok(name in shown, `${event.type} has no ${name}`);
    if (NUMBERS.includes(name) && !(name === 'price' && event.type === 'control')) {
      assert.equal(typeof shown[name], 'number', `${event.type}.${name}`);
    }
  }
  const { data } = event;
  const seconds = Math.floor(event.ts / 1e9);
  assert.equal(shown.ticker, event.symbol);
  assert.equal(shown.type, event.type);
  assert.equal(shown.price, event.price);
  assert.equal(shown.event_id, event.id);
  assert.equal(shown.direction, event.direction);
  assert.equal(shown.volume, event.volume ?? 0);
  assert.equal(shown.time, clockOfNewYork(seconds));
  assert.equal(shown.reversal, data.reversal ?? false);
  assert.equal(shown.percent_change, data.percent_change ?? data.magnitude ?? data.deviation ?? 0);
  if (event.type === 'high' || event.type === 'low') {
    assert.equal(shown.session_high, data.session_high);
    assert.equal(shown.session_low, data.session_low);
    assert.equal(shown.vwap, data.vwap ?? 0);
    assert.equal(shown.count_up, data.count_up);
    assert.equal(shown.count_down, data.count_down);
    assert.equal(shown.count, data.count_up + data.count_down);
    assert.equal(shown.significance_score, data.significance);
    assert.equal(shown.trend_flag, data.trend_flag || null);
    assert.ok(Math.abs(shown.last_update - event.ts / 1e9) < 1e-3);
    assert.equal(
      shown.label,
      event.type === 'high' ? `HIGH #${data.count_up}` : `LOW #${data.count_down}`,
    );
    if (data.reversal === false) {
      assert.equal(shown.reversal_info, null);
    } else {
      assert.equal(shown.reversal_info.type, data.reversal);
      assert.equal(shown.reversal_info.previous_type, event.type === 'high' ? 'low' : 'high');
    }
  }
  if (event.type === 'trend' && data.trend_strength) {
    assert.equal(shown.label, `TREND ${ARROWS[event.direction]} ${data.trend_strength}`);
    assert.equal(shown.trend_score, data.trend_score);
    assert.equal(shown.trend_vwap_position, data.trend_vwap_position);
  }
  if (event.type === 'surge' && data.trigger_type) {
    assert.ok(shown.label.endsWith(`${ARROWS[event.direction]} ${data.trigger_type}`));
    assert.ok(shown.event_key.startsWith(`${event.symbol}_${event.direction}_${seconds}`));
    assert.equal(shown.magnitude, data.magnitude);
  }
}

/** What stock_data says as a whole, and all its events. */
export function checkStockData(text) {
  assert.equal(typeof text, 'string', 'stock_data is one JSON string');
  const data = JSON.parse(text);
  assert.deepEqual(Object.keys(data), ['highs', 'lows', 'trending', 'surging', 'activity', 'dropped']);
  assert.deepEqual(Object.keys(data.trending), ['up', 'down']);
  assert.deepEqual(Object.keys(data.surging), ['up', 'down']);
  assert.deepEqual(Object.keys(data.activity), [
    'total_highs', 'total_lows', 'activity_level', 'activity_ratio', 'ticks_10sec', 'ticks_30sec',
    'ticks_60sec', 'ticks_300sec',
  ]);
  assert.deepEqual(Object.keys(data.activity.activity_ratio), [
    'calculation_method', 'current_rate', 'threshold_low', 'threshold_medium', 'threshold_high',
    'threshold_very_high',
  ]);
  const lists = [
    data.highs, data.lows, data.trending.up, data.trending.down, data.surging.up, data.surging.down,
  ];
  for (const list of lists) {
    assert.ok(list.length <= 1000);
  }
  return lists.flat();
}

export function checkStatus(status) {
  assert.deepEqual(Object.keys(status), [
    'status', 'connected', 'provider', 'market_status', 'timestamp', 'avg_response',
  ]);
  assert.ok(['healthy', 'warning', 'error', 'initializing'].includes(status.status));
  assert.equal(typeof status.connected, 'boolean');
  assert.ok(['PRE', 'REGULAR', 'AFTER', 'CLOSED'].includes(status.market_status));
  assert.ok(Math.abs(Date.parse(status.timestamp) - Date.now()) < 3_600_000);
  assert.equal(typeof status.avg_response, 'number');
}
