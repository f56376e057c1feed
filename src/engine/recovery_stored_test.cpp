// Published events are in a file before anything else says that they are.

#include <gtest/gtest.h>

#include "engine/test_runtime.hpp"
#include "publishing/stored_stream.hpp"

namespace tickstock {
namespace {

using namespace std::chrono_literals;
using testing::Bench;
using testing::rising_tape;

TEST(RecoveryStored, WhatAStartTellsAgainIsStoredThoughNothingFollows) {
    Bench bench(rising_tape(60), 1);
    bench.feed().ends = false;
    bench.feed().due = 25;
    bench.open();
    bench.settle();
    bench.publisher_stalls = true;  // journaled, not published yet
    bench.feed().due = 30;
    bench.run(200);
    bench.kill();
    bench.publisher_stalls = false;
    bench.open();
    EXPECT_EQ(bench.runtime->recovery().events_published, 5U);
    const StreamRange before = bench.stream->range();
    bench.pass(70s, 1s);  // a quiet market, a snapshot
    EXPECT_GE(bench.status().control.snapshot.count, 1U);
    bench.kill();
    bench.open();
    EXPECT_EQ(bench.stream->range().first, before.first);
    EXPECT_EQ(bench.stream->range().last, before.last);
}

TEST(RecoveryStored, OnAFullDiskTheyAreStoredWhenItHasRoom) {
    Bench bench(rising_tape(60), 1);
    bench.feed().ends = false;
    bench.feed().due = 25;
    bench.open();
    bench.settle();
    bench.publisher_stalls = true;
    bench.feed().due = 30;
    bench.run(200);
    bench.kill();
    bench.publisher_stalls = false;
    bench.disk.set_capacity(bench.disk.bytes_used());
    if (!bench.try_open().empty()) {
        GTEST_SKIP() << "the journal found no room either";
    }
    bench.run(20);
    bench.disk.set_capacity(std::uint64_t{1} << 40);
    bench.pass(3s);
    const StreamRange range = bench.stream->range();
    EXPECT_GE(range.last, Offset{29});  // and what the gap tells
    bench.kill();
    StoredStreamOptions options;
    options.directory = bench.config.data.directory + "/stream";
    auto stored = StoredStream::open(bench.disk, options);
    ASSERT_TRUE(stored.ok());
    EXPECT_EQ((*stored)->range((*stored)->found().epoch).last, range.last);
}

}  // namespace
}  // namespace tickstock
