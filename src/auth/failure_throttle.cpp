#include "auth/failure_throttle.hpp"

#include <arpa/inet.h>

#include <algorithm>
#include <array>

namespace tickstock {

Nanos FailureThrottle::per_failure() const {
    return Nanos(std::chrono::minutes(1)) / options_.per_minute;
}

Nanos FailureThrottle::wait(std::string_view key, Nanos now) const {
    const auto found = by_key_.find(key);
    if (found == by_key_.end()) {
        return Nanos{0};
    }
    // A minute of failures is as much as is remembered; one more must fit.
    const Nanos allowed_at =
        found->second->empty_at - Nanos(std::chrono::minutes(1)) + per_failure();
    return std::max(Nanos{0}, allowed_at - now);
}

bool FailureThrottle::allows(std::string_view key, Nanos now) const {
    return wait(key, now) == Nanos{0};
}

void FailureThrottle::failed(std::string_view key, Nanos now) {
    auto found = by_key_.find(key);
    if (found == by_key_.end()) {
        if (entries_.size() >= options_.capacity) {
            by_key_.erase(entries_.back().key);
            entries_.pop_back();
        }
        entries_.push_front({std::string(key), now});
        found = by_key_.emplace(entries_.front().key, entries_.begin()).first;
    }
    entries_.splice(entries_.begin(), entries_, found->second);
    Entry& entry = entries_.front();
    entry.empty_at = std::max(entry.empty_at, now) + per_failure();
}

std::string throttle_key(std::string_view address) {
    const std::string text(address);
    std::array<unsigned char, 16> bytes{};
    if (inet_pton(AF_INET6, text.c_str(), bytes.data()) != 1) {
        return text;
    }
    constexpr std::array<unsigned char, 12> mapped{0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0xff, 0xff};
    std::array<char, INET6_ADDRSTRLEN> printed{};
    if (std::equal(mapped.begin(), mapped.end(), bytes.begin())) {
        return inet_ntop(AF_INET, bytes.data() + mapped.size(), printed.data(), printed.size());
    }
    std::fill(bytes.begin() + 8, bytes.end(), static_cast<unsigned char>(0));
    return std::string(inet_ntop(AF_INET6, bytes.data(), printed.data(), printed.size())) + "/64";
}

}  // namespace tickstock
