#include "monitoring/alert_book.hpp"

#include <algorithm>
#include <tuple>

#include "base/assert.hpp"

namespace tickstock {
namespace {

std::size_t index_of(AlertSeverity severity) {
    return static_cast<std::size_t>(severity);
}

void take_newest(Alert& alert, const Finding& finding) {
    alert.severity = finding.severity;
    alert.message = finding.message;
    alert.value = finding.value;
    alert.threshold = finding.threshold;
}

}  // namespace

/// The worst level that has held long enough. Keeps count of how long each holds.
const Finding* AlertBook::due(Entry& entry, Nanos monotonic) {
    const Finding* worst = nullptr;
    for (std::size_t level = 0; level < severities; ++level) {
        const Finding* const finding = entry.found[level];
        if (finding == nullptr) {
            entry.since[level].reset();
            continue;
        }
        if (!entry.since[level]) {
            entry.since[level] = monotonic;
        }
        if (monotonic - *entry.since[level] >= finding->hold) {
            worst = finding;
        }
    }
    return worst;
}

void AlertBook::follow(Entry& entry, const Finding& finding, UnixNanos wall, Nanos monotonic,
                       std::vector<AlertNotice>& notices) {
    if (entry.alert) {
        take_newest(*entry.alert, finding);
        if (finding.severity > entry.told) {
            entry.told = finding.severity;
            notices.push_back({AlertChange::Worsened, *entry.alert});
        }
        return;
    }
    if (entry.raised_at && monotonic - *entry.raised_at < limits_.cooldown) {
        suppressed_ += entry.suppressed ? 0U : 1U;
        entry.suppressed = true;
        return;
    }
    Alert alert;
    alert.id = restored_ + ++raised_;
    alert.type = finding.type;
    alert.channel = finding.channel;
    alert.raised = wall;
    alert.runbook = runbook_of(finding.type);
    take_newest(alert, finding);
    entry.told = finding.severity;
    entry.raised_at = monotonic;
    entry.suppressed = false;
    notices.push_back({AlertChange::Raised, alert});
    entry.alert = std::move(alert);
}

std::vector<AlertNotice> AlertBook::look(const std::vector<Finding>& findings, UnixNanos wall,
                                         Nanos monotonic) {
    for (auto& [key, entry] : entries_) {
        entry.found = {};
    }
    std::vector<Entry*> in_order;  // once for each finding; a second call of one changes nothing
    for (const Finding& finding : findings) {
        Entry& entry = entries_[{finding.type, finding.channel}];
        entry.found[index_of(finding.severity)] = &finding;
        in_order.push_back(&entry);
    }
    std::vector<AlertNotice> notices;
    std::vector<Alert> resolved;
    for (auto at = entries_.begin(); at != entries_.end();) {
        Entry& entry = at->second;
        if (due(entry, monotonic) == nullptr) {
            entry.suppressed = false;
            if (entry.alert) {
                entry.alert->resolved = wall;
                resolved.push_back(*entry.alert);
                notices.push_back({AlertChange::Resolved, std::move(*entry.alert)});
                entry.alert.reset();
            }
        }
        const bool holds =
            std::ranges::any_of(entry.found, [](const Finding* one) { return one != nullptr; });
        const bool cooled_down =
            !entry.raised_at || monotonic - *entry.raised_at >= limits_.cooldown;
        at = !holds && cooled_down ? entries_.erase(at) : std::next(at);
    }
    for (Entry* const entry : in_order) {
        if (const Finding* const finding = due(*entry, monotonic)) {
            follow(*entry, *finding, wall, monotonic, notices);
        }
    }
    keep_resolved(std::move(resolved), wall);
    return notices;
}

void AlertBook::restore(std::vector<Alert> resolved) {
    TS_ASSERT(raised_ == 0 && recent_->empty());
    resolved.resize(std::min(resolved.size(), history_limit));
    for (Alert& alert : resolved) {
        TS_ASSERT(alert.resolved.has_value());
        alert.id = resolved.size() - restored_++;
    }
    recent_ = std::make_shared<const std::vector<Alert>>(std::move(resolved));
}

void AlertBook::keep_resolved(std::vector<Alert> resolved, UnixNanos wall) {
    resolved_ += resolved.size();
    const auto is_old = [&](const Alert& alert) {
        return *alert.resolved < wall - limits_.history;
    };
    if (resolved.empty() && (recent_->empty() || !is_old(recent_->back()))) {
        return;
    }
    auto recent = std::make_shared<std::vector<Alert>>(std::move(resolved));
    recent->insert(recent->end(), recent_->begin(), recent_->end());
    std::erase_if(*recent, is_old);
    recent->resize(std::min(recent->size(), history_limit));
    recent_ = std::move(recent);
}

std::vector<Alert> AlertBook::active() const {
    std::vector<Alert> alerts;
    for (const auto& [key, entry] : entries_) {
        if (entry.alert) {
            alerts.push_back(*entry.alert);
        }
    }
    std::ranges::sort(alerts, [](const Alert& a, const Alert& b) {
        return std::tuple(-static_cast<int>(a.severity), a.id) <
               std::tuple(-static_cast<int>(b.severity), b.id);
    });
    return alerts;
}

}  // namespace tickstock
