#pragma once

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <map>
#include <string>
#include <unordered_map>
#include <utility>
#include <vector>

#include "base/strong.hpp"

namespace tickstock {

/// How far each client that numbers its rows has come, and who pushes now. A function of the
/// journal (PushedBy and the records behind it), kept in snapshots. Bounded: the client that was
/// heard of longest ago is forgotten first. Sequencer's thread.
class PushClients {
public:
    static constexpr std::size_t default_limit = 10'000;

    void set_limit(std::size_t limit) {
        limit_ = limit;
        trim();
    }
    std::uint64_t through(const std::string& client) const {
        const auto found = by_name_.find(client);
        return found == by_name_.end() ? 0 : found->second.number;
    }
    void reached(const std::string& client, std::uint64_t number) {
        Known& known = by_name_[client];
        by_use_.erase(known.used);
        known.used = ++uses_;
        known.number = std::max(known.number, number);
        by_use_[known.used] = client;
        trim();
    }

    /// Whose the next records of the source are; empty = nobody's who numbers them.
    const std::string& current(SourceId source) { return current_[source.value()]; }
    void set_current(SourceId source, std::string client) {
        current_[source.value()] = std::move(client);
    }

    /// Source ids mean other sources from here on.
    void clear_current() { current_.clear(); }

    std::size_t size() const { return by_name_.size(); }
    /// The one heard of longest ago first.
    std::vector<std::pair<std::string, std::uint64_t>> all() const {
        std::vector<std::pair<std::string, std::uint64_t>> all;
        for (const auto& [use, client] : by_use_) {
            all.emplace_back(client, through(client));
        }
        return all;
    }

    template <class Archive>
    void archive(Archive& a) {
        std::vector<std::pair<std::string, std::uint64_t>> all;
        std::vector<std::pair<std::uint16_t, std::string>> current;
        if constexpr (!Archive::is_loading) {
            all = this->all();
            current.assign(current_.begin(), current_.end());
        }
        a(all, current);
        if constexpr (Archive::is_loading) {
            for (const auto& [client, number] : all) {
                reached(client, number);
            }
            current_.insert(current.begin(), current.end());
        }
    }

private:
    struct Known {
        std::uint64_t number = 0;
        std::uint64_t used = 0;
    };

    void trim() {
        while (by_use_.size() > limit_) {
            by_name_.erase(by_use_.begin()->second);
            by_use_.erase(by_use_.begin());
        }
    }

    std::size_t limit_ = default_limit;
    std::uint64_t uses_ = 0;
    std::unordered_map<std::string, Known> by_name_;
    std::map<std::uint64_t, std::string> by_use_;  // oldest use first
    std::map<std::uint16_t, std::string> current_;
};

}  // namespace tickstock
