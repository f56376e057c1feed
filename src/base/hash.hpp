#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <string>
#include <string_view>

namespace tickstock {

class StateReader;
class StateWriter;

/// XXH64 with seed 0: event ids, stream hashes, symbol placement.
std::uint64_t xxh64(std::string_view bytes);

/// XXH64 (seed 0) over a stream of pieces, as if they stood in one string.
class StreamingHash {
public:
    StreamingHash();
    ~StreamingHash();
    StreamingHash(StreamingHash&&) noexcept;
    StreamingHash& operator=(StreamingHash&&) noexcept;

    void update(std::string_view bytes);
    std::uint64_t digest() const;

    // The hash so far, for snapshots: it goes on as if it had taken all bytes itself. Equal
    // contents give equal bytes, however they were cut into pieces.

    void save(StateWriter& out) const;
    void load(StateReader& in);

private:
    struct State;
    std::unique_ptr<State> state_;
};

/// Appends the 16 lower-case hex digits of `value`.
void append_hex16(std::string& out, std::uint64_t value);

}  // namespace tickstock
