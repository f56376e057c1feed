#pragma once

#include <chrono>
#include <cstddef>

#include "base/time.hpp"

namespace tickstock::limits {

// What a client may ask of the server, beyond what is configurable (ServerSettings).

// Requests.
inline constexpr std::size_t header_bytes = 8 * 1024;
inline constexpr std::size_t header_count = 64;
inline constexpr Nanos http_keep_alive = std::chrono::seconds(30);
inline constexpr Nanos command_wait = std::chrono::seconds(10);  ///< for the engine's answer

// WebSocket, inbound.
inline constexpr double messages_per_second = 20;
inline constexpr double messages_burst = 40;
inline constexpr double control_frames_per_second = 10;
inline constexpr double control_frames_burst = 20;
inline constexpr std::size_t fragments_per_message = 64;
inline constexpr Nanos ping_after = std::chrono::seconds(25);  ///< nothing received since
inline constexpr Nanos pong_timeout = std::chrono::seconds(10);

// Subscriptions.
inline constexpr std::size_t subscriptions_per_client = 512;
inline constexpr std::size_t subscription_id_bytes = 64;
inline constexpr Nanos max_interval = std::chrono::seconds(60);

// Outbound.
inline constexpr std::size_t events_per_frame = 1000;
inline constexpr std::size_t frame_bytes = 256 * 1024;  ///< a frame is closed when it passes this
inline constexpr std::size_t entries_per_scan = 8192;   ///< looked at before others get their turn
inline constexpr std::size_t socket_send_buffer = 256 * 1024;
/// A write in flight for this long makes the client slow if max_pending_bytes became due meanwhile;
/// for write_stall, in any case.
inline constexpr Nanos slow_write = std::chrono::seconds(1);
inline constexpr Nanos write_stall = std::chrono::seconds(10);
inline constexpr Nanos close_grace = std::chrono::seconds(2);  ///< for the peer's goodbye
inline constexpr Nanos bookmark_interval = std::chrono::seconds(1);
inline constexpr std::size_t bookmark_skipped = 1000;  ///< offsets
inline constexpr std::size_t snapshots_at_once = 8;
inline constexpr std::size_t replies_waiting = 64;  ///< then the client is read no further

}  // namespace tickstock::limits
