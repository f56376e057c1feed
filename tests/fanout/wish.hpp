#pragma once

#include <cstdint>
#include <limits>
#include <optional>
#include <string>
#include <string_view>
#include <unordered_set>
#include <vector>

namespace tickstock::fanout {

/// What one client wants to see, and how it behaves. Read from a line of `name=value` words.
struct Wish {
    std::string group = "good";
    std::size_t count = 1;  ///< so many clients alike

    std::vector<std::string> symbols;
    std::vector<std::string> types;
    std::vector<std::string> directions;
    std::vector<std::string> sources;
    // As written, since the protocol takes decimals as text.
    std::string min_score, min_price, max_price, min_volume;
    std::string interval_ms;
    std::string conflate;
    std::string universes;  ///< sent as they are; their meaning is not in the offline check

    double churn_seconds = 0;        ///< mean time until it cuts its connection; 0 = never
    double stall_after_seconds = 0;  ///< it stops reading so long after its start; 0 = never
    double stall_for_seconds = 0;    ///< and reads again after that; 0 = never
    double bytes_per_second = 0;     ///< reads no faster; 0 = as fast as it can

    bool stalls_for_ever() const { return stall_after_seconds > 0 && stall_for_seconds == 0; }
};

/// Nothing, with the reason in `fault`, when the line cannot be read.
std::optional<Wish> parse_wish(std::string_view line, std::string& fault);

/// The protocol's subscribe message. `since` is its JSON value.
std::string subscribe_text(const Wish& wish, std::string_view since);

/// What an event's body says, as far as a filter may ask.
struct Facts {
    std::string_view symbol;
    std::string_view type;
    std::string_view direction;  ///< "" for null
    std::string_view source;
    std::int64_t price_e9 = 0;
    std::int64_t volume_e6 = 0;
    double score = 0;
};

/// The filter of docs/reference/protocol.md, sentence by sentence: the second opinion to the
/// server's compiled one. Slow and plain on purpose.
class PlainFilter {
public:
    explicit PlainFilter(const Wish& wish);
    bool accepts(const Facts& facts) const;

private:
    const Wish& wish_;
    std::unordered_set<std::string_view> symbols_;
    std::optional<double> min_score_;
    std::optional<std::int64_t> min_price_e9_, max_price_e9_, min_volume_e6_;
};

}  // namespace tickstock::fanout
