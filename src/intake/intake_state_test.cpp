// The state of intake to bytes and back: restarts, other numbers of shards, moved symbols; and
// halts that a person announces.

#include <gtest/gtest.h>
#include <rapidcheck/gtest.h>

#include <algorithm>
#include <memory>
#include <random>
#include <string>
#include <vector>

#include "base/state_archive.hpp"
#include "intake/intake.hpp"

namespace tickstock {
namespace {

using std::chrono::hours;
using std::chrono::minutes;
using std::chrono::seconds;

const UnixNanos tuesday = from_unix_second(1'719'892'800);  // 2024-07-02, midnight in New York
constexpr std::size_t symbols = 3;

template <class T>
std::string bytes_of(const T& value) {
    StateWriter out;
    out(value);
    return out.take();
}

std::string symbol_bytes(const Intake& intake, SymbolId symbol) {
    StateWriter out;
    intake.save_symbol(symbol, out);
    return out.take();
}

std::string totals_bytes(const Intake& intake) {
    StateWriter out;
    intake.save_totals(out);
    return out.take();
}

SymbolId symbol_at(std::size_t place) {
    return SymbolId{static_cast<std::uint32_t>(place)};
}

/// Few prices, some of them absurd; conditions that are unknown, of odd lots, of reopenings.
Trade arbitrary_trade(std::uint32_t bits) {
    constexpr std::int64_t cents[] = {1000, 1001, 1003, 990, 1400, 1402, 300, 301};
    constexpr unsigned codes[] = {0, 37, 12, 28, 99, 200};
    Trade trade;
    trade.price = Price::from_cents(cents[bits % 8]);
    trade.size = Size::from_shares(bits % 5 * 100);
    trade.id = TradeId("t" + std::to_string(bits % 100));
    trade.exchange = 11;
    trade.correction = bits / 8 % 9 == 0 ? Trade::correction_cancel : std::uint8_t{0};
    if (bits / 72 % 2 == 0) {
        trade.conditions.add(codes[bits / 144 % 6]);
        trade.conditions.add(codes[bits / 864 % 6]);
    }
    return trade;
}

Record arbitrary_record(std::uint32_t bits) {
    const std::uint32_t more = bits / 8;
    switch (bits % 8) {
        case 4: {
            Quote quote;
            quote.bid = Price::from_cents(more % 2 == 0 ? 0 : 995);
            quote.ask = Price::from_cents(1000 + more % 7);
            return quote;
        }
        case 5: {
            TradingStatus status;
            status.action = static_cast<TradingStatus::Action>(more % 4);
            status.band_upper = Price::from_cents(more / 4 % 3 == 0 ? 1003 : 0);
            status.band_lower = Price::from_cents(more / 4 % 3 == 0 ? 990 : 0);
            return status;
        }
        case 6: {
            Bar bar;
            bar.timeframe = static_cast<Timeframe>(more % 7);
            bar.low = Price::from_cents(990 + more / 7 % 12);
            bar.high = bar.low + Price::from_cents(5);
            return bar;
        }
        case 7: {
            FairValue value;
            value.value = Price::from_cents(1000);
            value.market_price = Price::from_cents(more % 3 == 0 ? 999 : 0);
            return value;
        }
        default: return arbitrary_trade(more);
    }
}

/// Two days of three symbols. Times go on by little, by hours, and sometimes back.
std::vector<Record> arbitrary_records() {
    const auto steps = *rc::gen::container<std::vector<std::uint64_t>>(
        *rc::gen::inRange<std::size_t>(0, 300), rc::gen::arbitrary<std::uint64_t>());
    UnixNanos now = tuesday + hours(3) + minutes(55);
    std::vector<Record> records;
    for (const std::uint64_t bits : steps) {
        const auto time = static_cast<unsigned>(bits >> 56);
        now += time < 16 ? Nanos(hours(4)) : Nanos(seconds(time % 40));
        Record record = arbitrary_record(static_cast<std::uint32_t>(bits >> 16));
        RecordHeader& header = record.header();
        header.symbol = symbol_at(bits % symbols);
        header.source_kind = static_cast<SourceKind>(bits / 3 % 5);
        header.ts_event = now - (bits / 15 % 6 == 0 ? Nanos(hours(5)) : Nanos(0));
        header.sequence = Sequence{records.size() + 1};
        records.push_back(record);
    }
    return records;
}

class Parts {
public:
    Parts(std::size_t count, std::size_t quarantine_list) : homes_(symbols) {
        settings_.quarantine_list = quarantine_list;
        build(count);
    }

    /// All that is found out about the record, as bytes.
    std::string accept(const Record& record) {
        Intake& intake = *parts_[homes_[record.header().symbol.value()]];
        IntakeNote note;
        const bool accepted = intake.accept(record, note);
        RC_ASSERT(intake.counts().closes());
        StateWriter out;
        out(accepted, note);
        if (record.kind() == RecordKind::FairValue) {
            out(intake.reference_for(record.fair_value()));
        }
        return out.take();
    }

    void restart(std::size_t count, std::size_t shift) {
        std::vector<std::string> states;
        for (std::size_t place = 0; place < symbols; ++place) {
            states.push_back(state_at(place));
        }
        std::vector<std::string> totals;
        for (const auto& part : parts_) {
            totals.push_back(totals_bytes(*part));
        }
        build(count);
        for (std::size_t i = 0; i < totals.size(); ++i) {
            add_totals(*parts_[(i + shift) % count], totals[i]);
        }
        for (std::size_t place = 0; place < symbols; ++place) {
            load(place, (place + shift) % count, states[place]);
        }
    }
    void move(std::size_t place, std::size_t to) {
        const std::string state = state_at(place);
        parts_[homes_[place]]->forget_symbol(symbol_at(place));
        load(place, to % parts_.size(), state);
    }

    std::string state_at(std::size_t place) const {
        return symbol_bytes(*parts_[homes_[place]], symbol_at(place));
    }
    /// All parts' totals in one.
    std::string totals() const {
        Intake sum(settings_, calendar_, ConditionTable{});
        for (const auto& part : parts_) {
            add_totals(sum, totals_bytes(*part));
        }
        return totals_bytes(sum);
    }
    std::uint64_t halted_symbols() const {
        std::uint64_t sum = 0;
        for (const auto& part : parts_) {
            sum += part->halted_symbols();
        }
        return sum;
    }
    /// Of all parts, in the order of their sequences.
    std::string quarantine() const {
        std::vector<QuarantinedTrade> all;
        for (const auto& part : parts_) {
            const auto& trades = part->quarantine().trades();
            RC_ASSERT(std::is_sorted(trades.begin(), trades.end(), comes_before));
            all.insert(all.end(), trades.begin(), trades.end());
        }
        std::sort(all.begin(), all.end(), comes_before);
        return bytes_of(all);
    }

private:
    static bool comes_before(const QuarantinedTrade& a, const QuarantinedTrade& b) {
        return a.sequence < b.sequence;
    }
    void build(std::size_t count) {
        parts_.clear();
        for (std::size_t i = 0; i < count; ++i) {
            parts_.push_back(std::make_unique<Intake>(settings_, calendar_, ConditionTable{}));
        }
    }
    void load(std::size_t place, std::size_t part, const std::string& state) {
        homes_[place] = part;
        StateReader in(state);
        parts_[part]->load_symbol(symbol_at(place), in);
        RC_ASSERT(in.ok() && in.at_end());
        RC_ASSERT((state_at(place) == state));
    }
    static void add_totals(Intake& intake, const std::string& totals) {
        StateReader in(totals);
        intake.add_totals(in);
        RC_ASSERT(in.ok() && in.at_end());
    }

    const TradingCalendar calendar_;
    IntakeSettings settings_;
    std::vector<std::size_t> homes_;
    std::vector<std::unique_ptr<Intake>> parts_;
};

void expect_equal(const Parts& a, const Parts& b) {
    for (std::size_t place = 0; place < symbols; ++place) {
        RC_ASSERT((a.state_at(place) == b.state_at(place)));
    }
    RC_ASSERT((a.totals() == b.totals()));
    RC_ASSERT(a.halted_symbols() == b.halted_symbols());
    RC_ASSERT((a.quarantine() == b.quarantine()));
}

RC_GTEST_PROP(IntakeState, RestartsLeaveNoTrace, ()) {
    constexpr std::size_t small_list = 4;
    std::mt19937 random(*rc::gen::arbitrary<std::uint32_t>());
    Parts plain(1, small_list);
    Parts restarted(1, small_list);
    for (const Record& record : arbitrary_records()) {
        RC_ASSERT((plain.accept(record) == restarted.accept(record)));
        if (random() % 10 == 0) {
            restarted.restart(1, 0);
        }
    }
    expect_equal(plain, restarted);
}

RC_GTEST_PROP(IntakeState, ShardsMayChangeAndSymbolsMayMove, ()) {
    std::mt19937 random(*rc::gen::arbitrary<std::uint32_t>());
    Parts plain(1, 1000);
    Parts moved(2, 1000);
    for (const Record& record : arbitrary_records()) {
        RC_ASSERT((plain.accept(record) == moved.accept(record)));
        const std::size_t dice = random() % 100;
        if (dice < 5) {
            moved.restart(1 + dice % 3, dice);
        } else if (dice < 30) {
            moved.move(dice % symbols, dice / 7);
        }
    }
    expect_equal(plain, moved);
}

class IntakeStateCases : public ::testing::Test {
protected:
    void quarantine_two() {
        Trade trade;
        trade.header.symbol = SymbolId(0);
        trade.header.ts_event = tuesday + hours(10);
        for (const std::int64_t cents : {1000, 2000, 2000}) {
            trade.header.sequence = Sequence{trade.header.sequence.value() + 1};
            trade.price = Price::from_cents(cents);
            trade.conditions.add(99);
            intake_.accept(trade, note_);
        }
    }
    static TradingStatus status(TradingStatus::Action action, UnixNanos at) {
        TradingStatus result;
        result.header.symbol = SymbolId(5);
        result.header.ts_event = at;
        result.action = action;
        return result;
    }

    const TradingCalendar calendar_;
    Intake intake_{IntakeSettings{}, calendar_, ConditionTable{}};
    IntakeNote note_;
};

TEST_F(IntakeStateCases, CutOffBytesAreRefusedAndLeaveNothing) {
    quarantine_two();
    const Intake empty(IntakeSettings{}, calendar_, ConditionTable{});
    const std::string state = symbol_bytes(intake_, SymbolId(0));
    for (std::size_t size = 0; size < state.size(); ++size) {
        Intake fresh(IntakeSettings{}, calendar_, ConditionTable{});
        StateReader in(std::string_view(state).substr(0, size));
        fresh.load_symbol(SymbolId(0), in);
        ASSERT_FALSE(in.ok()) << size;
        ASSERT_EQ(symbol_bytes(fresh, SymbolId(0)), symbol_bytes(empty, SymbolId(0)));
        EXPECT_TRUE(fresh.quarantine().trades().empty());
    }
    const std::string totals = totals_bytes(intake_);
    for (std::size_t size = 0; size < totals.size(); ++size) {
        Intake fresh(IntakeSettings{}, calendar_, ConditionTable{});
        StateReader in(std::string_view(totals).substr(0, size));
        fresh.add_totals(in);
        ASSERT_FALSE(in.ok()) << size;
        ASSERT_EQ(totals_bytes(fresh), totals_bytes(empty));
    }
}

TEST_F(IntakeStateCases, AForgottenSymbolTakesItsQuarantineAndItsHaltAlong) {
    quarantine_two();
    TradingStatus halt = status(TradingStatus::Action::Halt, tuesday + hours(10));
    halt.header.symbol = SymbolId(0);
    intake_.accept(halt, note_);
    const std::uint64_t version = intake_.quarantine().version();
    EXPECT_EQ(intake_.halted_symbols(), 1U);
    EXPECT_EQ(intake_.quarantine().trades().size(), 2U);
    intake_.forget_symbol(SymbolId(0));
    intake_.forget_symbol(SymbolId(9'999));
    EXPECT_EQ(intake_.halted_symbols(), 0U);
    EXPECT_TRUE(intake_.quarantine().trades().empty());
    EXPECT_GT(intake_.quarantine().version(), version) << "the list is another one";
}

TEST_F(IntakeStateCases, APersonHaltsASymbolThatIsNewOnAClosedDay) {
    const UnixNanos night = tuesday + hours(2);
    intake_.announce(status(TradingStatus::Action::Halt, night), note_);
    EXPECT_EQ(note_.halt, HaltChange::Halted);
    EXPECT_EQ(note_.session, TradingSession::Closed);
    EXPECT_FALSE(note_.enters_session);
    EXPECT_EQ(intake_.halted_symbols(), 1U);
    intake_.announce(status(TradingStatus::Action::Halt, night), note_);
    EXPECT_EQ(note_.halt, HaltChange::None) << "it has been said";
    intake_.announce(status(TradingStatus::Action::Resume, night), note_);
    EXPECT_EQ(note_.halt, HaltChange::None) << "told with the first trade";
    EXPECT_EQ(intake_.counts().in, 0U) << "a decision is no record";

    Trade trade;
    trade.header.symbol = SymbolId(5);
    trade.header.ts_event = tuesday + hours(10);
    trade.price = Price::from_cents(1000);
    ASSERT_TRUE(intake_.accept(trade, note_));
    EXPECT_EQ(note_.halt, HaltChange::Resumed);
    EXPECT_EQ(intake_.halted_symbols(), 0U);
}

TEST_F(IntakeStateCases, AnAnnouncementDoesWhatTheSameStatusOfAFeedDoes) {
    Intake by_feed(IntakeSettings{}, calendar_, ConditionTable{});
    for (const auto action :
         {TradingStatus::Action::Resume, TradingStatus::Action::Halt, TradingStatus::Action::Halt,
          TradingStatus::Action::Resume, TradingStatus::Action::Pause}) {
        const TradingStatus said = status(action, tuesday + hours(10));
        IntakeNote note;
        ASSERT_TRUE(by_feed.accept(said, note));
        intake_.announce(said, note_);
        EXPECT_EQ(bytes_of(note), bytes_of(note_));
        EXPECT_EQ(symbol_bytes(by_feed, SymbolId(5)), symbol_bytes(intake_, SymbolId(5)));
    }
}

}  // namespace
}  // namespace tickstock
