#pragma once

#include <array>
#include <cstdint>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "base/time.hpp"
#include "monitoring/alert.hpp"
#include "monitoring/monitor_rule.hpp"

namespace tickstock {

/// Which alerts stand, by type and channel, look by look. An alert is raised when a level of its
/// rule has held as long as the rule wants, and resolved at the first look at which none does. Of
/// several levels the worst counts; one that is worse than any told before is told (`Worsened`),
/// a milder one only shown.
///
/// Cooldown: counted from the raise. What begins to hold again within it is suppressed, and counted
/// once each time; when it still holds as the cooldown ends, it is raised then. Pure: times are
/// passed in. One thread.
class AlertBook {
public:
    static constexpr std::size_t history_limit = 10'000;  ///< resolved alerts

    struct Limits {
        Nanos cooldown{0};
        Nanos history{0};  ///< resolved alerts are kept for so long
    };
    explicit AlertBook(Limits limits) : limits_(limits) {}

    void set_limits(Limits limits) { limits_ = limits; }

    /// What changed, in the order: resolved, then raised and worsened in the order found.
    std::vector<AlertNotice> look(const std::vector<Finding>& findings, UnixNanos wall,
                                  Nanos monotonic);

    /// Takes what an earlier process had resolved, newest first, into the history, under ids of its
    /// own. It is not counted again. REQUIRES: before the first look.
    void restore(std::vector<Alert> resolved);

    /// Worst first, then oldest first.
    std::vector<Alert> active() const;
    /// Resolved, newest first; replaced when it changes, never changed.
    std::shared_ptr<const std::vector<Alert>> recent() const { return recent_; }

    std::uint64_t raised() const { return raised_; }
    std::uint64_t resolved() const { return resolved_; }
    std::uint64_t suppressed() const { return suppressed_; }

private:
    static constexpr std::size_t severities = 4;
    using Key = std::pair<std::string, std::string>;  // type, channel

    struct Entry {
        std::array<std::optional<Nanos>, severities> since;  // each level holds
        std::array<const Finding*, severities> found{};      // at this look
        std::optional<Alert> alert;
        AlertSeverity told = AlertSeverity::Info;
        std::optional<Nanos> raised_at;
        bool suppressed = false;
    };

    static const Finding* due(Entry& entry, Nanos monotonic);
    void follow(Entry& entry, const Finding& finding, UnixNanos wall, Nanos monotonic,
                std::vector<AlertNotice>& notices);
    void keep_resolved(std::vector<Alert> resolved, UnixNanos wall);

    Limits limits_;
    std::map<Key, Entry> entries_;
    std::shared_ptr<const std::vector<Alert>> recent_ = std::make_shared<std::vector<Alert>>();
    std::uint64_t restored_ = 0;  // ids before the first of this process
    std::uint64_t raised_ = 0;
    std::uint64_t resolved_ = 0;
    std::uint64_t suppressed_ = 0;
};

}  // namespace tickstock
