#include "simulation/high_low_list.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <map>
#include <set>
#include <string>

#include "journal/journal.hpp"
#include "support/naive_session_market.hpp"

namespace tickstock::sim {
namespace {

struct Print {
    std::uint64_t sequence = 0;
    std::int64_t session = 0;
    Price price;
};

std::int64_t session_number(const Plan& plan, UnixNanos time) {
    return plan.config.pipeline.calendar == TradingCalendar::Kind::Continuous
               ? unix_second(time) / 86'400
               : naive::session_at(to_ns(time)).number;
}

/// The prints of each plain symbol that may set an extreme, in order.
class Lists {
public:
    explicit Lists(const Plan& plan) : plan_(plan) {
        for (std::uint32_t i = 0; i < plan.symbols; ++i) {
            if (is_plain_symbol(i)) {
                prints_[symbol_name(i)];
            }
        }
    }

    bool has(const std::string& symbol) const { return prints_.contains(symbol); }
    const std::vector<Print>& of(const std::string& symbol) const { return prints_.at(symbol); }

    void read(Disk& disk) {
        auto cursor = JournalCursor::open(disk, journal_directory, Sequence{1});
        JournalEntry entry;
        while (cursor && (*cursor)->next(entry) == JournalCursor::Next::Entry) {
            for (const JournalCursor::SymbolDefinition& symbol : (*cursor)->take_symbols()) {
                names_[symbol.id.value()] = symbol.text.view();
            }
            if (entry.is_decision()) {
                decide(*entry.decision);
            } else if (entry.record.kind() == RecordKind::Trade) {
                add(entry);
            }
        }
        for (auto& [symbol, prints] : prints_) {
            std::erase_if(prints,
                          [&](const Print& print) { return skipped_.contains(print.sequence); });
            leave_late_ones_out(prints);
        }
    }

    /// The sequence from which on the state was built that holds at `sequence`.
    std::uint64_t state_since(std::uint64_t sequence) const {
        const auto after = begins_.upper_bound(sequence);
        return after == begins_.begin() ? 0 : std::prev(after)->second;
    }

private:
    void decide(const Decision& decision) {
        // The linear path works what a channel skips, and what comes back to the channel is its.
        const auto* skip = std::get_if<SkipRecords>(&decision.action);
        if (skip != nullptr && !plan_.config.pipeline.integration.installed) {
            for (const Sequence sequence : skip->sequences) {
                skipped_.insert(sequence.value());
            }
        }
        if (const auto* begin = std::get_if<BeginEpoch>(&decision.action)) {
            if (begin->state != BeginEpoch::State::Keep) {
                begins_[decision.sequence.value()] = begin->state == BeginEpoch::State::Warm
                                                         ? begin->warm_from.value()
                                                         : decision.sequence.value();
            }
        }
    }

    void add(const JournalEntry& entry) {
        const RecordHeader& header = entry.record.header();
        const auto found = prints_.find(names_[header.symbol.value()]);
        const std::int64_t session = session_number(plan_, header.ts_event);
        if (found != prints_.end() && session > 0) {
            found->second.push_back({entry.sequence.value(), session, entry.record.trade().price});
        }
    }

    static void leave_late_ones_out(std::vector<Print>& prints) {
        std::int64_t newest = 0;
        std::erase_if(prints, [&](const Print& print) {
            newest = std::max(newest, print.session);
            return print.session < newest;
        });
    }

    const Plan& plan_;
    std::map<std::string, std::vector<Print>> prints_;
    std::map<std::uint32_t, std::string> names_;
    std::set<std::uint64_t> skipped_;
    std::map<std::uint64_t, std::uint64_t> begins_;  // from this entry on: state since that one
};

}  // namespace

void check_highs_and_lows(Disk& disk, const Plan& plan, const std::vector<ReplayedEpoch>& run,
                          Invariants& invariants) {
    Lists lists(plan);
    lists.read(disk);
    for (const ReplayedEpoch& epoch : run) {
        for (const ReplayedEvent& replayed : epoch.events) {
            const Detection& found = replayed.event.detection;
            const bool high = found.type == EventType::High;
            if ((!high && found.type != EventType::Low) || found.source == SourceKind::Ohlcv ||
                !lists.has(replayed.symbol)) {
                continue;
            }
            const std::int64_t session = session_number(plan, found.ts);
            const std::uint64_t since = lists.state_since(found.context.sequence.value());
            Price extreme;
            bool any = false;
            for (const Print& print : lists.of(replayed.symbol)) {
                if (print.sequence > found.context.sequence.value()) {
                    break;
                }
                if (print.session == session && print.sequence >= since) {
                    extreme = !any   ? print.price
                              : high ? std::max(extreme, print.price)
                                     : std::min(extreme, print.price);
                    any = true;
                }
            }
            invariants.require(any && extreme == found.price, Invariant::HighLowTrue, [&] {
                return fmt::format("the plain list's extreme is {} at entry {}, the event says {}",
                                   extreme.raw(), found.context.sequence.value(), replayed.body);
            });
        }
    }
}

}  // namespace tickstock::sim
