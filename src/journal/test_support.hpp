#pragma once

// Segments made and read for the journal's tests.

#include <gtest/gtest.h>

#include <algorithm>
#include <array>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <string>
#include <utility>
#include <variant>
#include <vector>

#include "journal/segment_reader.hpp"
#include "journal/segment_writer.hpp"
#include "model/decision.hpp"

namespace tickstock {

inline constexpr UnixNanos base_time =
    unix_nanos(1'381'152'600'000'000'000);  // 2013-10-07 09:30 ET

class TemporaryFolder {
public:
    TemporaryFolder() {
        std::string pattern = (std::filesystem::temp_directory_path() / "journal-XXXXXX").string();
        path_ = ::mkdtemp(pattern.data());
    }
    ~TemporaryFolder() { std::filesystem::remove_all(path_); }
    TemporaryFolder(const TemporaryFolder&) = delete;
    TemporaryFolder& operator=(const TemporaryFolder&) = delete;

    std::string file(const std::string& name) const { return path_ / name; }

private:
    std::filesystem::path path_;
};

inline std::string bytes_of(const std::string& path) {
    std::ifstream in(path, std::ios::binary);
    return {std::istreambuf_iterator<char>(in), std::istreambuf_iterator<char>()};
}

/// Hands the bytes out in pieces of at most `piece`.
inline ReadBytes from_memory(std::string bytes, std::size_t piece = std::string::npos) {
    return [bytes = std::move(bytes), piece,
            at = std::size_t{0}](std::span<char> into) mutable -> Result<std::size_t> {
        const std::size_t count = std::min({into.size(), piece, bytes.size() - at});
        std::copy_n(bytes.data() + at, count, into.data());
        at += count;
        return count;
    };
}

inline RecordHeader header_at(std::uint64_t sequence, SymbolId symbol) {
    RecordHeader header;
    header.symbol = symbol;
    header.sequence = Sequence{sequence};
    header.ts_event = base_time + Nanos{static_cast<std::int64_t>(sequence)};
    header.ts_recv = header.ts_event + std::chrono::milliseconds(3);
    header.clock = header.ts_recv;
    return header;
}

inline Trade trade_at(std::uint64_t sequence, SymbolId symbol) {
    Trade trade;
    trade.header = header_at(sequence, symbol);
    trade.price = Price::from_cents(18'250 + static_cast<std::int64_t>(sequence % 7));
    trade.size = Size::from_shares(100);
    trade.exchange = 4;
    trade.tape = 1;
    trade.conditions.add(37);
    trade.id = TradeId("52983525029461");
    return trade;
}

inline Record record_at(std::uint64_t sequence, SymbolId symbol) {
    const RecordHeader header = header_at(sequence, symbol);
    switch (sequence % 9) {
        case 1: {
            Quote quote;
            quote.header = header;
            quote.bid = Price::from_cents(18'249);
            quote.ask = Price::from_cents(18'251);
            quote.bid_size = Size::from_shares(3);
            return quote;
        }
        case 3: {
            Bar bar;
            bar.header = header;
            bar.open = bar.high = bar.low = bar.close = Price::from_cents(18'250);
            bar.volume = Size::from_shares(1'000);
            bar.has_percent_change = true;
            bar.percent_change_micro = -250'000;
            return bar;
        }
        case 5: {
            FairValue value;
            value.header = header;
            value.value = Price::from_cents(18'300);
            value.confidence = 0.75;
            return value;
        }
        case 6: {
            TradingStatus status;
            status.header = header;
            status.action = TradingStatus::Action::Halt;
            status.reason = {'T', '1'};
            return status;
        }
        case 7: {
            Record tick = Record::clock_tick(header.clock);
            tick.header().sequence = header.sequence;
            tick.header().clock = header.clock;
            return tick;
        }
        default: return trade_at(sequence, symbol);
    }
}

/// One of each action, by `number`.
inline DecisionAction action_number(std::size_t number, Sequence sequence, SymbolId symbol) {
    switch (number % std::variant_size_v<DecisionAction>) {
        case 0:
            return BeginEpoch{{1, 2, 3, 255}, BeginEpoch::State::Warm, sequence, "gap", "a.csv"};
        case 1: return ChannelChange{ChannelType::Fmv, ChannelStatus::Paused, "full"};
        case 2: return CircuitChange{"tick/0", CircuitState::HalfOpen, "errors"};
        case 3: {
            SkipRecords skip;
            skip.channel = ChannelType::Ohlcv;
            for (std::uint64_t skipped = 1; skipped < std::min<std::uint64_t>(sequence.value(), 5);
                 ++skipped) {
                skip.sequences.push_back(Sequence{skipped});
            }
            return skip;
        }
        case 4: return PlaceSymbols{{{symbol, std::uint16_t{3}}}};
        case 5: return ShedChange{4};
        case 6:
            return UniverseChange{"tech", {SymbolText("AAPL"), SymbolText("MSFT")}, true, false};
        case 7: return ManualHalt{symbol, true, "by hand"};
        case 8: return RuleSwitch{"big", false, "noisy"};
        case 9: return ConfigurationChange{77, std::string(700, 'c')};
        case 10: return SourceGap{SourceId{2}, true, base_time, base_time + Nanos{5}, "reconnect"};
        case 11: return WallStep{Nanos{-3'600'000'000'000}};
        case 12: return EngineStart{true, 3};
        case 13: return PushedBy{SourceId{1}, "ann/feed"};
        case 15: {
            RolloutChange change;
            change.cause = RolloutChange::Cause::Advance;
            change.flags.integration_layer_enabled = true;
            change.flags.parallel_processing_enabled = true;
            change.flags.rollout_buckets = 150;
            change.flags.rollout_tickers = {SymbolText("AAPL"), SymbolText("MSFT")};
            change.flags.excluded_tickers = {SymbolText("TSLA")};
            change.selection = {{9'000, 1, 0}, {SymbolText("LOW")}, {SymbolText("MED")}, {}};
            change.selection.kept = {SymbolText("OLD")};
            change.phase = 2;
            change.phase_since = base_time;
            change.incident = "20240305-1";
            change.forgives = true;
            change.reason = "all criteria are met";
            return change;
        }
        case 16:
            return PathFallback{{{symbol, sequence, FallbackCause::Timeout},
                                 {symbol, Sequence{1}, FallbackCause::Difference}}};
        default: {
            SessionRestore session;
            session.symbol = symbol;
            session.last = base_time;
            session.open = Price::from_cents(1'000);
            session.high = Price::from_cents(1'010);
            session.low = Price::from_cents(990);
            session.high_ts = base_time - Nanos{7};
            session.low_ts = base_time - Nanos{9};
            session.highs = 3;
            session.lows = 4;
            session.trends_up = 5;
            session.trends_down = 6;
            return RestoreSessions{{session, session}, "sqlite"};
        }
    }
}

inline Decision decision_at(std::uint64_t sequence, DecisionAction action) {
    Decision decision;
    decision.sequence = Sequence{sequence};
    decision.clock = base_time + Nanos{static_cast<std::int64_t>(sequence)};
    decision.wall = decision.clock + std::chrono::seconds(1);
    decision.by = "operator";
    decision.action = std::move(action);
    return decision;
}

/// Sequence n of a made-up journal: records of every kind on a few symbols, at every tenth place a
/// decision.
template <class Writer>
void append_mixed(Writer& writer, SymbolTable& symbols, std::uint64_t sequence) {
    const SymbolId symbol = *symbols.intern("SYM" + std::to_string(sequence * 7 % 23));
    if (sequence % 10 == 0) {
        writer.append(
            decision_at(sequence, action_number(sequence / 10, Sequence{sequence}, symbol)),
            symbols);
    } else {
        writer.append(record_at(sequence, symbol), symbols);
    }
}

struct Segment {
    std::string bytes;
    std::vector<std::uint64_t> frame_offsets;  // the close frame's too
    std::vector<std::uint64_t> record_ends;    // records known once the bytes reach here
};

inline Segment segment_of(int records, bool closed) {
    const TemporaryFolder folder;
    const std::string path = folder.file("a.tsj");
    SymbolTable symbols;
    const std::array ids{*symbols.intern("IBM"), *symbols.intern("SPY")};
    auto writer = SegmentWriter::create(path, {}).value();
    Segment segment;
    for (int i = 0; i < records; ++i) {
        const auto sequence = static_cast<std::uint64_t>(i) + 1;
        EXPECT_TRUE(
            writer->append(trade_at(sequence, ids[static_cast<std::size_t>(i) % 2]), symbols));
        segment.record_ends.push_back(writer->size());
    }
    EXPECT_TRUE(closed ? writer->close() : writer->flush());
    segment.bytes = bytes_of(path);
    auto frames = FrameReader::open(from_memory(segment.bytes), "a.tsj").value();
    Frame frame;
    while (frames.next(frame)) {
        segment.frame_offsets.push_back(frame.offset);
    }
    if (closed) {
        segment.frame_offsets.push_back(segment.bytes.size() - frame_head_size);
    }
    return segment;
}

struct Outcome {
    bool opened = false;
    std::string failure;
    std::size_t records = 0;
    StageCounts counts;
    SegmentTail tail;
};

inline Outcome read_all(const std::string& bytes, std::size_t piece = std::string::npos) {
    Outcome outcome;
    auto reader = SegmentReader::open(from_memory(bytes, piece), "a.tsj", SourceId{0});
    if (!reader) {
        outcome.failure = reader.error().message;
        return outcome;
    }
    outcome.opened = true;
    RecordBatch batch;
    while ((*reader)->read(batch)) {
        for (const Record& record : batch.records) {
            EXPECT_EQ(record.header().sequence, Sequence{++outcome.records});
        }
    }
    outcome.failure = (*reader)->failure().value_or(Error{}).message;
    outcome.counts = (*reader)->counts();
    outcome.tail = (*reader)->tail();
    return outcome;
}

}  // namespace tickstock
