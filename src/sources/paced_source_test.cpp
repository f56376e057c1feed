#include "sources/paced_source.hpp"

#include <gtest/gtest.h>
#include <rapidcheck.h>

#include <algorithm>
#include <vector>

namespace tickstock {
namespace {

using PaceStatus = PacedSource::Status;
constexpr std::int64_t second = 1'000'000'000;
constexpr std::int64_t day = 1'700'000'000 * second;

/// Hands over trades at given seconds, a few a batch.
class MadeUpReader final : public RecordReader {
public:
    MadeUpReader(std::vector<double> seconds, std::size_t batch_size, bool reads_ahead = false)
        : seconds_(std::move(seconds)), batch_size_(batch_size), reads_ahead_(reads_ahead) {}

    bool read(RecordBatch& batch) override {
        batch.clear();
        if (at_ == 0 && !seconds_.empty()) {
            batch.new_symbols.emplace_back("A");
        }
        while (at_ < seconds_.size() && batch.records.size() < batch_size_) {
            Trade trade{};
            trade.header.symbol = SymbolId{0};
            trade.header.ts_event =
                unix_nanos(day + static_cast<std::int64_t>(seconds_[at_] * 1e9));
            batch.records.emplace_back(trade);
            ++at_;
        }
        return !batch.records.empty();
    }
    StageCounts counts() const override {
        StageCounts counts;
        counts.in = counts.out = at_;
        if (reads_ahead_ && at_ > 0) {  // as a file that has to be put in order
            counts.in = seconds_.size();
            counts.held = seconds_.size() - at_;
        }
        return counts;
    }

private:
    std::vector<double> seconds_;
    std::size_t batch_size_;
    bool reads_ahead_;
    std::size_t at_ = 0;
};

PacedSource::Open opens(std::vector<double> seconds, std::size_t batch_size = 2) {
    return [=] { return std::make_unique<MadeUpReader>(seconds, batch_size); };
}

UnixNanos at(double seconds) {
    return unix_nanos(day + static_cast<std::int64_t>(seconds * 1e9));
}

TEST(PacedSource, GoesOnBehindAnyPositionWithTheSymbolsThatItPassed) {
    const std::vector<double> seconds{0, 1, 2, 3, 4, 5};
    for (std::size_t batch_size = 1; batch_size <= 4; ++batch_size) {
        for (std::size_t position = 0; position <= seconds.size(); ++position) {
            SCOPED_TRACE(::testing::Message() << position << " in batches of " << batch_size);
            PacedSource source(opens(seconds, batch_size), {0, false, std::nullopt});
            source.resume(1, position);
            RecordBatch batch;
            std::vector<UnixNanos> rest;
            std::size_t symbols = 0;
            while (source.poll(Nanos(1), batch).status == PaceStatus::Records) {
                symbols += batch.new_symbols.size();
                EXPECT_EQ(symbols, 1U) << "a record before its symbol";
                for (const Record& record : batch.records) {
                    rest.push_back(record.header().ts_event);
                }
            }
            std::vector<UnixNanos> expected;
            for (std::size_t i = position; i < seconds.size(); ++i) {
                expected.push_back(at(seconds[i]));
            }
            EXPECT_EQ(rest, expected);
            EXPECT_EQ(source.counts().out, expected.size());
            EXPECT_TRUE(source.counts().closes());
        }
    }
}

TEST(PacedSource, WhatAReaderHasReadAheadOfTheGoingOnIsCounted) {
    const auto open = [] {
        return std::make_unique<MadeUpReader>(std::vector<double>{0, 1, 2, 3, 4, 5}, 2, true);
    };
    PacedSource source(open, {0, false, std::nullopt});
    source.resume(1, 3);
    EXPECT_EQ(source.counts().held, 3U);
    RecordBatch batch;
    do {
        EXPECT_TRUE(source.counts().closes()) << source.counts().in;
    } while (source.poll(Nanos(1), batch).status == PaceStatus::Records);
    EXPECT_EQ(source.counts().in, 3U);
    EXPECT_TRUE(source.counts().closes());
}

TEST(PacedSource, ARecordComesWhenItsTimeHasPassed) {
    PacedSource source(opens({0, 1, 3}), {});
    RecordBatch batch;
    const Nanos start(5000 * second);
    PacedSource::Poll poll = source.poll(start, batch);
    EXPECT_EQ(poll.status, PaceStatus::Records);
    ASSERT_EQ(batch.records.size(), 1U);
    ASSERT_EQ(batch.new_symbols.size(), 1U);
    EXPECT_EQ(poll.market_clock, at(0));
    EXPECT_EQ(source.counts().held, 1U);  // two are read, one is due
    EXPECT_TRUE(source.counts().closes());

    poll = source.poll(start + Nanos(second / 2), batch);
    EXPECT_EQ(poll.status, PaceStatus::Wait);
    EXPECT_TRUE(batch.records.empty());
    EXPECT_EQ(poll.market_clock, at(0.5));
    EXPECT_GE(poll.wait_until, start + Nanos(second));
    EXPECT_LE(poll.wait_until, start + Nanos(second) + Nanos(1000));

    poll = source.poll(poll.wait_until, batch);
    EXPECT_EQ(poll.status, PaceStatus::Records);
    ASSERT_EQ(batch.records.size(), 1U);
    EXPECT_TRUE(batch.new_symbols.empty());
    EXPECT_EQ(poll.market_clock, at(1));

    // A late call finds the record due, and the clock is the record's, not the call's.
    poll = source.poll(start + Nanos(10 * second), batch);
    EXPECT_EQ(poll.status, PaceStatus::Records);
    EXPECT_EQ(poll.market_clock, at(3));
    EXPECT_EQ(source.poll(start + Nanos(10 * second), batch).status, PaceStatus::End);
    EXPECT_EQ(source.poll(start + Nanos(11 * second), batch).status, PaceStatus::End);
    EXPECT_EQ(source.counts().out, 3U);
}

TEST(PacedSource, SpeedDividesTheWait) {
    PacedSource source(opens({0, 60}), {.speed = 60, .loop = false, .pace_from = {}});
    RecordBatch batch;
    EXPECT_EQ(source.poll(Nanos(0), batch).status, PaceStatus::Records);
    const PacedSource::Poll poll = source.poll(Nanos(second / 2), batch);
    EXPECT_EQ(poll.status, PaceStatus::Wait);
    EXPECT_EQ(poll.market_clock, at(30));
    EXPECT_NEAR(static_cast<double>(poll.wait_until.count()), 1e9, 10);
    EXPECT_EQ(source.poll(poll.wait_until, batch).status, PaceStatus::Records);
}

TEST(PacedSource, SpeedZeroNeverWaits) {
    PacedSource source(opens({0, 60, 7000}), {.speed = 0, .loop = false, .pace_from = {}});
    RecordBatch batch;
    EXPECT_EQ(source.poll(Nanos(0), batch).status, PaceStatus::Records);
    EXPECT_EQ(batch.records.size(), 2U);
    const PacedSource::Poll poll = source.poll(Nanos(0), batch);
    EXPECT_EQ(poll.status, PaceStatus::Records);
    EXPECT_EQ(poll.market_clock, at(7000));
    EXPECT_EQ(source.poll(Nanos(0), batch).status, PaceStatus::End);
}

TEST(PacedSource, WarmsUpAtFullSpeedAndPacesFromTheGivenTime) {
    PacedSource source(opens({0, 50, 99, 101}, 4),
                       {.speed = 1, .loop = false, .pace_from = at(100)});
    RecordBatch batch;
    PacedSource::Poll poll = source.poll(Nanos(0), batch);
    EXPECT_EQ(poll.status, PaceStatus::Records);
    EXPECT_TRUE(poll.warming_up);
    EXPECT_EQ(batch.records.size(), 3U);
    EXPECT_EQ(poll.market_clock, at(99));
    poll = source.poll(Nanos(7), batch);
    EXPECT_EQ(poll.status, PaceStatus::Wait);
    EXPECT_FALSE(poll.warming_up);
    EXPECT_EQ(poll.market_clock, at(100));
    EXPECT_NEAR(static_cast<double>(poll.wait_until.count()), 1e9 + 7, 10);
}

TEST(PacedSource, ALoopAnnouncesItselfAndPacesAnew) {
    PacedSource source(opens({0, 10}), {.speed = 1, .loop = true, .pace_from = {}});
    RecordBatch batch;
    Nanos now(0);
    for (int pass = 0; pass < 3; ++pass) {
        EXPECT_EQ(source.poll(now, batch).status, PaceStatus::Records);
        EXPECT_EQ(batch.new_symbols.size(), 1U);
        EXPECT_EQ(source.poll(now, batch).status, PaceStatus::Wait);
        now += Nanos(11 * second);
        EXPECT_EQ(source.poll(now, batch).status, PaceStatus::Records);
        EXPECT_EQ(source.poll(now, batch).status, PaceStatus::Restarted);
        EXPECT_TRUE(batch.records.empty());
        EXPECT_TRUE(source.counts().closes());
    }
    EXPECT_EQ(source.counts().out, 6U);
    EXPECT_EQ(source.passes(), 3U);
}

TEST(PacedSource, AnEmptyOrMissingInputEndsEvenWhenLooped) {
    RecordBatch batch;
    PacedSource empty(opens({}), {.speed = 1, .loop = true, .pace_from = {}});
    EXPECT_EQ(empty.poll(Nanos(0), batch).status, PaceStatus::End);
    PacedSource missing([] { return nullptr; }, {.speed = 1, .loop = true, .pace_from = {}});
    EXPECT_EQ(missing.poll(Nanos(0), batch).status, PaceStatus::End);
}

TEST(PacedSource, LocalDisorderNeitherStopsItNorTurnsTheClockBack) {
    PacedSource source(opens({5, 4.9, 5.1}, 8), {});
    RecordBatch batch;
    PacedSource::Poll poll = source.poll(Nanos(0), batch);
    EXPECT_EQ(batch.records.size(), 2U);
    EXPECT_EQ(poll.market_clock, at(5));
    poll = source.poll(Nanos(second / 20), batch);
    EXPECT_EQ(poll.status, PaceStatus::Wait);
    EXPECT_EQ(poll.market_clock, at(5.05));
}

// Whatever the calls' times: every record once, in order, never early, and the clock never passes
// the next record nor goes back.
TEST(PacedSource, KeepsItsPromisesForAnyCalls) {
    rc::check([] {
        auto steps = *rc::gen::container<std::vector<int>>(rc::gen::inRange(0, 3000));
        std::vector<double> seconds;
        double time = 0;
        for (const int step : steps) {
            seconds.push_back(time += step / 1000.0);
        }
        const double speed = *rc::gen::inRange(1, 50) / 10.0;
        const auto batch_size = *rc::gen::inRange<std::size_t>(1, 6);
        PacedSource source(opens(seconds, batch_size),
                           {.speed = speed, .loop = false, .pace_from = {}});
        Nanos now(*rc::gen::inRange(0, 1'000'000));
        const Nanos start = now;
        std::size_t done = 0;
        UnixNanos clock = time_unknown;
        RecordBatch batch;
        for (;;) {
            const PacedSource::Poll poll = source.poll(now, batch);
            RC_ASSERT(source.counts().closes());
            if (poll.status == PaceStatus::End) {
                break;
            }
            RC_ASSERT(poll.market_clock >= clock);
            clock = poll.market_clock;
            for (const Record& record : batch.records) {
                RC_ASSERT(record.header().ts_event == at(seconds[done]));
                const double elapsed = static_cast<double>((now - start).count()) / 1e9 * speed;
                RC_ASSERT(seconds[done] - seconds[0] <= elapsed + 1e-6);
                ++done;
            }
            // RC_ASSERT evaluates both sides of an ||.
            const bool behind_next = done == seconds.size() || clock <= at(seconds[done]);
            RC_ASSERT(behind_next);
            if (poll.status == PaceStatus::Wait) {
                RC_ASSERT(poll.wait_until > now);
                now = *rc::gen::element(poll.wait_until, now + Nanos(1000), now + Nanos(second));
            }
        }
        RC_ASSERT(done == seconds.size());
    });
}

}  // namespace
}  // namespace tickstock
