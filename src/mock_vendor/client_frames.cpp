// A connection's frames of records: gathered, doubled, in pieces.
#include <algorithm>
#include <random>
#include <utility>
#include <vector>

#include "mock_vendor/client_connection.hpp"

namespace tickstock {

void ClientConnection::append(std::string_view message) {
    frame_.push_back(frame_records_ == 0 ? '[' : ',');
    frame_ += message;
    if (++frame_records_ >= core_.options.frame_records) {
        flush();
    }
}

void ClientConnection::flush() {
    if (frame_records_ == 0) {
        return;
    }
    frame_.push_back(']');
    frame_records_ = 0;
    const std::string text = std::exchange(frame_, {});
    const auto split = std::exchange(split_, std::nullopt);
    const unsigned times = std::exchange(repeat_, false) ? 2 : 1;
    for (unsigned i = 0; i < times; ++i) {
        ++core_.counts.frames;
        core_.counts.bytes += text.size();
        if (split) {
            send_in_pieces(text, *split);
            continue;
        }
        std::string frame;
        frame.reserve(text.size() + 10);
        append_ws_frame(frame, WsOpcode::Text, text);
        queue(std::move(frame), true);
    }
}

void ClientConnection::send_text(std::string_view text) {
    std::string frame;
    append_ws_frame(frame, WsOpcode::Text, text);
    queue(std::move(frame), true);
}

/// As up to eight fragments, a ping between two of them, and the whole cut into TCP segments (TLS
/// records) where it does not fit the fragments.
void ClientConnection::send_in_pieces(const std::string& text, std::uint64_t seed) {
    std::mt19937_64 draws(seed);
    const auto cuts_of = [&draws](std::size_t size, std::size_t count) {
        std::vector<std::size_t> cuts{0, size};
        for (std::size_t i = 0; i < count && size > 0; ++i) {
            cuts.push_back(static_cast<std::size_t>(draws() % size));
        }
        std::sort(cuts.begin(), cuts.end());
        return cuts;
    };
    constexpr std::size_t fragments = 7;
    const auto inner = cuts_of(text.size(), fragments);
    std::string bytes;
    for (std::size_t i = 0; i + 1 < inner.size(); ++i) {
        append_ws_frame(bytes, i == 0 ? WsOpcode::Text : WsOpcode::Continuation,
                        std::string_view(text).substr(inner[i], inner[i + 1] - inner[i]),
                        i + 2 == inner.size());
        if (i == fragments / 2) {
            append_ws_frame(bytes, WsOpcode::Ping, "mid");
        }
    }
    const auto outer = cuts_of(bytes.size(), 2 * fragments);
    for (std::size_t i = 0; i + 1 < outer.size(); ++i) {
        if (outer[i + 1] > outer[i]) {
            queue(bytes.substr(outer[i], outer[i + 1] - outer[i]), true);
        }
    }
}

}  // namespace tickstock
