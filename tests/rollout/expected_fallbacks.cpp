#include "rollout/expected_fallbacks.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <map>
#include <optional>

#include "journal/journal.hpp"

namespace tickstock::rollout_walk {
namespace {

/// Of the conditions in made-up tapes: what is dropped anyway is not missed when it is skipped.
bool updates_nothing(const Trade& trade) {
    return std::ranges::find(trade.conditions.codes(), 15) != trade.conditions.codes().end();
}

/// A trial of a symbol: from one RolloutChange that forgives to the next; by the number of those.
using Trial = std::pair<SymbolId, std::size_t>;

class Oracle {
public:
    Oracle(const JournaledRollout& known, const std::vector<SymbolText>& symbols)
        : known_(known), symbols_(symbols) {}

    std::size_t trial_at(Sequence sequence) const {
        std::size_t forgiven = 0;
        for (const auto& [at, change] : known_.changes) {
            forgiven += at < sequence && change.forgives ? 1U : 0U;
        }
        return forgiven;
    }

    /// By flags and selection, and not because of a pause.
    bool is_in_charge(SymbolId symbol, Sequence sequence) const {
        const RolloutChange* now = nullptr;
        Sequence forgiven;
        for (const auto& [at, change] : known_.changes) {
            if (at < sequence) {
                now = &change;
                forgiven = change.forgives ? at : forgiven;
            }
        }
        if (now == nullptr || !selects(*now, symbols_[symbol.value()])) {
            return false;
        }
        return std::ranges::none_of(known_.parked, [&](const auto& park) {
            return park.second && park.first > forgiven && park.first <= sequence &&
                   was_enabled(park.first);
        });
    }

    static bool selects(const RolloutChange& change, const SymbolText& symbol) {
        const auto has = [&](const std::vector<SymbolText>& list) {
            return std::ranges::find(list, symbol) != list.end();
        };
        const FeatureFlags& flags = change.flags;
        const bool all_levels = flags.multichannel_system_enabled && flags.tick_channel_enabled &&
                                flags.router_enabled && flags.integration_layer_enabled;
        return all_levels && !has(flags.excluded_tickers) &&
               (has(flags.rollout_tickers) ||
                (flags.rollout_buckets > 0 && change.selection.selects(symbol)));
    }

private:
    bool was_enabled(Sequence sequence) const {
        bool enabled = false;
        for (const auto& [at, change] : known_.changes) {
            if (at < sequence) {
                enabled = change.flags.is_fully_enabled();
            }
        }
        return enabled;
    }

    const JournaledRollout& known_;
    const std::vector<SymbolText>& symbols_;
};

struct First {
    Sequence from = sequence_end;
    std::set<FallbackCause> causes;

    void add(Sequence at, FallbackCause cause) {
        if (at < from) {
            causes.clear();
            from = at;
        }
        if (at == from) {
            causes.insert(cause);
        }
    }
};

std::string text_of(const First& first) {
    std::string text = fmt::format("from {}", first.from.value());
    for (const FallbackCause cause : first.causes) {
        text += fmt::format(" {}", to_string(cause));
    }
    return text;
}

}  // namespace

bool JournaledRollout::has(const Fault& fault) const {
    return std::ranges::any_of(fallbacks, [&](const auto& told) {
        return std::ranges::any_of(told.second.symbols, [&](const PathFallback::Fallen& fallen) {
            return fallen.symbol == fault.symbol && fallen.from == fault.from &&
                   fallen.cause == fault.cause;
        });
    });
}

JournaledRollout read_rollout(Disk& disk, const Config& config) {
    JournaledRollout known;
    auto cursor = JournalCursor::open(disk, config.data.directory + "/journal", Sequence{1});
    if (!cursor) {
        return known;
    }
    std::map<Sequence, SymbolId> trades;
    JournalEntry entry;
    while ((*cursor)->next(entry) == JournalCursor::Next::Entry) {
        known.last = entry.sequence;
        if (!entry.is_decision()) {
            if (entry.record.kind() == RecordKind::Trade &&
                !updates_nothing(entry.record.trade())) {
                trades[entry.sequence] = entry.record.header().symbol;
            }
            continue;
        }
        const DecisionAction& action = entry.decision->action;
        if (const auto* change = std::get_if<RolloutChange>(&action)) {
            known.changes.emplace_back(entry.sequence, *change);
        } else if (const auto* fallback = std::get_if<PathFallback>(&action)) {
            known.fallbacks.emplace_back(entry.sequence, *fallback);
        } else if (const auto* channel = std::get_if<ChannelChange>(&action)) {
            if (channel->channel == ChannelType::Tick) {
                known.parked.emplace_back(entry.sequence, channel->to == ChannelStatus::Paused ||
                                                              channel->to == ChannelStatus::Error);
            }
        } else if (const auto* skip = std::get_if<SkipRecords>(&action)) {
            for (const Sequence sequence : skip->sequences) {
                if (const auto trade = trades.find(sequence);
                    trade != trades.end() && skip->channel == ChannelType::Tick) {
                    known.skipped.emplace_back(trade->second, sequence);
                }
            }
        }
    }
    return known;
}

std::string compare_fallbacks(const JournaledRollout& known, const std::set<Fault>& faults,
                              const std::vector<SymbolText>& symbols) {
    const Oracle oracle(known, symbols);
    std::map<Trial, First> told;
    std::set<Trial> carried;  // fell in an earlier trial, and was told behind its end
    for (const auto& [at, fallback] : known.fallbacks) {
        for (const PathFallback::Fallen& fallen : fallback.symbols) {
            const std::size_t trial = oracle.trial_at(fallen.from);
            told[{fallen.symbol, trial}].add(fallen.from, fallen.cause);
            for (std::size_t later = trial + 1; later <= oracle.trial_at(at); ++later) {
                carried.insert({fallen.symbol, later});
            }
        }
    }
    std::map<Trial, First> wanted;
    const auto want = [&](const Fault& fault) {
        const Trial trial{fault.symbol, oracle.trial_at(fault.from)};
        if (oracle.is_in_charge(fault.symbol, fault.from) && !carried.contains(trial)) {
            wanted[trial].add(fault.from, fault.cause);
        }
    };
    std::ranges::for_each(faults, want);
    for (const auto& [symbol, sequence] : known.skipped) {
        want({symbol, sequence, FallbackCause::Skipped});
    }
    std::string problems;
    for (const auto& [trial, first] : wanted) {
        const std::string_view name = symbols[trial.first.value()].view();
        const auto found = told.find(trial);
        if (found == told.end()) {
            problems += fmt::format("{} (trial {}) should fall back {} and does not\n", name,
                                    trial.second, text_of(first));
        } else if (found->second.from != first.from ||
                   !std::ranges::includes(first.causes, found->second.causes)) {
            problems += fmt::format("{} (trial {}) should fall back {} and does {}\n", name,
                                    trial.second, text_of(first), text_of(found->second));
        }
    }
    for (const auto& [trial, first] : told) {
        if (!wanted.contains(trial)) {
            problems +=
                fmt::format("{} (trial {}) falls back {} without a fault\n",
                            symbols[trial.first.value()].view(), trial.second, text_of(first));
        }
    }
    return problems;
}

}  // namespace tickstock::rollout_walk
