#include "engine/shard_report.hpp"

#include <algorithm>
#include <map>

#include "config/rule_fields.hpp"
#include "engine/pipeline.hpp"

namespace tickstock {
namespace {

std::string text_of(SymbolId symbol, const SymbolTable& symbols) {
    return symbol == symbol_none ? std::string() : std::string(symbols.text(symbol).view());
}

void fill_channels(std::span<const ShardReport> shards, const PipelineSettings& settings,
                   EngineStatus& status) {
    for (ChannelSummary& channel : status.channels) {
        const auto index = static_cast<std::size_t>(&channel - status.channels.data());
        const ChannelSettings& own = settings.channels[index];
        channel.type = static_cast<ChannelType>(index);
        channel.name = own.name;
        channel.enabled = own.enabled;
        channel.priority = static_cast<unsigned>(own.priority);
        channel.counts = status.accounting.channels[index];
        channel.queue_limit = own.queue_size * shards.size();
        channel.queue_size = channel.counts.held;
        channel.skipped = channel.counts.dropped_for(Reason::Skipped);
        channel.events = 0;
        channel.batches = 0;
        channel.parked = 0;
        channel.confidence_sum = 0;
        channel.confidences = 0;
        channel.last_activity = UnixNanos{};
        for (const ShardReport& shard : shards) {
            channel.events += shard.channels[index].events;
            channel.batches += shard.channels[index].batches;
            channel.parked += shard.channels[index].parked;
            channel.confidence_sum += shard.channels[index].confidence_sum;
            channel.confidences += shard.channels[index].confidences;
            channel.last_activity =
                std::max(channel.last_activity, shard.channels[index].last_activity);
        }
    }
}

void fill_rules(std::span<const ShardReport> shards, const PipelineSettings& settings,
                EngineStatus& status) {
    const std::vector<UserRule>& user = settings.rules.user;
    std::vector<RuleActivity> activity(user.size());
    std::size_t sources = 0;
    for (const ShardReport& shard : shards) {
        for (std::size_t i = 0; i < user.size(); ++i) {
            activity[i] += shard.rules[i];
        }
        sources = std::max(sources, shard.source_contexts.size());
    }
    status.rules.resize(user.size());
    for (std::size_t i = 0; i < user.size(); ++i) {
        status.rules[i].name = user[i].name;
        status.rules[i].kind = std::string(to_string(user[i].kind));
        status.rules[i].activity = activity[i];
    }
    status.source_contexts.clear();
    for (std::size_t source = 0; source < sources; ++source) {
        for (std::size_t kind = 0; kind < SourceContextManager::kind_count; ++kind) {
            SourceContextSummary summary{
                static_cast<SourceKind>(kind), SourceId{static_cast<std::uint16_t>(source)}, {}};
            for (const ShardReport& shard : shards) {
                if (source < shard.source_contexts.size()) {
                    summary.counts += shard.source_contexts[source][kind];
                }
            }
            if (summary.counts.records + summary.counts.events > 0) {
                status.source_contexts.push_back(summary);
            }
        }
    }
}

void fill_intake(std::span<const ShardReport> shards, const PipelineSettings& settings,
                 const SymbolTable& symbols, EngineStatus& status) {
    status.unknown_by_code = unknown_conditions_of(shards, symbols);
    status.unknown_conditions = 0;
    for (const UnknownConditionEntry& entry : status.unknown_by_code) {
        status.unknown_conditions += entry.count;
    }
    status.halted_symbols = 0;
    std::uint64_t version = 0;
    for (const ShardReport& shard : shards) {
        status.halted_symbols += shard.halted_symbols;
        version += shard.quarantine_version;
    }
    if (status.quarantine == nullptr || status.quarantine_version != version) {
        status.quarantine = std::make_shared<const std::vector<QuarantineEntry>>(
            quarantine_of(shards, settings.intake.quarantine_list, symbols));
        status.quarantine_version = version;
    }
}

void fill_coordination(std::span<const ShardReport> shards, const SymbolTable& symbols,
                       EngineStatus& status) {
    constexpr std::size_t shown = 20;
    status.coordination = {};
    for (const ShardReport& shard : shards) {
        status.coordination += shard.coordination;
    }
    status.suppressed.clear();
    const std::vector<Loser> newest = losers_of(shards, symbols);
    for (std::size_t i = newest.size() - std::min(newest.size(), shown); i < newest.size(); ++i) {
        const Loser& loser = newest[i];
        status.suppressed.push_back({text_of(loser.symbol, symbols), loser.type, loser.source,
                                     loser.direction, loser.price, loser.ts, loser.reason,
                                     loser.winner});
    }
}

}  // namespace

ShardReport make_report(const Pipeline& pipeline, const PipelineSettings& settings) {
    ShardReport report;
    report.accounting = pipeline.accounting();
    for (std::size_t i = 0; i < report.channels.size(); ++i) {
        const auto type = static_cast<ChannelType>(i);
        ShardReport::Channel& channel = report.channels[i];
        channel.events = pipeline.detections(type);
        channel.batches = pipeline.channel(type).batches();
        channel.waiting = pipeline.waiting(type);
        channel.parked = pipeline.parked(type);
        channel.last_activity = pipeline.channel(type).last_activity();
    }
    ShardReport::Channel& values = report.channels[static_cast<std::size_t>(ChannelType::Fmv)];
    values.confidence_sum = pipeline.value_lane().detector().confidence_sum();
    values.confidences = pipeline.value_lane().detector().confidences();
    report.open_deadlines = pipeline.tick_lane().open_deadlines();
    report.second_bars = pipeline.tick_lane().second_bars();
    report.halted_symbols = pipeline.intake().halted_symbols();
    report.rules.resize(settings.rules.user.size());
    pipeline.add_rule_activity(report.rules);
    const SourceContextManager& contexts = pipeline.source_contexts();
    report.source_contexts.resize(contexts.sources());
    for (std::size_t source = 0; source < contexts.sources(); ++source) {
        for (std::size_t kind = 0; kind < SourceContextManager::kind_count; ++kind) {
            report.source_contexts[source][kind] = contexts.counts(
                SourceId{static_cast<std::uint16_t>(source)}, static_cast<SourceKind>(kind));
        }
    }
    report.coordination = pipeline.coordinator().table();
    report.losers = pipeline.coordinator().losers().newest();
    report.unknown_conditions = pipeline.intake().unknown_conditions().codes();
    const auto& held_back = pipeline.intake().quarantine();
    report.quarantine.assign(held_back.trades().begin(), held_back.trades().end());
    report.quarantine_version = held_back.version();
    report.shed_by_class = pipeline.priority().class_counts().shed;
    return report;
}

Accounting accounting_of(std::span<const ShardReport> shards) {
    Accounting accounting;
    for (const ShardReport& shard : shards) {
        accounting += shard.accounting;
    }
    return accounting;
}

void fill_status(std::span<const ShardReport> shards, const PipelineSettings& settings,
                 const SymbolTable& symbols, EngineStatus& status) {
    status.shards = static_cast<unsigned>(shards.size());
    status.open_deadlines = 0;
    status.second_bars = 0;
    status.control.shed.by_class = {};
    for (const ShardReport& shard : shards) {
        status.open_deadlines += shard.open_deadlines;
        status.second_bars += shard.second_bars;
        for (std::size_t i = 0; i < shard.shed_by_class.size(); ++i) {
            status.control.shed.by_class[i] += shard.shed_by_class[i];
        }
    }
    fill_channels(shards, settings, status);
    fill_intake(shards, settings, symbols, status);
    fill_rules(shards, settings, status);
    fill_coordination(shards, symbols, status);
}

std::vector<UnknownConditionEntry> unknown_conditions_of(std::span<const ShardReport> shards,
                                                         const SymbolTable& symbols) {
    std::map<std::uint8_t, UnknownCondition> by_code;
    for (const ShardReport& shard : shards) {
        for (const UnknownCondition& here : shard.unknown_conditions) {
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
        entries.push_back(
            {code, unknown.count, text_of(unknown.first_symbol, symbols), unknown.first_ts});
    }
    return entries;
}

std::vector<QuarantineEntry> quarantine_of(std::span<const ShardReport> shards, std::size_t limit,
                                           const SymbolTable& symbols) {
    std::vector<const QuarantinedTrade*> trades;
    for (const ShardReport& shard : shards) {
        for (const QuarantinedTrade& trade : shard.quarantine) {
            trades.push_back(&trade);
        }
    }
    std::ranges::sort(trades, {}, &QuarantinedTrade::sequence);
    const std::size_t kept = std::min(trades.size(), limit);
    std::vector<QuarantineEntry> entries;
    entries.reserve(kept);
    for (auto trade = trades.end() - static_cast<std::ptrdiff_t>(kept); trade != trades.end();
         ++trade) {
        entries.push_back({text_of((*trade)->symbol, symbols), **trade});
    }
    return entries;
}

void sort_losers(std::vector<Loser>::iterator first, std::vector<Loser>::iterator last,
                 const SymbolTable& symbols) {
    std::stable_sort(first, last, [&](const Loser& a, const Loser& b) {
        return comes_before(a.key, a.symbol, b.key, b.symbol, symbols);
    });
}

std::vector<Loser> losers_of(std::span<const ShardReport> shards, const SymbolTable& symbols) {
    std::vector<Loser> all;
    for (const ShardReport& shard : shards) {
        all.insert(all.end(), shard.losers.begin(), shard.losers.end());
    }
    sort_losers(all.begin(), all.end(), symbols);
    const std::size_t kept = std::min(all.size(), LoserLog::default_limit);
    all.erase(all.begin(), all.end() - static_cast<std::ptrdiff_t>(kept));
    return all;
}

}  // namespace tickstock
