#pragma once

#include <cstddef>
#include <cstdint>
#include <span>

namespace tickstock {

/// Counts the fragments of a client's WebSocket messages from the raw bytes, because the library
/// puts messages together without saying of how many frames. It follows frame headers only; whether
/// they are right is the library's business.
class FrameMeter {
public:
    explicit FrameMeter(std::size_t max_fragments) : max_fragments_(max_fragments) {}

    /// Bytes as they come from the socket. False once a message has more fragments than allowed.
    bool feed(std::span<const std::uint8_t> bytes);

private:
    enum class Want : std::uint8_t { Opcode, Length, MoreLength, Skip };

    void opcode(std::uint8_t byte);
    void length(std::uint8_t byte);

    const std::size_t max_fragments_;
    Want want_ = Want::Opcode;
    std::size_t fragments_ = 0;  // of the message under way
    unsigned length_bytes_ = 0;  // still to come
    std::uint64_t payload_ = 0;
    std::uint64_t skip_ = 0;  // mask and payload still to come
    bool is_masked_ = false;
    bool is_exceeded_ = false;
};

}  // namespace tickstock
