#pragma once

#include <cstddef>
#include <cstdint>
#include <vector>

#include "model/record.hpp"

namespace tickstock {

/// One symbol's trades and bars as they came, each trade in 48 bytes: what is found while a journal
/// is read backwards, until it can be worked forwards. Only what candles need is kept.
class PrintTape {
public:
    void add(const Record& record);
    void clear() {
        prints_.clear();
        bars_.clear();
    }
    /// Behind what is here.
    void append(const PrintTape& later) {
        prints_.insert(prints_.end(), later.prints_.begin(), later.prints_.end());
        bars_.insert(bars_.end(), later.bars_.begin(), later.bars_.end());
    }
    std::size_t size() const { return prints_.size() + bars_.size(); }
    /// Starts of different candles, about: of times that go forwards.
    std::size_t candles(std::int64_t interval) const;

    /// Trades in order, then bars in order: their rules have nothing to do with each other.
    template <class Use>
    void for_each(Use use) const {
        for (const Print& print : prints_) {
            use(record_of(print));
        }
        for (const Record& bar : bars_) {
            use(bar);
        }
    }

private:
    struct Print {
        UnixNanos ts_event;
        UnixNanos ts_execution;
        Price price;
        Size size;
        ConditionList conditions;
        SourceKind source_kind = SourceKind::Tick;
        std::uint8_t correction = 0;
    };
    static Record record_of(const Print& print);

    std::vector<Print> prints_;
    std::vector<Record> bars_;
};

}  // namespace tickstock
