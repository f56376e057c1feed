#pragma once

#include <cstdint>
#include <deque>
#include <memory>
#include <vector>

#include "base/time.hpp"

namespace tickstock {

/// Trades admitted in one stretch of 10 s of the sequencer's clock. A window that time comes back
/// to (another epoch) has several.
struct TradeWindow {
    std::uint64_t number = 0;  ///< counts them, from 1
    UnixNanos at;              ///< begin, a multiple of 10 s
    std::uint64_t trades = 0;
};

/// Counts admitted trades by windows of time, for the history's analytics. O(1) a trade;
/// sequencer's thread.
class TradeMeter {
public:
    static constexpr Nanos width = std::chrono::seconds(10);
    static constexpr std::size_t kept = 8'640;  ///< a day's

    void count(UnixNanos clock) {
        if (clock < begin_ || clock >= begin_ + width) {
            begin_window(clock);
        }
        ++trades_;
    }
    /// The window at hand ends here, though more may come for it.
    void close() {
        if (trades_ > 0) {
            closed_.push_back({++numbers_, begin_, trades_});
            trades_ = 0;
            shared_ = nullptr;
            if (closed_.size() > kept) {
                closed_.pop_front();
            }
        }
    }
    /// The newest that are closed, oldest first. What is handed out never changes.
    std::shared_ptr<const std::vector<TradeWindow>> closed() {
        if (shared_ == nullptr) {
            shared_ =
                std::make_shared<const std::vector<TradeWindow>>(closed_.begin(), closed_.end());
        }
        return shared_;
    }

private:
    void begin_window(UnixNanos clock) {
        close();
        const std::int64_t ns = to_ns(clock);
        begin_ = unix_nanos(ns - ns % width.count());
    }

    UnixNanos begin_ = time_unknown;
    std::uint64_t trades_ = 0;
    std::uint64_t numbers_ = 0;
    std::deque<TradeWindow> closed_;
    std::shared_ptr<const std::vector<TradeWindow>> shared_;
};

}  // namespace tickstock
