// RunningEngine: its start.

#include <fmt/format.h>

#include <algorithm>
#include <utility>

#include "base/assert.hpp"
#include "base/hash.hpp"
#include "base/mutant.hpp"
#include "config/routing_rule_text.hpp"
#include "engine/configuration_text.hpp"
#include "engine/logic_version.hpp"
#include "engine/running_engine.hpp"
#include "journal/journal_survey.hpp"

namespace tickstock {
namespace {

constexpr std::array all_channels{ChannelType::Tick, ChannelType::Ohlcv, ChannelType::Fmv};

}  // namespace

Result<std::unique_ptr<Runtime>> Runtime::open(Parts parts,
                                               std::vector<std::unique_ptr<LiveSource>> sources) {
    auto engine = std::make_unique<RunningEngine>(std::move(parts), std::move(sources));
    if (const auto error = engine->recover()) {
        return *error;
    }
    return std::unique_ptr<Runtime>(std::move(engine));
}

RunningEngine::RunningEngine(Parts parts, std::vector<std::unique_ptr<LiveSource>> sources)
    : config_(parts.config),
      disk_(parts.disk),
      clock_(parts.clock),
      stream_(parts.stream),
      make_epoch_(std::move(parts.make_epoch)),
      boot_(parts.boot),
      logic_version_(parts.logic_version == 0 ? logic_version : parts.logic_version),
      extensions_(std::move(parts.extensions)),
      history_(std::move(parts.history)),
      journal_path_(config_.data.directory + "/journal"),
      configuration_hash_(xxh64(configuration_text(config_))),
      configuration_text_(configuration_text(config_)),
      tail_(config_.engine.tail_bytes),
      arbiter_(config_.source.stale) {
    for (std::size_t i = 0; i < sources.size(); ++i) {
        SourceSlot slot;
        slot.id = SourceId{static_cast<std::uint16_t>(i)};
        slot.source = std::move(sources[i]);
        sources_.push_back(std::move(slot));
    }
    refused_behind_last_entry_.resize(sources_.size());
    look_for_gates();
}

void RunningEngine::look_for_gates() {
    gated_ = false;
    for (const ChannelSettings& channel : config_.pipeline.channels) {
        gated_ = gated_ || channel.overflow == OverflowAction::Block ||
                 channel.overflow == OverflowAction::DropNewest;
    }
}

std::optional<Error> RunningEngine::recover() {
    const Nanos begin = clock_.monotonic();
    if (auto error = open_files()) {
        return error;
    }
    PipelineResources resources;
    resources.circuit = {config_.router.channel_circuit_failures, config_.router.circuit_open};
    resources.comparison = {config_.rollout.lost_after, config_.rollout.price_tolerance,
                            config_.rollout.time_tolerance};
    resources.spill = [this](unsigned shard, ChannelType channel) {
        return spills_[shard * std::size_t{channel_type_count} + static_cast<std::size_t>(channel)]
            .get();
    };
    for (unsigned shard = 0; shard < config_.engine.shards; ++shard) {
        for (const ChannelType channel : all_channels) {
            spills_.push_back(std::make_unique<DiskSpillStore>(
                disk_,
                fmt::format("{}/spill/{}-{}", config_.data.directory, to_string(channel), shard)));
        }
    }
    auto system = MultiChannelSystem::create(config_.pipeline, config_.engine.shards, extensions_,
                                             config_.router, std::move(resources));
    if (!system) {
        return system.error();
    }
    system_ = std::move(*system);
    system_->begin_with(config_.pipeline,
                        configuration_text_);  // for snapshots: they have the text
    for (const SourceSlot& slot : sources_) {
        system_->add_source(slot.id, slot.source->rule());
        if (slot.source->rule().live && config_.source.overlap == SourceOverlap::Best) {
            arbiter_.add(slot.id, *slot.source);
        }
    }
    for (const std::string& text : config_.router.rules) {
        const auto parsed = parse_routing_rule(text);
        if (!parsed) {
            return Error{"router.rules: '" + text + "' is no rule"};
        }
        RoutingRule rule;
        rule.name = text;
        rule.symbols = parsed->symbols;
        rule.shards = parsed->shards;
        if (auto error = system_->router().add_rule(std::move(rule))) {
            return error;
        }
    }
    for (const RoutingRule& rule : extensions_.routing_rules) {
        if (auto error = system_->router().add_rule(rule)) {
            return error;
        }
    }
    Recovery recovery({disk_, clock_, *journal_, journal_path_, *snapshots_, *stored_, stream_,
                       *system_, boot_, logic_version_, configuration_hash_, configuration_text_,
                       config_.stream.memory_limit, sources_, config_.source.push.clients});
    auto outcome = recovery.run();
    if (!outcome) {
        return outcome.error();
    }
    recovery_ = std::move(outcome->report);
    for (const SourcePosition& known : outcome->positions) {
        SourceSlot& slot = sources_[static_cast<std::size_t>(&known - outcome->positions.data())];
        slot.pass = known.pass;
        slot.position = known.position;
    }
    std::ranges::copy(outcome->refused_behind_last_entry, refused_behind_last_entry_.begin());
    for (const Decision& decision : outcome->decisions) {
        remember(decision);
    }
    epoch_ = stream_.range().epoch;
    last_empty_begin_ = recovery.last_empty_begin();
    universes_ = system_->pipeline(0).priority().universes();
    summarize_universes();
    switched_rules_ = system_->pipeline(0).switched_rules();
    open_rollout({std::move(outcome->rollout_before), std::move(outcome->rollout)});
    shed_ = ShedController(system_->pipeline(0).priority().shed_level());
    const StageCounts& admitted = system_->accounting().sequencer;
    sources_before_.in = sources_before_.out = admitted.in - system_->made_records();
    if (auto error = start_shards()) {
        return error;
    }
    push_clients_ = std::move(outcome->clients);
    if (!outcome->begin || !begins_empty(outcome->begin->state)) {
        if (auto error = remember_feeds()) {
            return error;
        }
    }
    first_decisions(*outcome);
    settle_start();
    start_sources();
    recovery_took_ = clock_.monotonic() - begin;
    last_snapshot_ = clock_.monotonic();
    if (outcome->begin && recovery_.had_journal) {  // soon: what stood before it is of no use
        last_snapshot_ -= config_.snapshot.interval;
    }
    last_snapshot_sequence_ = recovery_.snapshot;
    wall_anchor_ = clock_.wall().time_since_epoch() - clock_.monotonic();
    return std::nullopt;
}

std::optional<Error> RunningEngine::open_files() {
    const auto as_error = [](const DiskError& error) { return Error{error.message}; };
    const std::string& data = config_.data.directory;
    for (const char* folder : {"", "/journal", "/snapshots", "/stream", "/spill"}) {
        if (auto made = disk_.make_directories(data + folder); !made.ok()) {
            return as_error(made.error());
        }
    }
    JournalOptions options;
    options.directory = journal_path_;
    options.segment_bytes = config_.journal.segment_bytes;
    options.retention_bytes = config_.journal.retention_bytes;
    options.retention_age = config_.journal.retention_age;
    options.reserve_bytes = config_.journal.reserve_bytes;
    options.logic_version = logic_version_;
    options.boot = boot_;
    // What another program wrote is refused before anything is changed.
    snapshots_ = std::make_unique<SnapshotStore>(disk_, data + "/snapshots", config_.snapshot.keep);
    if (auto readable = snapshots_->load_newest(sequence_end); !readable) {
        return readable.error();
    }
    if (auto sound = survey_journal(disk_, journal_path_, boot_); !sound) {
        return sound.error();
    }
    StoredStreamOptions stored_options;
    stored_options.directory = data + "/stream";
    stored_options.retention_bytes = config_.stream.retention_bytes;
    stored_options.retention_age = config_.stream.retention_age;
    auto stored = StoredStream::open(disk_, stored_options);
    if (!stored) {
        return stored.error();
    }
    stored_ = std::move(*stored);
    auto journal = Journal::open(disk_, options, clock_.wall());
    if (!journal) {
        return journal.error();
    }
    journal_ = std::move(*journal);
    return std::nullopt;
}

std::optional<Error> RunningEngine::start_shards() {
    const Sequence last = system_->last_sequence();
    tail_.begin_after(last);
    const PlaceSymbols places = system_->router().placement().all();
    for (unsigned i = 0; i < system_->shards(); ++i) {
        SymbolPlacement placement(system_->shards(), RouterStrategy::HashBased);
        placement.apply(places, system_->symbols());
        system_->pipeline(i).begin_after(last);
        shards_.push_back(std::make_unique<Shard>(
            i,
            Shard::Parts{system_->factory(), system_->symbols(), tail_, disk_, journal_path_,
                         clock_, transfers_, config_.pipeline.priority.event_capacity, wake_,
                         extensions_, stream_, config_.rollout.channel_timeout},
            system_->take_pipeline(i), std::move(placement), last));
    }
    publisher_ = std::make_unique<Publisher>(
        Publisher::Parts{stream_, *stored_, system_->symbols(), clock_, latency_,
                         config_.pipeline.priority.event_capacity});
    publisher_->begin_after(last);
    asked_.resize(shards_.size());
    ChannelSupervisor::Settings settings;
    settings.failures = config_.router.channel_circuit_failures;
    for (const ChannelType type : all_channels) {
        supervisors_.emplace_back(type, system_->shards(), settings);
        const ChannelStatus status = shards_[0]->status_at_start(type);
        supervisors_.back().applied({type, status, "start"}, clock_.monotonic(), false);
    }
    return std::nullopt;
}

/// What a start itself decides: the epoch, the settings, the universes of the files. In this order:
/// whatever a kill leaves of it, the next start decides the rest, or more, again.
void RunningEngine::first_decisions(const Recovery::Outcome& outcome) {
    begins_behind_ = system_->last_sequence();
    if (outcome.begin) {
        BeginEpoch begin = *outcome.begin;
        begin.epoch = make_epoch_();
        if (begins_empty(begin.state)) {
            for (SourceSlot& slot : sources_) {
                slot.pass = 1;
                slot.position = 0;
            }
        }
        begin.sources = sources_text();
        const bool is_empty = begins_empty(begin.state);
        decide(std::move(begin), "start");
        if (is_empty) {
            tell_pauses_again();
        }
    }
    if (outcome.configuration_is_new) {
        decide(ConfigurationChange{configuration_hash_, configuration_text_},
               std::string(ConfigurationChange::by_start));
    }
    EngineStart start;
    start.events_wait_for_disk = config_.journal.durability == Durability::Always;
    start.shards = static_cast<std::uint16_t>(shards());
    started_at_ = decide(start, "start");
    if (rollout_ && !rollout_is_known_) {
        decide(rollout_->first_change(clock_.wall()), "start");
    }
    for (UniverseChange& change : universes_.plan_files(config_.universes)) {
        decide(std::move(change), std::string(UniverseSet::by_files));
    }
    if (!recovery_.had_journal && history_) {
        restore_sessions();
    }
}

/// Live feeds learn from the journal's end what they have had.
std::optional<Error> RunningEngine::remember_feeds() {
    constexpr std::uint64_t entries_looked_at = 500'000;
    const bool any_live = std::ranges::any_of(
        sources_, [](const SourceSlot& slot) { return slot.source->rule().live; });
    const JournalFound& found = journal_->found();
    if (!any_live || found.last == Sequence{}) {
        return std::nullopt;
    }
    const std::uint64_t last = found.last.value();
    const Sequence from = std::max({found.first, Sequence{1}, last_empty_begin_,
                                    Sequence{last - std::min(last, entries_looked_at)}});
    auto cursor = JournalCursor::open(disk_, journal_path_, from);
    if (!cursor) {
        return cursor.error();
    }
    JournalEntry entry;
    while ((*cursor)->next(entry) == JournalCursor::Next::Entry) {
        if (entry.is_decision() || entry.record.kind() == RecordKind::ClockTick) {
            continue;
        }
        const RecordHeader& header = entry.record.header();
        if (header.source.value() >= sources_.size() ||
            !sources_[header.source.value()].source->rule().live) {
            continue;
        }
        FeedMemory& memory = sources_[header.source.value()].memory;
        memory.last_event = std::max(memory.last_event, header.ts_event);
        const bool minute_bar =
            header.kind == RecordKind::Bar && entry.record.bar().timeframe == Timeframe::Minute1;
        if (header.source_sequence != 0 || minute_bar) {
            const bool trade = header.kind == RecordKind::Trade;
            memory.recent.push_back({system_->symbols().text(header.symbol), header.kind,
                                     header.source_sequence, header.ts_event,
                                     trade ? entry.record.trade().correction : std::uint8_t{0}});
        }
    }
    return std::nullopt;
}

/// Nobody has a journal, but the history knows the session: what it told before is no news.
void RunningEngine::restore_sessions() {
    constexpr std::size_t sessions_of_decision = 10'000;  // far below a decision's 4 MiB
    std::vector<RestoredSession> found = history_();
    const std::size_t known = system_->symbols().size();
    std::vector<SessionRestore> sessions;
    for (RestoredSession& restored : found) {
        if (const auto id = system_->sequencer().intern(restored.symbol.view())) {
            restored.session.symbol = *id;
            sessions.push_back(restored.session);
        }
    }
    if (shards_.size() > 1) {
        place_symbols_from(known);
    }
    for (std::size_t i = 0; i < sessions.size(); i += sessions_of_decision) {
        const std::size_t end = std::min(sessions.size(), i + sessions_of_decision);
        RestoreSessions restore;
        restore.sessions.assign(sessions.begin() + static_cast<std::ptrdiff_t>(i),
                                sessions.begin() + static_cast<std::ptrdiff_t>(end));
        restore.from = config_.storage.url;
        decide(std::move(restore), "start");
    }
    recovery_.sessions_restored = sessions.size();
}

/// Whoever connects first meets the epoch that holds, not the one before.
void RunningEngine::settle_start() {
    constexpr int rounds = 100;  // a full disk shall not hold the start up
    for (int i = 0; i < rounds && publisher_->published_through() < system_->last_sequence(); ++i) {
        Step step;
        write_journal(clock_.monotonic(), step);
        if (!sync_files()) {  // whatever the policy: an unclean end must be seen as one
            return;
        }
        for (const auto& shard : shards_) {
            shard->step();
        }
        grant_fallbacks();
        step_publisher();
    }
}

void RunningEngine::start_sources() {
    for (SourceSlot& slot : sources_) {
        slot.source->set_clients(push_clients_);
        if (!slot.source->identity().empty() && (slot.position > 0 || slot.pass > 1)) {
            slot.source->resume(slot.pass, slot.position - (TICKSTOCK_MUTANT(8) ? 1 : 0));
        }
    }
}

std::string RunningEngine::sources_text() const {
    std::vector<SourcePosition> positions;
    for (const SourceSlot& slot : sources_) {
        positions.push_back({slot.source->identity(), slot.pass, slot.position});
    }
    return to_text(positions);
}

}  // namespace tickstock
