#pragma once

// For tests of traces: a whole market's run, and the same market told symbol by symbol.

#include <gtest/gtest.h>

#include <algorithm>
#include <map>
#include <memory>
#include <string>
#include <vector>

#include "engine/multi_channel_system.hpp"
#include "inspection/symbol_tracer.hpp"
#include "publishing/encode.hpp"

namespace tickstock::testing {

/// What a run over the whole market gave.
struct MarketRun {
    /// Of events, by symbol, each with the entry with which it came.
    std::map<std::string, std::vector<std::string>> bodies;
    Accounting accounting;
    std::vector<Record> records;  ///< as admitted
    std::vector<std::string> texts;
};

/// With which entry an event came.
inline std::string at_text(Sequence at) {
    return " at " + std::to_string(at.value());
}

inline void keep_events(std::vector<Event>& events, const SymbolTable& symbols,
                        std::map<std::string, std::vector<std::string>>& bodies) {
    for (const Event& event : events) {
        const std::string symbol(symbols.text(event.detection.symbol).view());
        std::string body;
        encode_body(event, symbol, body);
        bodies[symbol].push_back(body + at_text(event.detection.key.sequence));
    }
    events.clear();
}

/// In batches of `longest` records.
inline MarketRun run_market(const RecordBatch& tape, const PipelineSettings& settings,
                            std::size_t longest = 500) {
    MarketRun run;
    auto system = MultiChannelSystem::create(settings, 1).value();
    system->add_source(SourceId{0});
    std::vector<Event> events;
    RecordBatch batch;
    batch.new_symbols = tape.new_symbols;
    for (std::size_t at = 0; at < tape.records.size(); at += longest) {
        const std::size_t end = std::min(at + longest, tape.records.size());
        batch.records.assign(tape.records.begin() + static_cast<std::ptrdiff_t>(at),
                             tape.records.begin() + static_cast<std::ptrdiff_t>(end));
        system->process(batch, events);
        run.records.insert(run.records.end(), batch.records.begin(), batch.records.end());
        keep_events(events, system->symbols(), run.bodies);
    }
    system->finish(events);
    keep_events(events, system->symbols(), run.bodies);
    run.accounting = system->accounting();
    for (std::uint32_t id = 0; id < system->symbols().size(); ++id) {
        run.texts.emplace_back(system->symbols().text(SymbolId{id}).view());
    }
    return run;
}

constexpr std::size_t all_records = 10'000'000;

/// The symbol's records from `from` on, with everything before as state.
inline std::unique_ptr<SymbolTracer> trace_of(const MarketRun& run, const std::string& symbol,
                                              const PipelineSettings& settings,
                                              Sequence from = Sequence{1},
                                              std::size_t limit = all_records) {
    auto tracer = SymbolTracer::create(settings, {SymbolText(symbol), from, limit}).value();
    for (const Record& record : run.records) {
        if (run.texts[record.header().symbol.value()] == symbol) {
            tracer->take(record);
        } else {
            tracer->pass(record.header().sequence, record.header().clock);
        }
    }
    tracer->finish();
    return tracer;
}

/// Of the records that are kept and of what came of earlier ones.
inline std::vector<std::string> bodies_of(const SymbolTracer& tracer, bool with_entry = false) {
    std::vector<std::string> bodies;
    const auto text_of = [&](const TracedEvent& event) {
        return event.body + (with_entry ? at_text(event.at) : "");
    };
    for (const TracedEvent& event : tracer.earlier().events) {
        bodies.push_back(text_of(event));
    }
    for (const TracedRecord& record : tracer.records()) {
        for (const TracedEvent& event : record.events) {
            bodies.push_back(text_of(event));
        }
    }
    return bodies;
}

inline std::vector<std::string> sorted(std::vector<std::string> texts) {
    std::sort(texts.begin(), texts.end());
    return texts;
}

inline void add(TraceSum& all, const TraceSum& one) {
    for (std::size_t i = 0; i < stage_count; ++i) {
        all[i].in += one[i].in;
        all[i].out += one[i].out;
        all[i].held_before += one[i].held_before;
        all[i].held_after += one[i].held_after;
        for (std::size_t reason = 0; reason < reason_count; ++reason) {
            all[i].dropped[reason] += one[i].dropped[reason];
        }
    }
}

/// The ledgers of a whole engine in a trace's form.
inline TraceSum sum_of(const Accounting& accounting, std::uint64_t events) {
    StageCounts channels = accounting.channels[0];
    channels += accounting.channels[1];
    channels += accounting.channels[2];
    StageCounts publishing;
    publishing.in = publishing.out = events;
    TraceSum sum{};
    const std::array<const StageCounts*, stage_count> ledgers{&accounting.sequencer,
                                                              &accounting.router,
                                                              &accounting.intake,
                                                              &channels,
                                                              &accounting.detectors,
                                                              &accounting.rules,
                                                              &accounting.coordination,
                                                              &accounting.priority,
                                                              &publishing};
    for (std::size_t i = 0; i < stage_count; ++i) {
        sum[i].in = ledgers[i]->in;
        sum[i].out = ledgers[i]->out;
        sum[i].held_after = ledgers[i]->held;
        std::copy(ledgers[i]->dropped.begin(), ledgers[i]->dropped.end(), sum[i].dropped.begin());
    }
    return sum;
}

/// Every symbol's trace: its events are the market's of it byte for byte, its sums close, and all
/// sums together are the engine's ledgers.
inline void expect_traces_equal(const MarketRun& run, const PipelineSettings& settings) {
    TraceSum all{};
    std::uint64_t events = 0;
    for (const std::string& symbol : run.texts) {
        const auto tracer = trace_of(run, symbol, settings);
        EXPECT_EQ(tracer->check(), "") << symbol;
        const auto found = run.bodies.find(symbol);
        const auto wanted = found == run.bodies.end() ? std::vector<std::string>{} : found->second;
        EXPECT_EQ(sorted(bodies_of(*tracer, true)), sorted(wanted)) << symbol;
        EXPECT_TRUE(tracer->earlier().fate.empty()) << symbol;
        add(all, tracer->ledger_sum());
        events += wanted.size();
    }
    EXPECT_EQ(differences(all, "the traces", sum_of(run.accounting, events), "the engine"), "");
    EXPECT_GT(events, 0U);
}

}  // namespace tickstock::testing
