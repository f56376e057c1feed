#include "sources/dbn/dbn_decoder.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>

#include "sources/dbn/dbn_layout.hpp"
#include "sources/dbn/dbn_status.hpp"
#include "sources/dbn/dbn_values.hpp"
#include "sources/dbn/dbn_venues.hpp"

namespace tickstock::dbn {
namespace {

/// The least length of a record of that kind; a longer one (with ts_out, or of a later version) has
/// its fields at the same places.
std::size_t bytes_needed(std::uint8_t kind) {
    switch (kind) {
        case rtype::trade: return trade::bytes;
        case rtype::mbp_1:
        case rtype::cmbp_1:
        case rtype::tcbbo:
        case rtype::cbbo_1s:
        case rtype::cbbo_1m:
        case rtype::bbo_1s:
        case rtype::bbo_1m: return level::bytes;
        case rtype::mbp_10: return level::bytes_of_ten;
        case rtype::mbo: return mbo::bytes;
        case rtype::ohlcv_1s:
        case rtype::ohlcv_1m:
        case rtype::ohlcv_1h:
        case rtype::ohlcv_1d: return ohlcv::bytes;
        case rtype::status: return status::bytes;
        default: return header_bytes;
    }
}

/// Subsampled books: their ts_event is that of the last trade, ts_recv the end of the interval.
bool is_subsampled(std::uint8_t kind) {
    return kind == rtype::bbo_1s || kind == rtype::bbo_1m || kind == rtype::cbbo_1s ||
           kind == rtype::cbbo_1m;
}

/// The best of several venues: each side names its own publisher, and there is no sequence.
bool is_consolidated(std::uint8_t kind) {
    return kind == rtype::cmbp_1 || kind == rtype::tcbbo || kind == rtype::cbbo_1s ||
           kind == rtype::cbbo_1m;
}

/// Where a record has the fields of a trade.
struct TradePlaces {
    std::size_t price;
    std::size_t size;
    std::size_t flags;
    std::size_t ts_recv;
    std::size_t sequence;
};
constexpr TradePlaces places_of_trade{trade::price, trade::size, trade::flags, trade::ts_recv,
                                      trade::sequence};
constexpr TradePlaces places_of_order{mbo::price, mbo::size, mbo::flags, mbo::ts_recv,
                                      mbo::sequence};

/// Fills all but the header's symbol and times.
FieldStatus read_trade(std::string_view bytes, const TradePlaces& places, Trade& out) {
    out.ts_execution = time_unknown;
    out.exchange = exchange_of(get<std::uint16_t>(bytes, at_publisher));
    if (!is_consolidated(get<std::uint8_t>(bytes, at_rtype))) {
        out.header.source_sequence = get<std::uint32_t>(bytes, places.sequence);
    }
    const FieldStatus status = to_price(get<std::int64_t>(bytes, places.price), out.price);
    return status == field_ok ? to_size(get<std::uint32_t>(bytes, places.size), out.size) : status;
}

/// One side of the first level; an undefined price is no side.
FieldStatus read_side(std::string_view bytes, std::size_t price, std::size_t size, Price& out,
                      Size& shares) {
    const FieldStatus status = to_price_or_none(get<std::int64_t>(bytes, price), out);
    const bool is_there = status == field_ok && out.raw() != 0;
    if (!is_there || to_size(get<std::uint32_t>(bytes, size), shares) != field_ok) {
        shares = Size();
    }
    return status;
}

}  // namespace

Decoder::Decoder(const Metadata& metadata, DecodeContext& context)
    : version_(metadata.version),
      symbol_length_(metadata.symbol_length),
      instruments_(metadata.mappings, context.symbols),
      context_(context) {}

void Decoder::decode(std::string_view bytes, std::vector<Record>& out) {
    TS_ASSERT(bytes.size() >= header_bytes);
    Record record;
    const FieldStatus status = build(bytes, record);
    if (status == field_ok) {
        context_.ledger.accept();
        out.push_back(record);
        return;
    }
    // Only the first of a reason is shown, so only that one is worth a text.
    std::string text;
    if (context_.ledger.counts().dropped_for(status) == 0) {
        text = fmt::format("rtype {:#04x}, {} bytes, publisher {}, instrument {}, ts_event {}",
                           get<std::uint8_t>(bytes, at_rtype), bytes.size(),
                           get<std::uint16_t>(bytes, at_publisher),
                           get<std::uint32_t>(bytes, at_instrument),
                           get<std::uint64_t>(bytes, at_ts_event));
    }
    context_.ledger.reject(status, text);
}

FieldStatus Decoder::build(std::string_view bytes, Record& out) {
    const auto kind = get<std::uint8_t>(bytes, at_rtype);
    if (bytes.size() < bytes_needed(kind)) {
        return Reason::Malformed;
    }
    switch (kind) {
        case rtype::trade: return build_trade(bytes, out);
        case rtype::mbp_1:
        case rtype::mbp_10:
        case rtype::cmbp_1:
        case rtype::tcbbo: return build_top(bytes, out);
        case rtype::bbo_1s:
        case rtype::bbo_1m:
        case rtype::cbbo_1s:
        case rtype::cbbo_1m: return build_quote(bytes, out);
        case rtype::mbo: return build_order_trade(bytes, out);
        case rtype::ohlcv_1s: return build_bar(bytes, Timeframe::Second1, out);
        case rtype::ohlcv_1m: return build_bar(bytes, Timeframe::Minute1, out);
        case rtype::ohlcv_1h: return build_bar(bytes, Timeframe::Hour1, out);
        case rtype::ohlcv_1d: return build_bar(bytes, Timeframe::Day1, out);
        case rtype::status: return build_status(bytes, out);
        case rtype::symbol_mapping: return read_mapping(bytes);
        case rtype::definition: return read_definition(bytes);
        case rtype::ohlcv_old:
        case rtype::ohlcv_eod:
        case rtype::imbalance:
        case rtype::error:
        case rtype::system:
        case rtype::statistics: return Reason::UnsupportedMessage;
        default: return Reason::Unidentified;
    }
}

FieldStatus Decoder::fill(std::string_view bytes, std::uint64_t event, std::uint64_t recv,
                          SourceKind kind, RecordHeader& header) {
    if (const FieldStatus status = to_time(event, context_.live_now, header.ts_event);
        status != field_ok) {
        return status;
    }
    // Where nobody knows it, it reached them when it happened.
    if (to_time(recv, context_.live_now, header.ts_recv) != field_ok) {
        header.ts_recv = header.ts_event;
    }
    header.source = context_.source;
    header.source_kind = kind;
    return instruments_.find(get<std::uint32_t>(bytes, at_instrument), header.ts_recv,
                             header.symbol);
}

FieldStatus Decoder::fill_received(std::string_view bytes, std::uint64_t event, std::size_t recv,
                                   std::size_t flags, RecordHeader& header) {
    const bool is_bad = (get<std::uint8_t>(bytes, flags) & flag_bad_ts_recv) != 0;
    return fill(bytes, event, is_bad ? event : get<std::uint64_t>(bytes, recv), SourceKind::Tick,
                header);
}

FieldStatus Decoder::build_trade(std::string_view bytes, Record& out) {
    Trade trade{};
    const FieldStatus status = read_trade(bytes, places_of_trade, trade);
    if (status != field_ok) {
        return status;
    }
    const FieldStatus filled = fill_received(bytes, get<std::uint64_t>(bytes, at_ts_event),
                                             trade::ts_recv, trade::flags, trade.header);
    out = trade;
    return filled;
}

/// A record of a book that changed, or of a trade. The trade's record shows the book beside it,
/// which the records around it tell as well: it is the trade and nothing else.
FieldStatus Decoder::build_top(std::string_view bytes, Record& out) {
    return get<char>(bytes, trade::action) == action_trade ? build_trade(bytes, out)
                                                           : build_quote(bytes, out);
}

FieldStatus Decoder::build_quote(std::string_view bytes, Record& out) {
    const auto kind = get<std::uint8_t>(bytes, at_rtype);
    Quote quote{};
    // A book that may be wrong says nothing: better no bid and no offer than wrong ones.
    if ((get<std::uint8_t>(bytes, trade::flags) & flag_maybe_bad_book) == 0) {
        FieldStatus status =
            read_side(bytes, level::bid, level::bid_size, quote.bid, quote.bid_size);
        if (status == field_ok) {
            status = read_side(bytes, level::ask, level::ask_size, quote.ask, quote.ask_size);
        }
        if (status != field_ok) {
            return status;
        }
    }
    const auto venue = [&](const Price& side, std::size_t own) {
        const std::size_t publisher = is_consolidated(kind) ? own : at_publisher;
        return side.raw() == 0 ? std::uint8_t{0}
                               : exchange_of(get<std::uint16_t>(bytes, publisher));
    };
    quote.bid_exchange = venue(quote.bid, level::bid_publisher);
    quote.ask_exchange = venue(quote.ask, level::ask_publisher);
    if (!is_consolidated(kind)) {
        quote.header.source_sequence = get<std::uint32_t>(bytes, trade::sequence);
    }
    const auto event =
        get<std::uint64_t>(bytes, is_subsampled(kind) ? trade::ts_recv : at_ts_event);
    const FieldStatus status =
        fill_received(bytes, event, trade::ts_recv, trade::flags, quote.header);
    out = quote;
    return status;
}

FieldStatus Decoder::build_order_trade(std::string_view bytes, Record& out) {
    if (get<char>(bytes, mbo::action) != action_trade) {
        return Reason::UnsupportedMessage;  // an order came, changed, went or was filled
    }
    Trade trade{};
    const FieldStatus status = read_trade(bytes, places_of_order, trade);
    if (status != field_ok) {
        return status;
    }
    const FieldStatus filled = fill_received(bytes, get<std::uint64_t>(bytes, at_ts_event),
                                             mbo::ts_recv, mbo::flags, trade.header);
    out = trade;
    return filled;
}

FieldStatus Decoder::build_bar(std::string_view bytes, Timeframe timeframe, Record& out) {
    Bar bar{};
    bar.timeframe = timeframe;
    const std::array prices{std::pair{ohlcv::open, &bar.open}, std::pair{ohlcv::high, &bar.high},
                            std::pair{ohlcv::low, &bar.low}, std::pair{ohlcv::close, &bar.close}};
    for (const auto& [offset, price] : prices) {
        const FieldStatus status = to_price(get<std::int64_t>(bytes, offset), *price);
        if (status != field_ok) {
            return status;
        }
    }
    const FieldStatus volume = to_volume(get<std::uint64_t>(bytes, ohlcv::volume), bar.volume);
    if (volume != field_ok) {
        return volume;
    }
    if (bar.high < std::max(bar.open, bar.close) || bar.low > std::min(bar.open, bar.close)) {
        return Reason::BarInconsistent;
    }
    const auto start = get<std::uint64_t>(bytes, at_ts_event);
    const FieldStatus status = fill(bytes, start, start, SourceKind::Ohlcv, bar.header);
    out = bar;
    return status;
}

FieldStatus Decoder::build_status(std::string_view bytes, Record& out) {
    const auto action = status_action(get<std::uint16_t>(bytes, status::action),
                                      get<char>(bytes, status::is_trading));
    if (!action) {
        return Reason::UnsupportedMessage;
    }
    TradingStatus halt{};
    halt.action = *action;
    const std::string_view word = status_word(get<std::uint16_t>(bytes, status::reason));
    word.copy(halt.reason.data(), halt.reason.size());
    const FieldStatus result =
        fill(bytes, get<std::uint64_t>(bytes, at_ts_event),
             get<std::uint64_t>(bytes, status::ts_recv), SourceKind::Tick, halt.header);
    out = halt;
    return result;
}

FieldStatus Decoder::read_mapping(std::string_view bytes) {
    const std::size_t offset = mapping_symbol_out(version_, symbol_length_);
    if (bytes.size() < offset + symbol_length_) {
        return Reason::Malformed;
    }
    instruments_.map(get<std::uint32_t>(bytes, at_instrument),
                     get_text(bytes, offset, symbol_length_));
    return Reason::UnsupportedMessage;
}

FieldStatus Decoder::read_definition(std::string_view bytes) {
    const std::size_t offset = definition_symbol(version_);
    if (bytes.size() < offset + symbol_length_) {
        return Reason::Malformed;
    }
    UnixNanos at{};
    if (to_time(get<std::uint64_t>(bytes, definition_ts_recv), context_.live_now, at) == field_ok) {
        instruments_.define(get<std::uint32_t>(bytes, at_instrument),
                            get_text(bytes, offset, symbol_length_), at);
    }
    return Reason::UnsupportedMessage;
}

}  // namespace tickstock::dbn
