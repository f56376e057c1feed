#pragma once

#include <algorithm>
#include <array>
#include <cstddef>
#include <cstdint>
#include <span>
#include <string_view>
#include <type_traits>
#include <vector>

#include "base/price.hpp"
#include "base/strong.hpp"
#include "base/time.hpp"
#include "model/enums.hpp"
#include "model/symbol.hpp"

namespace tickstock {

/// First member of every record.
struct RecordHeader {
    SymbolId symbol = symbol_none;  ///< the source's own dense id until admission, global after
    SourceId source;
    RecordKind kind = RecordKind::Trade;
    SourceKind source_kind = SourceKind::Tick;
    Sequence sequence;   ///< given at admission; 0 before
    UnixNanos clock;     ///< the sequencer's clock, given at admission
    UnixNanos ts_event;  ///< the source's time of the fact (flat files: SIP time)
    UnixNanos ts_recv;   ///< when it reached us; = ts_event where nothing recorded it
    std::uint64_t source_sequence = 0;  ///< the source's own number; 0 = none
};
static_assert(sizeof(RecordHeader) == 48);

/// Up to eight sale-condition codes in the order given. Codes above 254 are kept as 255 (no row of
/// the table has it, so they count as unknown).
class ConditionList {
public:
    static constexpr std::size_t capacity = 8;

    /// False when the list is full.
    bool add(unsigned code) {
        if (count_ == capacity) {
            return false;
        }
        codes_[count_++] = static_cast<std::uint8_t>(std::min(code, 255U));
        return true;
    }
    std::span<const std::uint8_t> codes() const { return {codes_.data(), count_}; }
    bool empty() const { return count_ == 0; }

private:
    std::array<std::uint8_t, capacity> codes_{};
    std::uint8_t count_ = 0;
};

/// The venue's id of a trade; with symbol and exchange it names one print. At most 41 bytes.
class TradeId {
public:
    static constexpr std::size_t max_length = 41;

    TradeId() = default;
    /// REQUIRES: text.size() <= max_length.
    explicit TradeId(std::string_view text) : length_(static_cast<std::uint8_t>(text.size())) {
        text.copy(bytes_.data(), text.size());  // text may be empty with no bytes behind it
    }
    std::string_view view() const { return {bytes_.data(), length_}; }
    bool empty() const { return length_ == 0; }
    friend bool operator==(const TradeId& a, const TradeId& b) { return a.view() == b.view(); }

private:
    std::array<char, max_length> bytes_{};
    std::uint8_t length_ = 0;
};

/// One print on the tape, or (correction != 0) the word that an earlier print is void.
struct Trade {
    static constexpr RecordKind kind = RecordKind::Trade;
    static constexpr std::uint8_t correction_replace = 1;
    static constexpr std::uint8_t correction_cancel = 2;

    RecordHeader header;
    Price price;
    Size size;
    UnixNanos
        ts_execution;  ///< when it was done (participant or TRF time); time_unknown if not told
    ConditionList conditions;
    std::uint8_t exchange = 0;
    std::uint8_t tape = 0;
    std::uint8_t correction = 0;
    TradeId id;

    template <class Archive>
    void archive(Archive& a) {
        a(header, price, size, ts_execution, conditions, exchange, tape, correction, id);
    }
};

/// Best bid and offer.
struct Quote {
    static constexpr RecordKind kind = RecordKind::Quote;

    RecordHeader header;
    Price bid;  ///< 0 = no bid
    Price ask;  ///< 0 = no offer
    Size bid_size;
    Size ask_size;
    std::uint8_t bid_exchange = 0;
    std::uint8_t ask_exchange = 0;
    std::uint8_t condition = 0;
    std::uint8_t tape = 0;

    template <class Archive>
    void archive(Archive& a) {
        a(header, bid, ask, bid_size, ask_size, bid_exchange, ask_exchange, condition, tape);
    }
};

/// Open, high, low, close and volume of an interval. ts_event = its start.
struct Bar {
    static constexpr RecordKind kind = RecordKind::Bar;

    RecordHeader header;
    Price open;
    Price high;
    Price low;
    Price close;
    Size volume;
    Price vwap;                             ///< of the bar; 0 = not given
    Price session_vwap;                     ///< of the day so far (wire `a`); 0 = not given
    Size average_volume;                    ///< given by the source; 0 = not given
    std::int64_t percent_change_micro = 0;  ///< percent × 1e6, when has_percent_change
    std::uint32_t transactions = 0;
    Timeframe timeframe = Timeframe::Minute1;
    bool has_percent_change = false;
    bool has_average_volume = false;

    template <class Archive>
    void archive(Archive& a) {
        a(header, open, high, low, close, volume, vwap, session_vwap, average_volume,
          percent_change_micro, transactions, timeframe, has_percent_change, has_average_volume);
    }
};

/// A provider's fair market value.
struct FairValue {
    static constexpr RecordKind kind = RecordKind::FairValue;

    RecordHeader header;
    Price value;
    Price market_price;      ///< 0 = not given
    double confidence = -1;  ///< 0…1; negative = not given

    template <class Archive>
    void archive(Archive& a) {
        a(header, value, market_price, confidence);
    }
};

/// Halt, pause, resumption, price bands.
struct TradingStatus {
    static constexpr RecordKind kind = RecordKind::TradingStatus;
    enum class Action : std::uint8_t {
        None,    ///< bands only
        Halt,    ///< regulatory or news stop
        Pause,   ///< LULD or volatility pause
        Resume,  ///< trading goes on, or the reopening auction is announced
    };

    RecordHeader header;
    Price band_upper;  ///< LULD; 0 = not given
    Price band_lower;
    Action action = Action::None;
    std::array<char, 15> reason{};  ///< the source's word, zero padded
};

/// Any record: two cache lines, tagged by header().kind. A source fills it, the sequencer admits
/// it, and from then on it never changes.
class alignas(64) Record {
public:
    Record() : trade_{} {}
    Record(const Trade& trade) : trade_(trade) { header().kind = RecordKind::Trade; }
    Record(const Quote& quote) : quote_(quote) { header().kind = RecordKind::Quote; }
    Record(const Bar& bar) : bar_(bar) { header().kind = RecordKind::Bar; }
    Record(const FairValue& value) : fair_value_(value) { header().kind = RecordKind::FairValue; }
    Record(const TradingStatus& status) : status_(status) {
        header().kind = RecordKind::TradingStatus;
    }
    static Record clock_tick(UnixNanos clock) {
        Record record;
        record.header().kind = RecordKind::ClockTick;
        record.header().ts_event = clock;
        record.header().ts_recv = clock;
        return record;
    }

    // Every member starts with a RecordHeader, so it may be read through any of them.
    const RecordHeader& header() const { return trade_.header; }
    RecordHeader& header() { return trade_.header; }
    RecordKind kind() const { return header().kind; }

    /// REQUIRES: kind() is the wanted one.
    const Trade& trade() const { return trade_; }
    const Quote& quote() const { return quote_; }
    const Bar& bar() const { return bar_; }
    const FairValue& fair_value() const { return fair_value_; }
    const TradingStatus& status() const { return status_; }

    /// State bytes: the kind, then the member of that kind.
    template <class Archive>
    void archive(Archive& a) {
        RecordKind kind = header().kind;
        a(kind);
        switch (kind) {
            case RecordKind::Trade: archive_as<Trade>(a, trade_); break;
            case RecordKind::Quote: archive_as<Quote>(a, quote_); break;
            case RecordKind::Bar: archive_as<Bar>(a, bar_); break;
            case RecordKind::FairValue: archive_as<FairValue>(a, fair_value_); break;
            case RecordKind::TradingStatus: archive_as<TradingStatus>(a, status_); break;
            case RecordKind::ClockTick: archive_clock_tick(a); break;
            default:
                if constexpr (Archive::is_loading) {
                    a.fail();  // no record of ours
                }
        }
    }

private:
    template <class T, class Archive>
    void archive_as(Archive& a, T& member) {
        if constexpr (Archive::is_loading) {
            T loaded;
            a(loaded);
            *this = Record(loaded);
        } else {
            a(member);
        }
    }
    template <class Archive>
    void archive_clock_tick(Archive& a) {
        if constexpr (Archive::is_loading) {
            *this = clock_tick(UnixNanos{});
        }
        a(header());
    }

    union {
        Trade trade_;
        Quote quote_;
        Bar bar_;
        FairValue fair_value_;
        TradingStatus status_;
    };
};
static_assert(sizeof(Record) == 128 && alignof(Record) == 64);
static_assert(std::is_trivially_copyable_v<Record>);

/// What a source hands over: records with the source's own symbol ids, and the texts of the ids
/// that stand here for the first time. Ids are dense per source, so texts follow each other.
struct RecordBatch {
    SourceId source;
    std::vector<Record> records;
    std::vector<SymbolText> new_symbols;

    void clear() {
        records.clear();
        new_symbols.clear();
    }
};

}  // namespace tickstock
