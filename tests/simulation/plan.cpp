#include "simulation/plan.hpp"

#include <fmt/format.h>

#include <array>

#include "simulation/random_stream.hpp"

namespace tickstock::sim {
namespace {

using namespace std::chrono_literals;

/// 2024-07-02, a Tuesday, 00:00 in New York: a day that the plain oracles know.
constexpr UnixNanos day_begin = from_unix_second(1'719'892'800);

/// A rate of 0 in half of the seeds, so that faults also come alone.
std::uint64_t rate(RandomStream& random, std::uint64_t most) {
    return random.chance(500'000) ? 0 : random.below(most) + 1;
}

void make_lively(PipelineSettings& settings, RandomStream& random) {
    settings.high_low.min_percent_change = 10'000;  // 0.01 %
    settings.high_low.cooldown = Nanos{random.between(0, 2'000)} * 1'000'000;
    for (TrendPeriodSettings& period : settings.trend.periods) {
        period = {500, 1'000, 1'000'000, 2s, 500'000, 2, 0s};
    }
    for (SurgePeriodSettings& period : settings.surge.periods) {
        period = {10'000, 500'000, 2, SurgeMode::Either};
    }
    settings.surge.cooldown = 5s;
    settings.bars.min_average_bars = 1;
    settings.bars.min_percent_change.fill(20'000);
    settings.bars.surge_volume_multiple = 1'200'000;
    settings.valuation.cooldown = 2s;
    settings.valuation.min_deviation = 300'000;
    settings.valuation.rearm_deviation = 200'000;
    settings.valuation.deviation_step = 300'000;
    UserRule jump;
    jump.name = "jump";
    jump.when = "price >= session_high";
    jump.cooldown = 5s;
    jump.origin = "simulation";
    UserRule dear = jump;
    dear.name = "dear";
    dear.kind = RuleKind::Filter;
    dear.when = "price >= 20";
    settings.rules.user = {jump, dear};
}

void choose_channels(PipelineSettings& settings, RandomStream& random) {
    for (ChannelSettings& channel : settings.channels) {
        channel.queue_size = random.pick(
            {std::uint64_t{20}, std::uint64_t{100}, std::uint64_t{1'000}, std::uint64_t{8'000}});
        channel.overflow =
            random.pick({OverflowAction::Spill, OverflowAction::Spill, OverflowAction::Block,
                         OverflowAction::DropNewest, OverflowAction::DropOldest});
        channel.processing_timeout = Nanos{random.between(1, 60)} * 1'000'000;
        if (channel.priority > 1) {
            channel.strategy =
                random.pick({BatchingStrategy::Immediate, BatchingStrategy::SizeBased,
                             BatchingStrategy::TimeBased, BatchingStrategy::Hybrid});
            channel.max_batch_size = random.below(100) + 1;
            channel.max_wait = Nanos{random.between(1, 80)} * 1'000'000;
        }
    }
}

void choose_engine(Config& config, RandomStream& random) {
    config.engine.shards = random.pick({1U, 2U, 3U, 4U});
    config.engine.tail_bytes =
        random.pick({std::size_t{8} << 10, std::size_t{64} << 10, std::size_t{32} << 20});
    config.data.directory = data_directory;
    config.source.overlap = SourceOverlap::All;  // each source must be journalled whole
    config.journal.durability =
        random.pick({Durability::Always, Durability::Interval, Durability::None});
    config.journal.segment_bytes =
        random.pick({std::size_t{16} << 10, std::size_t{100} << 10, std::size_t{4} << 20});
    config.journal.reserve_bytes = random.pick({std::size_t{0}, std::size_t{32} << 10});
    config.snapshot.interval = random.pick({Nanos{0}, Nanos{1s}, Nanos{5s}, Nanos{30s}});
    config.snapshot.keep = random.pick({1U, 2U, 3U});
    config.stream.memory_limit =
        random.pick({std::size_t{32} << 10, std::size_t{1} << 20, std::size_t{32} << 20});
    config.router.strategy = random.pick({RouterStrategy::HashBased, RouterStrategy::RoundRobin,
                                          RouterStrategy::LoadBased, RouterStrategy::HealthBased});
    config.router.circuit_failures = random.pick({2U, 10U, 40U});
    config.router.channel_circuit_failures = random.pick({1U, 3U, 5U, 20U});
    config.router.circuit_open = random.pick({Nanos{1s}, Nanos{10s}, Nanos{60s}});
    config.pipeline.priority.event_capacity =
        random.pick({std::uint64_t{50}, std::uint64_t{500}, std::uint64_t{100'000}});
    config.pipeline.coordination.mode =
        random.pick({CoordinationMode::Eager, CoordinationMode::Eager, CoordinationMode::Strict});
}

SourcePlan make_source(RandomStream random, unsigned number, Nanos duration,
                       std::uint64_t records) {
    SourcePlan source;
    source.feed = number == 0 ? SourcePlan::Feed::Trades
                              : random.pick({SourcePlan::Feed::Trades, SourcePlan::Feed::Quotes,
                                             SourcePlan::Feed::Bars, SourcePlan::Feed::FairValues});
    source.resumable = random.chance(600'000);
    switch (source.feed) {
        case SourcePlan::Feed::Trades:
            source.kind = source.resumable ? SourceKind::Tick : SourceKind::WebSocket;
            break;
        case SourcePlan::Feed::Quotes: source.kind = SourceKind::Tick; break;
        case SourcePlan::Feed::Bars: source.kind = SourceKind::Ohlcv; break;
        case SourcePlan::Feed::FairValues: source.kind = SourceKind::Fmv; break;
    }
    source.name = fmt::format("source{}", number);
    source.records = records;
    source.mean_gap = duration / static_cast<std::int64_t>(records);
    source.calm_records = 300;
    source.live = random.chance(500'000);
    source.clock_event = random.chance(100'000);
    source.ends = random.chance(250'000);
    source.delay = random.pick({Nanos{0}, Nanos{250ms}, Nanos{2s}});
    source.duplicates = rate(random, 50'000);
    source.reordered = rate(random, 100'000);
    source.late = rate(random, 5'000);
    source.corrections = rate(random, 20'000);
    source.odd_conditions = rate(random, 100'000);
    source.spikes = rate(random, 5'000);
    source.extremes = rate(random, 500);
    source.statuses = rate(random, 3'000);
    source.bursts = rate(random, 2'000);
    source.silences = rate(random, 500);
    source.clock_jumps = source.clock_event ? 0 : rate(random, 300);
    source.poll_stalls = rate(random, 3'000);
    return source;
}

/// From a stream of its own: the rest of the seed is what it is without.
void plan_rollout(Plan& plan) {
    RandomStream random(plan.seed, "rollout plan");
    plan.config.pipeline.integration.installed = true;
    plan.config.rollout.enable_multi_channel = random.chance(300'000);
    plan.config.rollout.enable_parallel_processing = random.chance(300'000);
    plan.config.rollout.fallback_interval = random.pick({Nanos{1s}, Nanos{5s}, Nanos{30s}});
    plan.config.rollout.fallback_window = plan.config.rollout.fallback_interval;
    plan.config.rollout.phase_0 = plan.config.rollout.phase_1 = random.pick({Nanos{0}, Nanos{10s}});
    plan.rollout_commands = random.below(5'000) + 1;
    plan.path_failures = rate(random, 3'000);
    plan.path_stalls = rate(random, 1'000);
    plan.path_lies = random.chance(600'000) ? 0 : random.below(20'000) + 1;
    plan.only_trades = random.chance(500'000);
    for (SourcePlan& source : plan.sources) {
        if (plan.only_trades && (source.feed == SourcePlan::Feed::Bars ||
                                 source.feed == SourcePlan::Feed::FairValues)) {
            source.feed = SourcePlan::Feed::Trades;
            source.kind = source.resumable ? SourceKind::Tick : SourceKind::WebSocket;
        }
    }
}

}  // namespace

std::uint64_t Plan::inputs() const {
    std::uint64_t sum = 0;
    for (const SourcePlan& source : sources) {
        sum += source.records + source.calm_records;
    }
    return sum;
}

Plan make_plan(std::uint64_t seed, const World& world) {
    RandomStream random(seed, "plan");
    Plan plan;
    plan.seed = seed;
    // Pre-market to opening, regular to after, after to closed, and quiet middles.
    plan.start = day_begin + random.pick({Nanos{9h + 29min + 30s}, Nanos{12h}, Nanos{15h + 59min},
                                          Nanos{19h + 59min + 30s}, Nanos{8h}, Nanos{10h}});
    plan.duration = random.pick({Nanos{30s}, Nanos{100s}, Nanos{300s}, Nanos{900s}});
    plan.calm = 200s;  // circuits are open for a minute at most, and need a try to close
    plan.symbols = static_cast<unsigned>(random.between(4, 60));
    make_lively(plan.config.pipeline, random);
    choose_channels(plan.config.pipeline, random);
    choose_engine(plan.config, random);
    if (random.chance(100'000)) {
        plan.config.pipeline.calendar = TradingCalendar::Kind::Continuous;
        plan.start = day_begin + 20h - 30s;  // midnight UTC comes
    }
    const unsigned sources = static_cast<unsigned>(random.between(1, 5));
    std::uint64_t parts = 0;
    std::array<std::uint64_t, 5> share{};
    for (unsigned i = 0; i < sources; ++i) {
        share[i] = random.below(5) + (i == 0 ? 4 : 1);
        parts += share[i];
    }
    for (unsigned i = 0; i < sources; ++i) {
        plan.sources.push_back(make_source(RandomStream(seed, fmt::format("source plan {}", i)), i,
                                           plan.duration, world.inputs * share[i] / parts + 1));
    }
    plan.clients = static_cast<unsigned>(random.between(1, 6));
    // A seed takes some thousand steps; about 0 to 15 kills.
    plan.kills = random.chance(200'000) ? 0 : random.below(1'000);
    plan.machine_crashes = rate(random, 700'000);
    plan.clean_stops = rate(random, 300'000);
    plan.mid_write_kills = rate(random, 800'000);
    plan.other_settings = rate(random, 800'000);
    plan.commands = rate(random, 3'000);
    plan.wall_steps = rate(random, 300);
    plan.disk_full = rate(random, 500);
    plan.shard_stalls = rate(random, 2'000);
    plan.publisher_stalls = rate(random, 1'000);
    plan.disk.sync_error = rate(random, 1'000);
    plan.disk.slow_sync = rate(random, 20'000);
    plan.disk.short_write = 500'000;
    plan.failing_symbols = random.pick({0U, 2U, 5U});
    plan.detector_failures = rate(random, 20'000);
    if (random.chance(200'000)) {
        plan.storm_every = Nanos{random.between(20, 60)} * 1'000'000'000;
        plan.storm_length = Nanos{random.between(1, 8)} * 1'000'000'000;
    }
    if (world.rollout) {
        plan_rollout(plan);
    }
    return plan;
}

std::string symbol_name(std::uint32_t index) {
    std::string name = "AAA";
    name[2] = static_cast<char>('A' + index % 26);
    name[1] = static_cast<char>('A' + index / 26 % 26);
    return index % 13 == 12 ? name + "-LONG-NAME.16" : name;
}

std::string describe(const Plan& plan) {
    constexpr std::array durability{"always", "interval", "none"};
    return fmt::format(
        "{} inputs in {:.0f} s of {} sources, {} symbols, {} shards, durability {}, {} clients{}",
        plan.inputs(), static_cast<double>(plan.duration.count()) * 1e-9, plan.sources.size(),
        plan.symbols, plan.config.engine.shards,
        durability[static_cast<std::size_t>(plan.config.journal.durability)], plan.clients,
        plan.config.pipeline.integration.installed ? ", a rollout" : "");
}

}  // namespace tickstock::sim
