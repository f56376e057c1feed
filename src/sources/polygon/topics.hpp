#pragma once

#include <string>
#include <string_view>
#include <unordered_set>
#include <vector>

#include "model/record.hpp"

namespace tickstock {

/// What a connection subscribes to: channels (T, Q, A, AM, FMV, LULD, NOI) times symbols; the
/// symbol "*" stands for all, and replaces the others. Immutable.
class PolygonTopics {
public:
    PolygonTopics(const std::vector<std::string>& channels,
                  const std::vector<std::string>& symbols);

    /// "T.AAPL", "T.*", … channel by channel; each once.
    const std::vector<std::string>& wanted() const { return wanted_; }
    bool has_channel(std::string_view channel) const;
    bool all_symbols() const { return all_; }
    /// By name; empty with all_symbols().
    const std::vector<std::string>& symbols() const { return symbols_; }
    /// True when records of this kind are asked for, for this symbol by its name.
    bool covers(std::string_view symbol, RecordKind kind) const;

private:
    bool all_ = false;
    std::vector<std::string> channels_;
    std::vector<std::string> symbols_;
    std::unordered_set<std::string> symbol_set_;
    std::vector<std::string> wanted_;
};

}  // namespace tickstock
