#pragma once

#include <cstdint>
#include <optional>
#include <string_view>

#include "model/record.hpp"

namespace tickstock::dbn {

/// What a status record's `action` does to trading; nothing for those that neither stop nor resume
/// it (auctions, quoting only, the end of the day). `is_trading`: 'Y', 'N' or '~' (not known).
std::optional<TradingStatus::Action> status_action(std::uint16_t action, char is_trading);

/// A word of at most 15 letters for its `reason`; empty for those that say nothing here.
std::string_view status_word(std::uint16_t reason);

}  // namespace tickstock::dbn
