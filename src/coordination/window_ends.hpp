#pragma once

#include <algorithm>
#include <tuple>
#include <vector>

#include "base/assert.hpp"
#include "base/time.hpp"
#include "model/enums.hpp"
#include "model/symbol.hpp"

namespace tickstock {

/// The ends of the windows that hold something, earliest first. Windows that end together come in
/// the order of their types, then of their symbols' ids, whatever was open before: the order
/// depends neither on the shard nor on a restart.
class WindowEnds {
public:
    struct WindowEnd {
        UnixNanos at;
        SymbolId symbol;
        EventType type;
    };

    /// time_never when there is none.
    UnixNanos next() const { return heap_.empty() ? time_never : heap_.front().at; }

    void add(const WindowEnd& window) {
        heap_.push_back(window);
        std::push_heap(heap_.begin(), heap_.end(), ends_later);
    }

    /// REQUIRES: next() is not time_never.
    WindowEnd take_next() {
        std::pop_heap(heap_.begin(), heap_.end(), ends_later);
        const WindowEnd window = heap_.back();
        heap_.pop_back();
        return window;
    }

    /// Calls `use` with the symbol of each window that ends at or before `through`.
    template <class Use>
    void for_each_due(UnixNanos through, Use use) const {
        for (const WindowEnd& window : heap_) {
            if (window.at <= through) {
                use(window.symbol);
            }
        }
    }

    /// A window that ends early or holds nothing any more. Rare: O(open windows).
    void remove(SymbolId symbol, EventType type) {
        const auto found = std::find_if(heap_.begin(), heap_.end(), [&](const WindowEnd& window) {
            return window.symbol == symbol && window.type == type;
        });
        TS_ASSERT(found != heap_.end());
        *found = heap_.back();
        heap_.pop_back();
        std::make_heap(heap_.begin(), heap_.end(), ends_later);
    }

private:
    static bool ends_later(const WindowEnd& a, const WindowEnd& b) {
        return std::tie(a.at, a.type, a.symbol) > std::tie(b.at, b.type, b.symbol);
    }

    std::vector<WindowEnd> heap_;
};

}  // namespace tickstock
