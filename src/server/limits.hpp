#pragma once

#include <chrono>
#include <cstddef>

#include "base/time.hpp"

namespace tickstock::limits {

// What a client may ask of the server, beyond what is configurable (ServerSettings).

// Subscriptions.
inline constexpr std::size_t subscription_id_bytes = 64;
inline constexpr std::size_t universe_name_bytes = 96;  ///< with what names its owner
inline constexpr std::size_t universes_per_filter = 64;
inline constexpr Nanos max_interval = std::chrono::seconds(60);

// Outbound.
inline constexpr std::size_t events_per_frame = 1000;
inline constexpr std::size_t frame_bytes = 256 * 1024;   ///< a frame is closed when it passes this
inline constexpr std::size_t entries_per_scan = 8192;    ///< looked at before others get their turn
inline constexpr std::size_t entries_per_page = 65'536;  ///< looked at for one page of REST
inline constexpr std::size_t socket_send_buffer = 256 * 1024;
inline constexpr Nanos close_grace = std::chrono::seconds(2);  ///< for the peer's goodbye
inline constexpr Nanos bookmark_interval = std::chrono::seconds(1);
inline constexpr std::size_t bookmark_skipped = 1000;  ///< offsets
inline constexpr std::size_t snapshots_at_once = 8;
inline constexpr Nanos snapshot_patience = std::chrono::seconds(30);  ///< for a connection's
/// Symbols in all subscriptions of a connection together.
inline constexpr std::size_t symbols_per_client = 32'768;
inline constexpr std::size_t replies_waiting = 64;  ///< then the client is read no further

}  // namespace tickstock::limits
