#include "history/operations_feed.hpp"

#include <algorithm>
#include <functional>
#include <utility>
#include <vector>

namespace tickstock {
namespace {

/// The rows that were dropped.
template <class Row>
std::size_t keep_newest(std::vector<Row>& rows, std::size_t most) {
    const std::size_t dropped = rows.size() - std::min(rows.size(), most);
    rows.erase(rows.begin(), rows.begin() + static_cast<std::ptrdiff_t>(dropped));
    return dropped;
}

/// Rows that are new or changed since they were told last wait, each once; `told` becomes `now`.
template <class Key, class Row, class KeyOf>
void take_changed(std::vector<Row> now, std::map<Key, Row>& told, std::vector<Row>& waiting,
                  KeyOf key_of) {
    std::map<Key, Row> next;
    for (Row& row : now) {
        Key key = std::invoke(key_of, row);
        const auto before = told.find(key);
        if (before == told.end()) {
            waiting.push_back(row);
        } else if (!(before->second == row)) {
            const auto same = std::ranges::find(waiting, key, key_of);
            same == waiting.end() ? waiting.push_back(row) : void(*same = row);
        }
        next.insert_or_assign(std::move(key), std::move(row));
    }
    told = std::move(next);
}

}  // namespace

void OperationsFeed::take(OperationsRows now) {
    take_differences(std::move(now.differences));
    take_audit(std::move(now.audit));
    take_changed(std::move(now.incidents), incidents_, waiting_.incidents, &IncidentRow::id);
    take_changed(std::move(now.alerts), alerts_, waiting_.alerts, &AlertRow::key);
    lost_ += keep_newest(waiting_.differences, most_differences) +
             keep_newest(waiting_.audit, most_others) +
             keep_newest(waiting_.incidents, most_others) +
             keep_newest(waiting_.alerts, most_others);
}

void OperationsFeed::take_differences(std::vector<DifferenceRow> now) {
    for (DifferenceRow& row : now) {
        if (row.number > last_number_) {
            lost_ += row.number - last_number_ - 1;  // memory has dropped those between
            last_number_ = row.number;
            waiting_.differences.push_back(std::move(row));
        }
    }
}

void OperationsFeed::take_audit(std::vector<AuditRow> now) {
    std::set<AuditKey> told;
    std::size_t known = 0;
    for (AuditRow& row : now) {
        told.insert(row.key());
        if (audit_.contains(row.key())) {
            ++known;
        } else {
            waiting_.audit.push_back(std::move(row));
        }
    }
    if (!now.empty() && !audit_.empty() && known == 0) {
        ++lost_;  // nothing joins what is told to what was: how many came between is not known
    }
    if (!now.empty()) {
        audit_ = std::move(told);
    }
}

void OperationsFeed::stored() {
    waiting_ = {};
}

void OperationsFeed::forget() {
    last_number_ = 0;
    audit_.clear();
    incidents_.clear();
    alerts_.clear();
    waiting_ = {};
    waiting_.closes_alerts = true;
}

}  // namespace tickstock
