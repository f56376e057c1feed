#include "base/hash.hpp"

#define XXH_STATIC_LINKING_ONLY  // the members of the state
#include <xxhash.h>

#include <array>
#include <cstring>

#include "base/assert.hpp"
#include "base/state_archive.hpp"

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

void StreamingHash::save(StateWriter& out) const {
    const XXH64_state_t& xxh = *state_->xxh;
    std::array<char, sizeof xxh.mem64> rest{};  // bytes that fill no block yet; no stale ones
    std::memcpy(rest.data(), xxh.mem64, xxh.memsize);
    out(std::uint64_t{xxh.total_len});
    for (const std::uint64_t lane : xxh.v) {
        out(lane);
    }
    out(std::uint32_t{xxh.memsize}, rest);
}

void StreamingHash::load(StateReader& in) {
    std::uint64_t length = 0;
    std::array<std::uint64_t, 4> lanes{};
    std::uint32_t rest_size = 0;
    std::array<char, sizeof(XXH64_state_t::mem64)> rest{};
    in(length, lanes, rest_size, rest);
    if (!in.ok() || rest_size != length % rest.size()) {
        in.fail();
        return;
    }
    XXH64_state_t& xxh = *state_->xxh;
    TS_ASSERT(XXH64_reset(&xxh, 0) == XXH_OK);
    xxh.total_len = length;
    std::memcpy(xxh.v, lanes.data(), sizeof xxh.v);
    std::memcpy(xxh.mem64, rest.data(), rest.size());
    xxh.memsize = rest_size;
}

void append_hex16(std::string& out, std::uint64_t value) {
    constexpr std::string_view digits = "0123456789abcdef";
    for (int shift = 60; shift >= 0; shift -= 4) {
        out.push_back(digits[(value >> shift) & 0xF]);
    }
}

}  // namespace tickstock
