#pragma once

namespace tickstock {

/// The parameters of the synthetic market (market.hpp says how they act together).
/// Shares are of trades, times in seconds, volatilities per regular session.
struct SyntheticModel {
    // Who trades how often
    double zipf_exponent = 0.95;   ///< activity of rank r ∝ (r + zipf_offset)^−exponent
    double zipf_offset = 4;        ///< flattens the very top
    double branching_ratio = 0.5;  ///< trades that each trade calls forth (self-excitation)
    double delay_fast_s = 0.02;    ///< mean delays of called-forth trades, three scales
    double delay_middle_s = 1.0;
    double delay_slow_s = 12;
    double sweep_share = 0.05;  ///< of arrivals that take several venues within 1 ms

    // Prices
    double median_price = 42;  ///< USD, log-normal with log_price_deviation
    double log_price_deviation = 0.95;
    double penny_stock_share = 0.012;  ///< of symbols below 1 USD (quoted in 0.0001)
    double market_volatility = 0.007;
    double sector_volatility = 0.006;
    double own_volatility = 0.013;  ///< median over symbols, log-normal
    double heat_memory_s = 600;     ///< how long high volatility lasts (clustering)
    double heat_gain = 0.3;         ///< how strongly a large move raises it
    double fat_tail_share = 0.02;   ///< of moves that are fat_tail_factor times as large
    double fat_tail_factor = 3;
    double extended_spread_factor = 3;  ///< pre and after against regular

    // Prints
    double odd_lot_share = 0.43;  ///< at the median price; more for dear, less for cheap ones
    double iso_share = 0.30;      ///< of prints on exchanges, condition 14
    double late_share = 0.0006;   ///< executed more than 10 s before, reported by the TRF
    double out_of_sequence_share = 0.0002;  ///< condition 32
    double average_price_share = 0.0005;    ///< condition 2
    double derivative_share = 0.0004;       ///< condition 10
    double contingent_share = 0.0005;       ///< condition 53
    double erroneous_share = 0.000001;      ///< far from the market, most are cancelled later
    double cancel_share = 0.00002;          ///< a just printed trade is cancelled
    double correct_share = 0.00001;         ///< … or replaced
    double fractional_share = 0.05;         ///< of odd lots off exchange

    // News, per symbol and day
    double shocks = 0.06;              ///< sudden jumps with a burst of trades
    double drifts = 0.15;              ///< slow moves over minutes
    double pauses_per_1000 = 1.5;      ///< shocks large enough for a LULD pause, at least two a day
    double news_halts_per_1000 = 0.4;  ///< regulatory halts, at least one a day

    // Other records
    double quote_gap_s = 0.2;            ///< least time between two quotes of a symbol
    double fair_value_gap_s = 5;         ///< least time between two fair values of a symbol
    double fair_value_episodes = 0.004;  ///< chance per fair value that a gap of 1–3 % opens
};

}  // namespace tickstock
