#pragma once

#include <cstdint>

#include "base/time.hpp"

namespace tickstock {

/// Pauses between connections: uniform in (0, limit] ("full jitter"), the limit doubling from
/// `first` to `max` with each failure. The same seed gives the same pauses. One thread.
class Backoff {
public:
    struct Options {
        Nanos first{0};
        Nanos max{0};
        Nanos eviction{0};  ///< least pause after the vendor refused a connection too many
        std::uint64_t seed = 0;
    };
    explicit Backoff(const Options& options);

    /// The pause before the next connection.
    Nanos next();
    /// The pause after an eviction: at least `eviction`, doubling up to 16 times of it, up to a
    /// quarter more by chance.
    Nanos next_eviction();
    /// Data came: the next failure is a first one. Evictions are not forgotten by it.
    void data_received() { failures_ = 0; }
    /// A connection has held for `held`: evictions are forgotten when that is long enough.
    void connection_held(Nanos held);

private:
    double chance();

    Options options_;
    std::uint64_t state_;
    unsigned failures_ = 0;
    unsigned evictions_ = 0;
};

}  // namespace tickstock
