/** An event as the server would send it; `changes` replace members of the body. */
export function madeUp(changes = {}) {
  return {
    id: 'feedfacecafebeef',
    rev: 0,
    type: 'high',
    symbol: 'MADEUP',
    direction: 'up',
    price: 187.42,
    ts: 1718720105123456800,
    session: 'regular',
    source: 'tick',
    confidence: 1,
    priority: 2,
    volume: 300,
    data: {
      session_high: 187.42,
      session_low: 180.1,
      vwap: 185.3,
      previous_high: 186.84,
      previous_low: 180.1,
      count_up: 12,
      count_down: 3,
      coalesced: 1,
      percent_change: 1.2,
      vwap_divergence: 1.1,
      rel_volume: 2.5,
      significance: 43,
      reversal: 'W-bottom',
      trend_flag: '',
      surge_flag: '',
      cancelled: false,
    },
    evidence: {
      trade_id: '71675',
      source_sequence: 4711,
      conditions: [37],
      exchange: 4,
      prior_extreme: 186.84,
      prior_extreme_ts: 1718719092123456800,
      thresholds: {
        period: 'MIDDAY',
        min_price_change: 0.01,
        min_percent_change: 0.1,
      },
    },
    ...changes,
  };
}

const evidence = {
  trade_id: null,
  source_sequence: null,
  exchange: null,
  conditions: [],
  luld_band: null,
  prior_extreme: null,
  prior_extreme_ts: null,
  corroborated_by: [],
  suppressed: [],
  rules: [],
};

export function madeUpTrend(changes = {}) {
  return madeUp({
    type: 'trend',
    direction: 'down',
    price: 16.48,
    volume: 250,
    data: {
      trend_strength: 'weak',
      trend_score: -0.038948,
      trend_short_score: -0.034052,
      trend_medium_score: -0.036834,
      trend_long_score: -0.046663,
      trend_vwap_position: 'below',
      trend_age: 0,
      reversal: 'up-now-down',
      count_up: 2,
      count_down: 4,
    },
    evidence: {
      ...evidence,
      thresholds: {
        direction_threshold: 0.0375,
        strength_threshold: 0.075,
        retracement: 0.5,
        min_data_points: 8,
        volatility_factor: 1,
        period: 'MIDDAY',
        origin: 'default',
      },
      rule_version: 'trend/1',
    },
    ...changes,
  });
}

export function madeUpValuation(changes = {}) {
  return madeUp({
    type: 'valuation',
    source: 'fmv',
    confidence: 0.969684,
    price: 88.33,
    volume: null,
    data: {
      signal: 'undervalued',
      fair_value: 89.2769,
      reference: 88.33,
      deviation: 1.072003,
      strength: 0.10395,
    },
    evidence: {
      ...evidence,
      thresholds: { min_confidence: 0.7, max_deviation: 5, min_deviation: 1, period: 'MIDDAY' },
      rule_version: 'valuation/1',
      corroborated_by: ['channel'],
    },
    ...changes,
  });
}

export function madeUpSurge(changes = {}) {
  return madeUp({
    type: 'surge',
    direction: 'down',
    price: 260.67,
    volume: 100,
    data: {
      magnitude: -0.302149,
      score: 69.435368,
      surge_strength: 'moderate',
      trigger_type: 'price_and_volume',
      volume_multiplier: 5.310749,
      expiration: 1718720135123456800,
      daily_surge_count: 5,
      baseline: 261.46,
      description: 'down 0.3 % in 20 s on 5.3 times the usual volume',
    },
    evidence: {
      ...evidence,
      luld_band: 'lower',
      thresholds: { min_percent_change: 0.3, min_price_change: 0.3, volume_threshold: 3 },
      rule_version: 'surge/1',
    },
    ...changes,
  });
}
