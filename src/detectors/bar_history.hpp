#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <vector>

#include "base/decimal.hpp"
#include "base/price.hpp"
#include "base/state_archive.hpp"
#include "base/time.hpp"
#include "model/enums.hpp"
#include "model/event.hpp"
#include "model/record.hpp"

namespace tickstock {

/// The newest bars of one symbol and timeframe, oldest first, no two with one start (SPEC 7.5).
///
/// The 21 newest can be revised. So that the oldest of them still has its own 20 bars before it, 20
/// more are kept; of bars beyond that only the extremes stay. Bars may come in any order. O(1) a
/// bar (at most 41 are looked at); grows to its full size once and then never allocates. One
/// thread; used by BarEventDetector only.
class BarHistory {
public:
    static constexpr std::size_t bars_before = 20;
    static constexpr std::size_t revisable = bars_before + 1;

    /// What a bar has told already, as bits: `bit_of(EventType)`.
    using Told = std::uint8_t;
    static constexpr Told bit_of(EventType type) {
        return static_cast<Told>(1U << static_cast<unsigned>(type));
    }

    struct KeptBar {
        UnixNanos start;
        Price high;
        Price low;
        Size volume;
        std::int64_t percent_e9 = 0;            ///< see BarHistory::percent_e9()
        Direction direction = Direction::None;  ///< sign of the percent, exact
        Told told = 0;

        template <class Archive>
        void archive(Archive& a) {
            a(start, high, low, volume, percent_e9, direction, told);
        }
    };

    enum Side : std::uint8_t { high, low };
    struct Extreme {
        Price price;
        UnixNanos start;  ///< of the earliest bar that reached it
    };
    struct VolumeSum {
        int128 sum = 0;  ///< millionths of a share
        unsigned bars = 0;
    };
    struct Run {
        Direction direction = Direction::None;  ///< None: no four of the five agree
        int128 percent_sum_e9 = 0;
    };

    /// A bar as it is kept, with nothing told.
    static KeptBar kept(const Bar& bar);
    /// Close against open, or the percent that the source gave, in units of 1e-9 percent, half to
    /// even, held inside int64: sums of these are exact.
    static std::int64_t percent_e9(const Bar& bar);
    /// Its sign, also where the percent rounds to 0.
    static Direction direction_of(const Bar& bar);

    /// Forgets everything.
    void restart();

    /// Puts a bar in its place by time; one with the same start is replaced and hands on what it
    /// had told. The bar's index, or nothing when 21 newer ones are there.
    std::optional<std::size_t> put(KeptBar bar);

    std::size_t size() const { return bars_.size(); }
    const KeptBar& operator[](std::size_t index) const { return bars_[index]; }
    bool is_newest(std::size_t index) const { return index + 1 == bars_.size(); }
    void mark_told(std::size_t index, EventType type) { bars_[index].told |= bit_of(type); }

    /// Volume of the at most `limit` bars before that one.
    VolumeSum volume_before(std::size_t index, std::size_t limit) const;

    /// Of all bars since restart(), kept or not, but that one.
    std::optional<Extreme> extreme_of_others(std::size_t index, Side side) const;

    /// Of the at most 20 bars before that one.
    std::optional<Extreme> extreme_before(std::size_t index, Side side) const;

    /// The five bars that end with that one; needs five.
    Run run_to(std::size_t index) const;

    template <class Archive>
    void archive(Archive& a) {
        a(bars_, forgotten_high_, forgotten_low_);
        if constexpr (Archive::is_loading) {
            if (bars_.size() > capacity) {  // no state of ours
                restart();
                a.fail();
            }
        }
    }

private:
    static constexpr std::size_t capacity = bars_before + revisable;

    static void take(std::optional<Extreme>& extreme, Extreme other, Side side);
    static Extreme extreme_of(const KeptBar& bar, Side side) {
        return {side == high ? bar.high : bar.low, bar.start};
    }
    void forget_oldest();

    std::vector<KeptBar> bars_;
    std::optional<Extreme> forgotten_high_;
    std::optional<Extreme> forgotten_low_;
};

}  // namespace tickstock
