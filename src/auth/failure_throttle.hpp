#pragma once

#include <list>
#include <string>
#include <string_view>
#include <unordered_map>

#include "base/time.hpp"

namespace tickstock {

/// At most so many failed attempts a minute of each key (an address, or address and user): a bucket
/// of `per_minute` that fills up evenly. Bounded: the key that was used longest ago goes first, so
/// a flood from many addresses costs no memory. One thread; `now` is monotonic.
class FailureThrottle {
public:
    struct Options {
        unsigned per_minute = 5;
        std::size_t capacity = 10'000;  ///< keys
    };

    explicit FailureThrottle(Options options) : options_(options) {}

    /// False: this key has failed too often, its attempt is to be refused without a look.
    bool allows(std::string_view key, Nanos now) const;

    /// Time until allows() says yes again; 0 when it does now.
    Nanos wait(std::string_view key, Nanos now) const;

    void failed(std::string_view key, Nanos now);

    std::size_t size() const { return entries_.size(); }

private:
    struct Entry {
        std::string key;
        Nanos empty_at{};  // when all its failures are forgotten
    };
    Nanos per_failure() const;

    Options options_;
    std::list<Entry> entries_;  // the key that failed last first
    std::unordered_map<std::string_view, std::list<Entry>::iterator> by_key_;
};

/// The part of a client's address that one person holds: an IPv4 address, or the /64 of an IPv6 one
/// (whoever has one such address has 2^64).
std::string throttle_key(std::string_view address);

}  // namespace tickstock
