#include "engine/multi_channel_system.hpp"

#include <algorithm>
#include <iterator>

#include "base/assert.hpp"

namespace tickstock {

std::string_view to_string(ChannelStatus status) {
    switch (status) {
        case ChannelStatus::Initializing: return "initializing";
        case ChannelStatus::Active: return "active";
        case ChannelStatus::Paused: return "paused";
        case ChannelStatus::Error: return "error";
        case ChannelStatus::Shutdown: return "shutdown";
    }
    TS_ASSERT(false);
}

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
    status.unknown_conditions = 0;
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
    status.quarantine.clear();
    const std::vector<QuarantinedTrade> held_back = quarantine();
    for (std::size_t i = held_back.size() - std::min<std::size_t>(held_back.size(), 20);
         i < held_back.size(); ++i) {
        const QuarantinedTrade& trade = held_back[i];
        status.quarantine.push_back({std::string(symbols().text(trade.symbol).view()), trade.ts,
                                     trade.price, trade.size, trade.level,
                                     std::string(trade.id.view()), trade.session});
    }
    for (const auto& shard : shards_) {
        status.open_deadlines += shard->tick_lane().open_deadlines();
        status.second_bars += shard->tick_lane().second_bars();
        status.unknown_conditions += shard->intake().unknown_conditions();
    }
}

std::vector<QuarantinedTrade> MultiChannelSystem::quarantine() const {
    std::vector<QuarantinedTrade> trades;
    for (const auto& shard : shards_) {
        const auto& list = shard->intake().quarantine();
        trades.insert(trades.end(), list.begin(), list.end());
    }
    std::stable_sort(trades.begin(), trades.end(), [&](const auto& a, const auto& b) {
        return a.ts != b.ts ? a.ts < b.ts : symbols().text(a.symbol) < symbols().text(b.symbol);
    });
    const std::size_t kept = std::min(trades.size(), settings_.intake.quarantine_list);
    trades.erase(trades.begin(), trades.end() - static_cast<std::ptrdiff_t>(kept));
    return trades;
}

}  // namespace tickstock
