#pragma once

// For tests of what is read from a journal: a running engine's, stepped by hand.

#include <gtest/gtest.h>

#include <memory>
#include <string>
#include <vector>

#include "engine/recovery.hpp"
#include "engine/test_runtime.hpp"
#include "inspection/journal_trace.hpp"
#include "inspection/test_traces.hpp"

namespace tickstock::testing {

/// The trace, run to its end; null = it failed.
inline std::unique_ptr<JournalTrace> trace_journal(Bench& bench, JournalTrace::Request request,
                                                   std::size_t step = 333) {
    auto trace = std::make_unique<JournalTrace>(
        JournalTrace::Parts{bench.disk, bench.config.data.directory, bench.config.pipeline,
                            xxh64(configuration_text(bench.config))},
        std::move(request));
    for (;;) {
        switch (trace->step(step)) {
            case JournalTrace::Progress::More: break;
            case JournalTrace::Progress::Done: return trace;
            case JournalTrace::Progress::Failed:
                ADD_FAILURE() << trace->failure().message;
                return nullptr;
        }
    }
}

inline JournalTrace::Request whole(const std::string& symbol) {
    return {symbol, all_records, Sequence{1}, Sequence{}, UnixNanos{}};
}

/// All that clients have heard of the symbol, in every epoch.
inline std::vector<std::string> heard_of(Bench& bench, const std::string& symbol) {
    std::vector<std::string> bodies;
    for (std::uint8_t n = 1; n <= bench.epochs_made; ++n) {
        EpochId epoch{};
        epoch[15] = n;
        for (const std::string& body : bench.heard.of(epoch_text(epoch))) {
            if (body.find("\"symbol\":\"" + symbol + "\"") != std::string::npos) {
                bodies.push_back(body);
            }
        }
    }
    return bodies;
}

/// Each symbol's trace over the whole journal tells the events that were heard, and closes.
inline void expect_traces_are_heard(Bench& bench) {
    std::size_t events = 0;
    for (const SymbolText& text : bench.feed().tape.new_symbols) {
        const std::string symbol(text.view());
        const auto trace = trace_journal(bench, whole(symbol));
        ASSERT_NE(trace, nullptr);
        ASSERT_NE(trace->tracer(), nullptr) << symbol;
        EXPECT_EQ(trace->tracer()->check(), "") << symbol;
        const auto heard = heard_of(bench, symbol);
        EXPECT_EQ(sorted(bodies_of(*trace->tracer())), sorted(heard)) << symbol;
        events += heard.size();
    }
    EXPECT_GT(events, 0U);
}

}  // namespace tickstock::testing
