#include "engine/market_data_service_integrator.hpp"

#include <algorithm>

#include "base/assert.hpp"
#include "base/mutant.hpp"
#include "channels/processing_channel.hpp"

namespace tickstock {
namespace {

constexpr std::size_t differences_between_takes = 1'000;

constexpr std::size_t index_of(FallbackCause cause) {
    return static_cast<std::size_t>(cause);
}

/// Of the run, when it is the symbol's.
std::optional<Record> record_of(const Detection& detection, std::span<const Record> records) {
    if (records.empty() || detection.key.sequence < records.front().header().sequence) {
        return std::nullopt;
    }
    const std::uint64_t at =
        detection.key.sequence.value() - records.front().header().sequence.value();
    if (at >= records.size() || records[at].header().symbol != detection.symbol) {
        return std::nullopt;
    }
    return records[at];
}

}  // namespace

MarketDataServiceIntegrator::MarketDataServiceIntegrator(const PipelineSettings& settings,
                                                         const PipelineExtensions* extensions,
                                                         const SymbolTable& symbols)
    : settings_(settings.integration),
      linear_only_(extensions != nullptr && extensions->linear_only),
      symbols_(symbols),
      linear_(settings, extensions),
      comparison_(PathComparison::Settings{}) {}

void MarketDataServiceIntegrator::reconfigure(const PipelineSettings& settings) {
    linear_.reconfigure(settings);
}

const FeatureFlags& MarketDataServiceIntegrator::flags() const {
    static const FeatureFlags all_off;
    return change_ ? change_->flags : all_off;
}

std::uint8_t MarketDataServiceIntegrator::look_up(SymbolId symbol) const {
    std::uint8_t charge = known;
    const FeatureFlags& on = flags();
    if (on.is_fully_enabled() && !linear_only_) {
        const SymbolText text = symbols_.text(symbol);
        const bool excluded = std::ranges::binary_search(on.excluded_tickers, text);
        const bool named = std::ranges::binary_search(on.rollout_tickers, text);
        if (!excluded && (named || change_->selection.selects(text))) {
            charge |= chosen;
        }
    }
    if (fallen_.contains(symbol)) {
        charge |= trips;
    }
    return charge;
}

std::uint8_t MarketDataServiceIntegrator::charge_of(SymbolId symbol) {
    if (symbol.value() >= charge_.size()) {
        charge_.resize(std::max<std::size_t>(symbol.value() + 1, charge_.size() * 2));
    }
    std::uint8_t& charge = charge_[symbol.value()];
    if (charge == 0) {
        charge = look_up(symbol);
    }
    return charge;
}

ProcessingPath MarketDataServiceIntegrator::path_of(SymbolId symbol, Sequence sequence) const {
    const std::uint8_t charge = symbol.value() < charge_.size() && charge_[symbol.value()] != 0
                                    ? charge_[symbol.value()]
                                    : look_up(symbol);
    if ((charge & chosen) == 0 || sequence >= parked_from_) {
        return ProcessingPath::Linear;
    }
    if ((charge & trips) != 0) {
        const auto [first, last] = fallen_.equal_range(symbol);
        for (auto entry = first; entry != last; ++entry) {
            if (sequence >= entry->second.what.from) {
                return ProcessingPath::Linear;
            }
        }
    }
    return ProcessingPath::MultiChannel;
}

/// Bars and fair values go by what the journal has told up to them.
bool MarketDataServiceIntegrator::is_rolled_out(SymbolId symbol, Sequence sequence) {
    const std::uint8_t charge = charge_of(symbol);
    if ((charge & chosen) == 0 || sequence >= parked_from_) {
        return false;
    }
    if ((charge & trips) != 0) {
        const auto [first, last] = fallen_.equal_range(symbol);
        return std::none_of(first, last, [&](const auto& entry) {
            return entry.second.decided != Sequence{} && sequence >= entry.second.decided;
        });
    }
    return true;
}

std::vector<MarketDataServiceIntegrator::Fallen> MarketDataServiceIntegrator::fallen() const {
    std::vector<Fallen> all;
    for (const auto& [symbol, fallen] : fallen_) {
        all.push_back(fallen);
    }
    return all;
}

std::uint64_t MarketDataServiceIntegrator::symbols_multi_channel() const {
    std::uint64_t count = 0;
    for (std::uint32_t id = 0; id < charge_.size(); ++id) {
        if ((charge_[id] & chosen) != 0) {
            count += path_of(SymbolId{id}, Sequence{sequence_end.value() - 1}) ==
                             ProcessingPath::MultiChannel
                         ? 1U
                         : 0U;
        }
    }
    return count;
}

void MarketDataServiceIntegrator::begin_anew(Sequence at, bool channel_parked) {
    if (change_->forgives) {
        std::erase_if(fallen_, [at](const auto& entry) {
            return entry.second.decided != Sequence{} && entry.second.decided < at;
        });
        parked_from_ = channel_parked ? std::min(parked_from_, at) : sequence_end;
    }
    comparison_.forget_pending();
    for (std::uint32_t id = 0; id < charge_.size(); ++id) {
        if (charge_[id] != 0) {
            charge_[id] = look_up(SymbolId{id});
        }
    }
}

void MarketDataServiceIntegrator::apply(const PathFallback& fallback, Sequence at) {
    for (const PathFallback::Fallen& fallen : fallback.symbols) {
        const auto [first, last] = fallen_.equal_range(fallen.symbol);
        const auto same = std::find_if(first, last, [&](const auto& entry) {
            return entry.second.what.from == fallen.from &&
                   (entry.second.decided == Sequence{} || entry.second.decided == at);
        });
        if (same != last) {
            same->second.decided = at;
        } else {
            fallen_.emplace(fallen.symbol, Fallen{fallen, at});
        }
        std::erase_if(to_journal_, [&](const PathFallback::Fallen& waiting) {
            return waiting.symbol == fallen.symbol && waiting.from == fallen.from;
        });
        mark_trips(fallen.symbol);
    }
}

/// One that is not looked up yet finds it then; a start may not even know its text.
void MarketDataServiceIntegrator::mark_trips(SymbolId symbol) {
    if (symbol.value() < charge_.size() && charge_[symbol.value()] != 0) {
        charge_[symbol.value()] |= trips;
    }
}

void MarketDataServiceIntegrator::channel_parked(Sequence at) {
    if (!flags().is_fully_enabled() || !settings_.fallback_to_legacy) {
        return;
    }
    ++counts_.channel_failures;
    ++counts_.legacy_fallbacks;
    ++counts_.errors;
    ++counts_.failures_by_cause[index_of(FallbackCause::Parked)];
    parked_from_ = std::min(parked_from_, at);
}

bool MarketDataServiceIntegrator::take(const IntakeItem& item, const TickChannel& channel) {
    const RecordHeader& header = item.record->header();
    ++linear_counts_.in;
    ++counts_.records;
    ++taken_;
    if ((charge_of(header.symbol) & chosen) != 0 &&
        path_of(header.symbol, header.sequence) == ProcessingPath::MultiChannel) {
        ++counts_.channel_requests;
        ++counts_.channel_successes;
    }
    if (const auto reason = channel.why_useless(item)) {
        linear_counts_.drop(*reason);
        if (item.note.enters_session) {
            take_session(item);
        }
    } else {
        items_.push_back(item);
        if (item.record->kind() == RecordKind::Trade) {
            days_.on_trade(item.record->trade(), item.note);
        }
    }
    return runs_multi_channel();
}

void MarketDataServiceIntegrator::take_session(const IntakeItem& item) {
    charge_of(item.record->header().symbol);  // known from now on, for a return
    items_.push_back(item);
    items_.back().note.session_only = true;
}

void MarketDataServiceIntegrator::work(const ClockIndex& clocks) {
    linear_.work(items_, clocks);
    items_.clear();
    taken_ = 0;
    linear_.advance(clocks);
}

void MarketDataServiceIntegrator::count_failure(FallbackCause cause, std::uint64_t records) {
    counts_.channel_failures += records;
    counts_.channel_successes -= std::min(counts_.channel_successes, records);
    counts_.failures_by_cause[index_of(cause)] += records;
    (settings_.fallback_to_legacy ? counts_.legacy_fallbacks : counts_.set_aside) += records;
}

void MarketDataServiceIntegrator::fall_back(SymbolId symbol, Sequence from, FallbackCause cause) {
    if (!settings_.fallback_to_legacy) {
        return;
    }
    const PathFallback::Fallen fallen{symbol, from, cause};
    const auto waiting = std::ranges::find(to_journal_, symbol, &PathFallback::Fallen::symbol);
    if (waiting != to_journal_.end()) {  // of this run; an earlier entry is found behind it
        const auto [first, last] = fallen_.equal_range(symbol);
        const auto known_as = std::find_if(
            first, last, [&](const auto& entry) { return entry.second.what == *waiting; });
        TS_ASSERT(known_as != last && from < waiting->from);
        known_as->second.what = *waiting = fallen;
        return;
    }
    fallen_.emplace(symbol, Fallen{fallen, Sequence{}});
    to_journal_.push_back(fallen);
    mark_trips(symbol);
}

void MarketDataServiceIntegrator::fail(SymbolId symbol, Sequence from, FallbackCause cause) {
    ++counts_.errors;
    mark_stale(symbol);
    if (path_of(symbol, from) == ProcessingPath::MultiChannel) {
        count_failure(cause, 1);
        fall_back(symbol, from, cause);
    }
}

void MarketDataServiceIntegrator::fail_run(std::span<const Record> records,
                                           std::span<const std::uint16_t> shard_of,
                                           std::uint16_t shard, FallbackCause cause) {
    const auto for_each = [&](auto use) {
        for (std::size_t i = 0; i < records.size(); ++i) {
            const RecordHeader& header = records[i].header();
            if (shard_of[i] == shard &&
                (header.kind == RecordKind::Trade || header.kind == RecordKind::TradingStatus)) {
                use(header);
            }
        }
    };
    for_each([&](const RecordHeader& header) {  // all of them, before the first one falls
        ++counts_.errors;
        if (path_of(header.symbol, header.sequence) == ProcessingPath::MultiChannel) {
            count_failure(cause, 1);
        }
    });
    for_each([&](const RecordHeader& header) {
        if (path_of(header.symbol, header.sequence) == ProcessingPath::MultiChannel) {
            fall_back(header.symbol, header.sequence, cause);
        }
    });
}

bool MarketDataServiceIntegrator::note_failures(std::span<const SetAside> all,
                                                std::uint64_t failures) {
    if (failures == failures_seen_) {
        return true;
    }
    const std::uint64_t unseen = failures - std::min(failures, failures_seen_);
    failures_seen_ = failures;
    for (const SetAside& failed : all.last(std::min<std::uint64_t>(unseen, all.size()))) {
        fail(failed.symbol, failed.sequence, FallbackCause::Error);
    }
    if (all.size() < FaultGuard::capacity) {
        return true;
    }
    mark_all_stale();
    return false;
}

void MarketDataServiceIntegrator::mark_stale(SymbolId symbol) {
    const auto at = std::ranges::lower_bound(stale_, symbol);
    if (at == stale_.end() || *at != symbol) {
        stale_.insert(at, symbol);
    }
}

void MarketDataServiceIntegrator::mark_all_stale() {
    for (std::uint32_t id = 0; id < charge_.size(); ++id) {
        if (charge_[id] != 0) {
            mark_stale(SymbolId{id});
        }
    }
}

void MarketDataServiceIntegrator::compare(std::span<const Detection> multi_channel,
                                          std::span<const Detection> linear,
                                          const ClockIndex& clocks,
                                          std::span<const Record> records) {
    found_.clear();
    comparison_.compare(linear, multi_channel, clocks.through(), found_);
    for (PathDifference& difference : found_) {
        const Detection& found = difference.linear ? *difference.linear : *difference.multi_channel;
        // Neither of two finds may be told beside the other.
        const Sequence from =
            difference.multi_channel
                ? std::min(found.key.sequence, difference.multi_channel->key.sequence)
                : found.key.sequence;
        difference.symbol = symbols_.text(found.symbol);
        difference.clock = clocks.through();
        difference.record = record_of(found, records);
        difference.in_charge = path_of(found.symbol, from) == ProcessingPath::MultiChannel;
        mark_stale(found.symbol);
        if (difference.in_charge) {
            count_failure(FallbackCause::Difference, 1);
            fall_back(found.symbol, from, FallbackCause::Difference);
        }
        if (differences_.size() < differences_between_takes) {
            differences_.push_back(std::move(difference));
        }
    }
}

void MarketDataServiceIntegrator::select(std::vector<Detection>& multi_channel,
                                         std::vector<Detection>& linear, const ClockIndex& clocks,
                                         std::span<const Record> records, bool comparable) {
    if (comparable && flags().compares() && clocks.through() != time_never) {
        compare(multi_channel, linear, clocks, records);
    }
    const std::size_t found = multi_channel.size() + linear.size();
    if (found == 0) {
        return;
    }
    const auto muted_by = [this](ProcessingPath path) {
        return [this, path](const Detection& detection) {
            return path_of(detection.symbol, detection.key.sequence) != path;
        };
    };
    std::erase_if(multi_channel, muted_by(ProcessingPath::MultiChannel));
    if (!TICKSTOCK_MUTANT(35)) {
        std::erase_if(linear, muted_by(ProcessingPath::Linear));
    }
    std::move(linear.begin(), linear.end(), std::back_inserter(multi_channel));
    linear.clear();
    for (const Detection& detection : multi_channel) {
        days_.on_event(detection.symbol);
    }
    selection_.in += found;
    selection_.out += multi_channel.size();
    selection_.dropped[static_cast<std::size_t>(Reason::Muted)] += found - multi_channel.size();
}

std::vector<SymbolStatistics> MarketDataServiceIntegrator::statistics() const {
    std::vector<SymbolStatistics> all;
    days_.for_each([&](SymbolId symbol, SymbolStatistics means) {
        means.symbol = symbols_.text(symbol);
        all.push_back(means);
    });
    return all;
}

StageCounts MarketDataServiceIntegrator::linear_counts() const {
    StageCounts counts = linear_counts_;
    for (std::size_t i = 0; i < reason_count; ++i) {
        counts.dropped[i] += linear_.counts().dropped[i];
    }
    counts.held = static_cast<std::uint64_t>(std::ranges::count_if(
        items_, [](const IntakeItem& item) { return !item.note.session_only; }));
    counts.out = linear_.counts().out;
    return counts;
}

}  // namespace tickstock
