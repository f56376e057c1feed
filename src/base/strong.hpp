#pragma once

#include <compare>
#include <cstddef>
#include <cstdint>
#include <functional>

namespace tickstock {

/// An integer with a meaning of its own: two kinds never mix without a visible conversion.
template <class Tag, class Rep>
class Strong {
public:
    using rep = Rep;

    constexpr Strong() = default;
    constexpr explicit Strong(Rep value) : value_(value) {}

    constexpr Rep value() const { return value_; }
    friend constexpr auto operator<=>(Strong, Strong) = default;

private:
    Rep value_{};
};

/// Position of a record in the one written order; contiguous from 1, 0 = not admitted yet.
using Sequence = Strong<struct SequenceTag, std::uint64_t>;

/// Position of an event in the event stream; contiguous from 1 within an epoch.
using Offset = Strong<struct OffsetTag, std::uint64_t>;

/// One configured input (a feed, a file set, the synthetic market); dense from 0.
using SourceId = Strong<struct SourceIdTag, std::uint16_t>;

/// The sequence of a deadline that no journal entry follows (end of input).
inline constexpr Sequence sequence_end{~std::uint64_t{0}};

}  // namespace tickstock

template <class Tag, class Rep>
struct std::hash<tickstock::Strong<Tag, Rep>> {
    std::size_t operator()(tickstock::Strong<Tag, Rep> id) const noexcept {
        return std::hash<Rep>{}(id.value());
    }
};
