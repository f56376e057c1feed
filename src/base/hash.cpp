#include "base/hash.hpp"

#include <xxhash.h>

#include "base/assert.hpp"

namespace tickstock {

std::uint64_t xxh64(std::string_view bytes) {
    return XXH64(bytes.data(), bytes.size(), 0);
}

struct StreamingHash::State {
    XXH64_state_t* xxh = XXH64_createState();
    State() {
        TS_ASSERT(xxh != nullptr);
        TS_ASSERT(XXH64_reset(xxh, 0) == XXH_OK);
    }
    ~State() { XXH64_freeState(xxh); }
    State(const State&) = delete;
    State& operator=(const State&) = delete;
};

StreamingHash::StreamingHash() : state_(std::make_unique<State>()) {}
StreamingHash::~StreamingHash() = default;
StreamingHash::StreamingHash(StreamingHash&&) noexcept = default;
StreamingHash& StreamingHash::operator=(StreamingHash&&) noexcept = default;

void StreamingHash::update(std::string_view bytes) {
    TS_ASSERT(XXH64_update(state_->xxh, bytes.data(), bytes.size()) == XXH_OK);
}

std::uint64_t StreamingHash::digest() const {
    return XXH64_digest(state_->xxh);
}

void append_hex16(std::string& out, std::uint64_t value) {
    constexpr std::string_view digits = "0123456789abcdef";
    for (int shift = 60; shift >= 0; shift -= 4) {
        out.push_back(digits[(value >> shift) & 0xF]);
    }
}

}  // namespace tickstock
