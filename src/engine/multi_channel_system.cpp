#include "engine/multi_channel_system.hpp"

#include <algorithm>
#include <iterator>
#include <map>

#include "base/assert.hpp"
#include "config/rule_fields.hpp"

namespace tickstock {

Result<std::unique_ptr<MultiChannelSystem>> MultiChannelSystem::create(
    const PipelineSettings& settings, unsigned shards) {
    ConditionTable conditions;
    if (!settings.intake.condition_table.empty()) {
        auto loaded = ConditionTable::from_file(settings.intake.condition_table);
        if (!loaded) {
            return loaded.error();
        }
        conditions = std::move(*loaded);
    }
    return std::unique_ptr<MultiChannelSystem>(
        new MultiChannelSystem(settings, std::max(1U, shards), conditions));
}

MultiChannelSystem::MultiChannelSystem(const PipelineSettings& settings, unsigned shards,
                                       const ConditionTable& conditions)
    : settings_(settings), calendar_(settings.calendar), router_(shards) {
    for (unsigned shard = 0; shard < shards; ++shard) {
        shards_.push_back(
            std::make_unique<Pipeline>(settings_, calendar_, conditions, sequencer_.symbols()));
    }
    mine_.resize(shards);
    shard_events_.resize(shards);
}

void MultiChannelSystem::add_source(SourceId source, Sequencer::SourceRule rule) {
    sequencer_.add_source(source, rule);
}

void MultiChannelSystem::process(RecordBatch& batch, std::vector<Event>& out) {
    sequencer_.admit(batch);
    for (const Record& record : batch.records) {
        router_.route(record);
    }
    run(batch.records, out);
}

void MultiChannelSystem::tick(UnixNanos clock, std::vector<Event>& out) {
    Record record;
    if (sequencer_.tick(clock, record)) {
        run({&record, 1}, out);
    }
}

void MultiChannelSystem::run(std::span<const Record> records, std::vector<Event>& out) {
    if (records.empty()) {
        return;
    }
    for (auto& mine : mine_) {
        mine.assign(records.size(), 0);
    }
    for (std::size_t i = 0; i < records.size(); ++i) {
        const SymbolId symbol = records[i].header().symbol;
        if (symbol != symbol_none) {  // clock ticks have none
            const unsigned shard =
                shards_.size() == 1 ? 0 : router_.shard_of(symbol, sequencer_.symbols());
            mine_[shard][i] = 1;
        }
    }
    for (std::size_t shard = 0; shard < shards_.size(); ++shard) {
        shards_[shard]->process(records, mine_[shard], shard_events_[shard]);
    }
    merge_shards(out);
}

void MultiChannelSystem::finish(std::vector<Event>& out) {
    for (std::size_t shard = 0; shard < shards_.size(); ++shard) {
        shards_[shard]->finish(shard_events_[shard]);
    }
    merge_shards(out);
}

void MultiChannelSystem::merge_shards(std::vector<Event>& out) {
    // All shards are done through the run's last sequence, so all of this is final.
    const auto first = static_cast<std::ptrdiff_t>(out.size());
    for (auto& events : shard_events_) {
        std::move(events.begin(), events.end(), std::back_inserter(out));
        events.clear();
    }
    if (shards_.size() > 1) {
        std::stable_sort(out.begin() + first, out.end(), [&](const Event& a, const Event& b) {
            return comes_before(a.detection.key, a.detection.symbol, b.detection.key,
                                b.detection.symbol, sequencer_.symbols());
        });
    }
}

UnixNanos MultiChannelSystem::next_deadline() const {
    UnixNanos earliest = time_never;
    for (const auto& shard : shards_) {
        earliest = std::min(earliest, shard->next_deadline());
    }
    return earliest;
}

Accounting MultiChannelSystem::accounting() const {
    Accounting accounting;
    accounting.sequencer = sequencer_.counts();
    accounting.router = router_.counts();
    for (const auto& shard : shards_) {
        accounting += shard->accounting();
    }
    return accounting;
}

void MultiChannelSystem::fill_status(EngineStatus& status) const {
    status.clock = sequencer_.clock();
    status.last_sequence = sequencer_.last_sequence().value();
    status.symbols = sequencer_.symbols().size();
    status.shards = static_cast<unsigned>(shards_.size());
    const SessionSpan span = calendar_.span_at(status.clock);
    status.session = span.session;
    status.period = span.period;
    status.accounting = accounting();
    std::copy_n(router_.routes_by_kind().begin(), status.records_by_kind.size(),
                status.records_by_kind.begin());
    status.open_deadlines = 0;
    status.second_bars = 0;
    for (ChannelSummary& channel : status.channels) {
        const auto index = static_cast<std::size_t>(&channel - status.channels.data());
        channel.type = static_cast<ChannelType>(index);
        channel.counts = status.accounting.channels[index];
        channel.queue_limit = settings_.channels[index].queue_size;
        channel.queue_size = channel.counts.held;
        channel.events = 0;
        channel.last_activity = UnixNanos{};
        for (const auto& shard : shards_) {
            channel.events += shard->detections(channel.type);
            channel.last_activity =
                std::max(channel.last_activity, shard->channel(channel.type).last_activity());
        }
    }
    for (const auto& shard : shards_) {
        status.open_deadlines += shard->tick_lane().open_deadlines();
        status.second_bars += shard->tick_lane().second_bars();
    }
    fill_intake_status(status);
    fill_rule_status(status);
    fill_coordination_status(status);
}

void MultiChannelSystem::fill_rule_status(EngineStatus& status) const {
    const std::vector<UserRule>& user = settings_.rules.user;
    std::vector<RuleActivity> activity(user.size());
    std::size_t sources = 0;
    for (const auto& shard : shards_) {
        shard->add_rule_activity(activity);
        sources = std::max(sources, shard->source_contexts().sources());
    }
    status.rules.clear();
    for (std::size_t i = 0; i < user.size(); ++i) {
        status.rules.push_back({user[i].name, std::string(to_string(user[i].kind)), activity[i]});
    }
    status.source_contexts.clear();
    for (std::size_t source = 0; source < sources; ++source) {
        for (std::size_t kind = 0; kind < SourceContextManager::kind_count; ++kind) {
            SourceContextSummary summary{
                static_cast<SourceKind>(kind), SourceId{static_cast<std::uint16_t>(source)}, {}};
            for (const auto& shard : shards_) {
                if (source < shard->source_contexts().sources()) {
                    summary.counts += shard->source_contexts().counts(summary.source, summary.kind);
                }
            }
            if (summary.counts.records + summary.counts.events > 0) {
                status.source_contexts.push_back(summary);
            }
        }
    }
}

void MultiChannelSystem::fill_coordination_status(EngineStatus& status) const {
    constexpr std::size_t shown = 20;
    status.coordination = {};
    for (const auto& shard : shards_) {
        status.coordination += shard->coordinator().table();
    }
    status.suppressed.clear();
    const std::vector<Loser> newest = losers();
    for (std::size_t i = newest.size() - std::min(newest.size(), shown); i < newest.size(); ++i) {
        const Loser& loser = newest[i];
        status.suppressed.push_back({std::string(symbols().text(loser.symbol).view()), loser.type,
                                     loser.source, loser.direction, loser.price, loser.ts,
                                     loser.reason, loser.winner});
    }
}

std::vector<Loser> MultiChannelSystem::losers() const {
    std::vector<Loser> all;
    for (const auto& shard : shards_) {
        const std::vector<Loser> newest = shard->coordinator().losers().newest();
        all.insert(all.end(), newest.begin(), newest.end());
    }
    sort_losers(all.begin(), all.end());
    const std::size_t kept = std::min(all.size(), LoserLog::default_limit);
    all.erase(all.begin(), all.end() - static_cast<std::ptrdiff_t>(kept));
    return all;
}

void MultiChannelSystem::collect_losers() {
    for (const auto& shard : shards_) {
        shard->losers().collect();
    }
}

void MultiChannelSystem::drain_losers(std::vector<Loser>& out) {
    const auto first = static_cast<std::ptrdiff_t>(out.size());
    for (const auto& shard : shards_) {
        shard->losers().drain(out);
    }
    sort_losers(out.begin() + first, out.end());
}

void MultiChannelSystem::sort_losers(std::vector<Loser>::iterator first,
                                     std::vector<Loser>::iterator last) const {
    std::stable_sort(first, last, [&](const Loser& a, const Loser& b) {
        return comes_before(a.key, a.symbol, b.key, b.symbol, symbols());
    });
}

void MultiChannelSystem::fill_intake_status(EngineStatus& status) const {
    status.unknown_by_code = unknown_conditions();
    status.unknown_conditions = 0;
    for (const UnknownConditionEntry& entry : status.unknown_by_code) {
        status.unknown_conditions += entry.count;
    }
    status.halted_symbols = 0;
    std::uint64_t version = 0;
    for (const auto& shard : shards_) {
        status.halted_symbols += shard->intake().halted_symbols();
        version += shard->intake().quarantine().version();
    }
    if (status.quarantine == nullptr || status.quarantine_version != version) {
        status.quarantine = std::make_shared<const std::vector<QuarantineEntry>>(quarantine());
        status.quarantine_version = version;
    }
}

std::vector<UnknownConditionEntry> MultiChannelSystem::unknown_conditions() const {
    std::map<std::uint8_t, UnknownCondition> by_code;
    for (const auto& shard : shards_) {
        for (const UnknownCondition& here : shard->intake().unknown_conditions().codes()) {
            const auto [known, is_new] = by_code.try_emplace(here.code, here);
            if (!is_new) {
                const std::uint64_t count = known->second.count + here.count;
                if (here.first_sequence < known->second.first_sequence) {
                    known->second = here;
                }
                known->second.count = count;
            }
        }
    }
    std::vector<UnknownConditionEntry> entries;
    for (const auto& [code, unknown] : by_code) {
        entries.push_back({code, unknown.count,
                           std::string(symbols().text(unknown.first_symbol).view()),
                           unknown.first_ts});
    }
    return entries;
}

std::size_t MultiChannelSystem::unknown_codes_seen() const {
    std::size_t codes = 0;
    for (const auto& shard : shards_) {
        codes += shard->intake().unknown_conditions().codes().size();
    }
    return codes;
}

std::vector<QuarantineEntry> MultiChannelSystem::quarantine() const {
    std::vector<const QuarantinedTrade*> trades;
    for (const auto& shard : shards_) {
        for (const QuarantinedTrade& trade : shard->intake().quarantine().trades()) {
            trades.push_back(&trade);
        }
    }
    std::ranges::sort(trades, {}, &QuarantinedTrade::sequence);
    const std::size_t kept = std::min(trades.size(), settings_.intake.quarantine_list);
    std::vector<QuarantineEntry> entries;
    entries.reserve(kept);
    for (auto trade = trades.end() - static_cast<std::ptrdiff_t>(kept); trade != trades.end();
         ++trade) {
        entries.push_back({std::string(symbols().text((*trade)->symbol).view()), **trade});
    }
    return entries;
}

}  // namespace tickstock
