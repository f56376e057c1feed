#include "server/frame_meter.hpp"

#include <algorithm>

namespace tickstock {

void FrameMeter::opcode(std::uint8_t byte) {
    const bool is_control = (byte & 0x08) != 0;
    if (!is_control) {
        const bool is_continuation = (byte & 0x0F) == 0;
        fragments_ = is_continuation ? fragments_ + 1 : 1;
        is_exceeded_ = is_exceeded_ || fragments_ > max_fragments_;
    }
    want_ = Want::Length;
}

void FrameMeter::length(std::uint8_t byte) {
    is_masked_ = (byte & 0x80) != 0;
    payload_ = byte & 0x7FU;
    length_bytes_ = payload_ == 126 ? 2 : payload_ == 127 ? 8 : 0;
    if (length_bytes_ > 0) {
        payload_ = 0;
    }
    want_ = Want::MoreLength;
}

bool FrameMeter::feed(std::span<const std::uint8_t> bytes) {
    std::size_t at = 0;
    while (at < bytes.size()) {
        switch (want_) {
            case Want::Opcode: opcode(bytes[at++]); break;
            case Want::Length: length(bytes[at++]); break;
            case Want::MoreLength:
                payload_ = payload_ << 8 | bytes[at++];
                --length_bytes_;
                break;
            case Want::Skip: {
                const auto step = std::min<std::uint64_t>(skip_, bytes.size() - at);
                at += static_cast<std::size_t>(step);
                skip_ -= step;
                break;
            }
        }
        if (want_ == Want::MoreLength && length_bytes_ == 0) {
            skip_ = payload_ + (is_masked_ ? 4 : 0);
            want_ = Want::Skip;
        }
        if (want_ == Want::Skip && skip_ == 0) {
            want_ = Want::Opcode;
        }
    }
    return !is_exceeded_;
}

}  // namespace tickstock
