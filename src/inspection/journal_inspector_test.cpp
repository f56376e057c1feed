// Questions from other threads: each is answered once, in time, and refused when too many wait.

#include "inspection/journal_inspector.hpp"

#include <fmt/ranges.h>
#include <gtest/gtest.h>

#include <future>

#include "inspection/test_journals.hpp"

namespace tickstock {
namespace {

using namespace std::chrono_literals;
using testing::Bench;
using testing::live_to;
using testing::lively_tape;

Result<std::string> wait_for(std::future<Result<std::string>> answer) {
    if (answer.wait_for(30s) != std::future_status::ready) {
        return Error{"no answer came"};
    }
    return answer.get();
}

template <class Request>
std::future<Result<std::string>> ask(Inspector& inspector, Request request) {
    auto promise = std::make_shared<std::promise<Result<std::string>>>();
    auto future = promise->get_future();
    const auto done = [promise](Result<std::string> answer) {
        promise->set_value(std::move(answer));
    };
    bool is_asked = false;
    if constexpr (std::is_same_v<Request, CandleRequest>) {
        is_asked = inspector.candles(std::move(request), done);
    } else {
        is_asked = inspector.trace(std::move(request), done);
    }
    EXPECT_TRUE(is_asked);
    return future;
}

TEST(JournalInspector, AnswersBothQuestions) {
    Bench bench(lively_tape(301, 900, 4));
    bench.open();
    live_to(bench, 900);
    const SystemClock clock;
    const auto inspector = JournalInspector::start(bench.disk, bench.config, clock).value();
    const auto candles = wait_for(ask(*inspector, CandleRequest{"YSYM", 60, 0, 390}));
    ASSERT_TRUE(candles.ok()) << candles.error().message;
    EXPECT_NE(candles->find("\"o\":"), std::string::npos);
    const auto trace = wait_for(ask(*inspector, TraceRequest{"YSYM", 20, 0, 0}));
    ASSERT_TRUE(trace.ok()) << trace.error().message;
    EXPECT_NE(trace->find("\"stage\":\"intake\""), std::string::npos);
    EXPECT_NE(trace->find("\"closes\":true"), std::string::npos);
    const auto none = wait_for(ask(*inspector, TraceRequest{"NOPE", 20, 0, 0}));
    ASSERT_TRUE(none.ok());
    EXPECT_NE(none->find("\"records\":[]"), std::string::npos);
    EXPECT_EQ(inspector->counts().answered, 3U);
}

TEST(JournalInspector, ManyAtOnceAreAllAnsweredOrRefused) {
    Bench bench(lively_tape(302, 900, 6));
    bench.open();
    live_to(bench, 900);
    const SystemClock clock;
    JournalInspector::Options options;
    options.queue = 8;
    options.slice = 50;
    const auto inspector =
        JournalInspector::start(bench.disk, bench.config, clock, options).value();
    std::atomic<unsigned> answered{0};
    unsigned refused = 0;
    for (unsigned i = 0; i < 40; ++i) {
        const std::string symbol(bench.feed().tape.new_symbols[i % 6].view());
        const auto done = [&](const Result<std::string>& answer) {
            EXPECT_TRUE(answer.ok());
            ++answered;
        };
        const bool is_asked = i % 3 == 0 ? inspector->trace({symbol, 10, 0, 0}, done)
                                         : inspector->candles({symbol, 60, 0, 10}, done);
        refused += is_asked ? 0U : 1U;
    }
    for (int i = 0; i < 3'000 && answered + refused < 40; ++i) {
        std::this_thread::sleep_for(10ms);
    }
    EXPECT_EQ(answered + refused, 40U);
    EXPECT_EQ(inspector->counts().refused, refused);
}

TEST(JournalInspector, WithoutAJournalNamesNoFiles) {
    MemoryDisk disk;
    const SystemClock clock;
    Config config;
    config.data.directory = "some_folder";
    const auto inspector = JournalInspector::start(disk, config, clock).value();
    for (const auto& answer : {wait_for(ask(*inspector, CandleRequest{"A", 60, 0, 390})),
                               wait_for(ask(*inspector, TraceRequest{"A", 10, 0, 0}))}) {
        ASSERT_FALSE(answer.ok());
        EXPECT_EQ(answer.error().message.find("some_folder"), std::string::npos);
    }
    EXPECT_EQ(inspector->counts().failed, 2U);
}

TEST(JournalInspector, EndsWithQuestionsWaiting) {
    Bench bench(lively_tape(303, 900, 4));
    bench.open();
    live_to(bench, 900);
    const SystemClock clock;
    JournalInspector::Options options;
    options.slice = 1;
    const auto inspector =
        JournalInspector::start(bench.disk, bench.config, clock, options).value();
    for (int i = 0; i < 10; ++i) {
        inspector->candles({"YSYM", 60, 0, 390}, [](const Result<std::string>&) {});
    }
}

}  // namespace
}  // namespace tickstock
