#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <set>
#include <string>
#include <string_view>
#include <vector>

#include "mock_vendor/tape.hpp"
#include "model/record.hpp"

namespace tickstock {

/// The vendor's channels of stocks. None: records that its wire has no message for.
enum class VendorChannel : std::uint8_t {
    Trade,      ///< T
    Quote,      ///< Q
    SecondBar,  ///< A
    MinuteBar,  ///< AM
    Bands,      ///< LULD
    Imbalance,  ///< NOI
    FairValue,  ///< FMV
    None,
};
inline constexpr std::size_t vendor_channel_count = 7;

/// "T", "AM", …; REQUIRES: not None.
std::string_view to_string(VendorChannel channel);

/// The channel that carries the record.
VendorChannel channel_of(const Record& record);

/// The topics that one connection has subscribed to: "T.AAPL", "AM.*". As with the vendor `X.*`
/// stands beside single tickers of X and covers them; taking `X.*` away takes all of X away.
class TopicSet {
public:
    explicit TopicSet(const Tape& tape);

    /// False when the text is no topic (unknown channel, no ticker). Adding twice is no error.
    bool add(std::string_view topic);
    /// False when the text is no topic.
    bool remove(std::string_view topic);

    bool takes(VendorChannel channel, SymbolId symbol) const {
        const auto bit = static_cast<std::uint8_t>(1U << static_cast<unsigned>(channel));
        return ((all_ | wanted_[symbol.value()]) & bit) != 0;
    }
    std::size_t size() const;
    bool empty() const { return size() == 0; }
    /// True when each topic of `other` is covered here.
    bool covers(const TopicSet& other) const;

private:
    struct Topic {
        VendorChannel channel;
        std::string symbol;
    };
    static std::optional<Topic> parse(std::string_view text);
    void mark(const Topic& topic, bool wanted);

    const Tape* tape_;
    std::array<std::set<std::string>, vendor_channel_count> names_;
    std::uint8_t all_ = 0;              ///< a bit a channel
    std::vector<std::uint8_t> wanted_;  ///< the same by symbol
};

}  // namespace tickstock
