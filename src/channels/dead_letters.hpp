#pragma once

#include <cstddef>
#include <cstdint>
#include <deque>
#include <string>
#include <utility>

#include "base/strong.hpp"
#include "base/time.hpp"
#include "model/enums.hpp"
#include "model/symbol.hpp"

namespace tickstock {

/// A (record, detector) that failed and was set aside; the rest of its batch was worked.
struct DeadLetter {
    ChannelType channel = ChannelType::Tick;
    std::string detector;
    SymbolId symbol = symbol_none;
    Sequence sequence;
    UnixNanos ts;  ///< ts_event of the record
    std::string reason;

    friend bool operator==(const DeadLetter&, const DeadLetter&) = default;

    template <class Archive>
    void archive(Archive& a) {
        a(channel, detector, symbol, sequence, ts, reason);
    }
};

/// The newest dead letters and how many there ever were. Shard's thread.
class DeadLetters {
public:
    explicit DeadLetters(std::size_t limit = 100) : limit_(limit) {}

    void add(DeadLetter letter) {
        ++total_;
        newest_.push_back(std::move(letter));
        cut();
    }
    /// Oldest first.
    const std::deque<DeadLetter>& newest() const { return newest_; }
    std::uint64_t total() const { return total_; }

    /// Those of another shard among these, by sequence.
    void merge(const DeadLetters& other);

    template <class Archive>
    void archive(Archive& a) {
        a(newest_, total_);
        cut();
    }

private:
    void cut() {
        while (newest_.size() > limit_) {
            newest_.pop_front();
        }
    }

    std::size_t limit_;
    std::deque<DeadLetter> newest_;
    std::uint64_t total_ = 0;
};

}  // namespace tickstock
