#include "sources/formats/polygon_ws_decoder.hpp"

#include <array>
#include <bit>
#include <cstring>

#include "sources/formats/json_text.hpp"
#include "sources/formats/record_builder.hpp"

namespace tickstock {
namespace {

namespace ondemand = simdjson::ondemand;

/// A short key as a number: its bytes, lowest first.
constexpr std::uint64_t key_code(std::string_view key) {
    std::uint64_t code = 0;
    for (std::size_t i = 0; i < key.size(); ++i) {
        code |= static_cast<std::uint64_t>(static_cast<unsigned char>(key[i])) << (8 * i);
    }
    return code;
}

/// The code of the key whose text begins at `raw` (behind its quote); 0 for keys over 7 bytes,
/// which no message has. Reads 8 bytes: the line is padded.
std::uint64_t read_key(const char* raw) {
    std::uint64_t word = 0;
    std::memcpy(&word, raw, sizeof word);
    constexpr std::uint64_t low7 = 0x7F7F7F7F7F7F7F7FU;
    const std::uint64_t x = word ^ 0x2222222222222222U;  // '"'
    const std::uint64_t quotes = ~(((x & low7) + low7) | x | low7);
    if (quotes == 0) {
        return 0;
    }
    const int length = std::countr_zero(quotes) / 8;
    return word & ((std::uint64_t{1} << (8 * length)) - 1);
}

/// The members that any message uses. In a namespace of their own: they are as short as on the
/// wire.
namespace member {
enum Name : unsigned {
    ev,
    sym,
    T,
    x,
    i,
    z,
    p,
    s,
    ds,
    c,
    t,
    q,
    pt,
    trft,
    e,
    bx,
    bp,
    bs,
    ax,
    ap,
    as,
    v,
    dv,
    o,
    h,
    l,
    a,
    vw,
    n,
    fmv,
    count,
    none = count,
};
}  // namespace member

/// Their names, in the order of member::Name.
constexpr std::array<std::string_view, member::count> member_names{
    "ev", "sym", "T",  "x",  "i",  "z",  "p", "s",  "ds", "c", "t", "q", "pt", "trft", "e",
    "bx", "bp",  "bs", "ax", "ap", "as", "v", "dv", "o",  "h", "l", "a", "vw", "n",    "fmv"};

/// A table without collisions from a key's code to its member, so that telling 30 names apart costs
/// one multiplication and no branch that depends on the data.
class MemberTable {
public:
    constexpr MemberTable() {
        while (!try_multiplier()) {
            multiplier_ = multiplier_ * 0x5851F42D4C957F2DU + 0x14057B7EF767814FU;
        }
    }
    constexpr member::Name find(std::uint64_t code) const {
        const Entry& entry = entries_[slot(code)];
        return entry.code == code ? entry.name : member::none;
    }

private:
    static constexpr int slot_bits = 7;
    struct Entry {
        std::uint64_t code = ~std::uint64_t{0};
        member::Name name = member::none;
    };

    constexpr std::size_t slot(std::uint64_t code) const {
        return (code * (multiplier_ | 1U)) >> (64 - slot_bits);
    }
    constexpr bool try_multiplier() {
        entries_ = {};
        for (unsigned i = 0; i < member::count; ++i) {
            const std::uint64_t code = key_code(member_names[i]);
            Entry& entry = entries_[slot(code)];
            if (entry.name != member::none) {
                return false;
            }
            entry = {code, static_cast<member::Name>(i)};
        }
        return true;
    }

    std::uint64_t multiplier_ = 0x9E3779B97F4A7C15U;
    std::array<Entry, std::size_t{1} << slot_bits> entries_{};
};
constexpr MemberTable member_table;

/// The text of every known member of one message.
class Message {
public:
    void clear() { present_ = 0; }
    void set(member::Name name, std::string_view text) {
        if ((present_ >> name & 1U) == 0) {
            present_ |= std::uint64_t{1} << name;
            text_[name] = text;
        }
    }
    std::string_view operator[](member::Name name) const {
        return (present_ >> name & 1U) != 0 ? text_[name] : std::string_view{};
    }
    /// The first of the two that is there.
    std::string_view either(member::Name first, member::Name second) const {
        const std::string_view text = (*this)[first];
        return text.empty() ? (*this)[second] : text;
    }

private:
    std::uint64_t present_ = 0;
    std::array<std::string_view, member::count> text_;
};

FieldStatus build_trade_of(const Message& m, DecodeContext& context, Record& out) {
    TradeFields fields;
    fields.symbol = m[member::sym];
    fields.price = m[member::p];
    fields.size = m.either(member::ds, member::s);
    fields.timestamp = m[member::t];
    fields.execution_time = m.either(member::pt, member::trft);
    fields.conditions = m[member::c];
    fields.exchange = m[member::x];
    fields.tape = m[member::z];
    fields.correction = m[member::e];
    fields.id = m[member::i];
    fields.sequence = m[member::q];
    return build_trade(fields, context, out);
}

FieldStatus build_quote_of(const Message& m, DecodeContext& context, Record& out) {
    QuoteFields fields;
    fields.symbol = m[member::sym];
    fields.bid = m[member::bp];
    fields.ask = m[member::ap];
    fields.bid_size = m[member::bs];
    fields.ask_size = m[member::as];
    fields.bid_exchange = m[member::bx];
    fields.ask_exchange = m[member::ax];
    fields.conditions = m[member::c];
    fields.tape = m[member::z];
    fields.timestamp = m[member::t];
    fields.sequence = m[member::q];
    return build_quote(fields, context.quote_sizes, context, out);
}

FieldStatus build_bar_of(const Message& m, Timeframe timeframe, DecodeContext& context,
                         Record& out) {
    BarFields fields;
    fields.symbol = m[member::sym];
    fields.open = m[member::o];
    fields.high = m[member::h];
    fields.low = m[member::l];
    fields.close = m[member::c];
    fields.volume = m.either(member::dv, member::v);
    fields.vwap = m[member::vw];
    fields.session_vwap = m[member::a];
    fields.transactions = m[member::n];
    fields.timestamp = m[member::s];
    fields.timeframe = timeframe;
    return build_bar(fields, context, out);
}

FieldStatus build_fair_value_of(const Message& m, DecodeContext& context, Record& out) {
    FairValueFields fields;
    fields.symbol = m[member::sym];
    fields.value = m[member::fmv];
    fields.timestamp = m[member::t];
    return build_fair_value(fields, context, out);
}

FieldStatus build_bands_of(const Message& m, DecodeContext& context, Record& out) {
    StatusFields fields;
    fields.symbol = m[member::T];
    fields.band_upper = m[member::h];
    fields.band_lower = m[member::l];
    fields.timestamp = m[member::t];
    fields.sequence = m[member::q];
    return build_status(fields, context, out);
}

FieldStatus build_reopening_of(const Message& m, DecodeContext& context, Record& out) {
    if (m[member::a] != "H") {
        return Reason::UnsupportedMessage;
    }
    StatusFields fields;
    fields.symbol = m[member::T];
    fields.reason = "reopening";
    fields.timestamp = m[member::t];
    fields.action = TradingStatus::Action::Resume;
    return build_status(fields, context, out);
}

FieldStatus build(const Message& m, DecodeContext& context, Record& out) {
    switch (m[member::ev].size() < 8 ? key_code(m[member::ev]) : 0) {
        case key_code("T"): return build_trade_of(m, context, out);
        case key_code("Q"): return build_quote_of(m, context, out);
        case key_code("A"): return build_bar_of(m, Timeframe::Second1, context, out);
        case key_code("AM"): return build_bar_of(m, Timeframe::Minute1, context, out);
        case key_code("FMV"): return build_fair_value_of(m, context, out);
        case key_code("LULD"): return build_bands_of(m, context, out);
        case key_code("NOI"): return build_reopening_of(m, context, out);
        case key_code("status"):
        case key_code("LV"): return Reason::UnsupportedMessage;
        default: return Reason::Unidentified;
    }
}

class PolygonWsDecoder final : public LineDecoder {
public:
    explicit PolygonWsDecoder(DecodeContext& context) : context_(context) {}

    void decode(std::string_view line, std::vector<Record>& out) override {
        const std::size_t begin = line.find_first_not_of(" \t");
        if (begin == std::string_view::npos) {
            return;
        }
        ondemand::document frame;
        const bool readable =
            !parser_.iterate(line.data(), line.size(), line.size() + line_padding).get(frame) &&
            (line[begin] == '[' ? decode_array(frame, line, out) : decode_single(frame, line, out));
        if (!readable) {
            context_.ledger.reject(Reason::Malformed, line);
        }
    }

private:
    // Each of these is false where the JSON breaks.

    bool decode_array(ondemand::document& frame, std::string_view line, std::vector<Record>& out) {
        ondemand::array messages;
        if (frame.get_array().get(messages)) {
            return false;
        }
        for (auto element : messages) {
            ondemand::value message;
            if (element.get(message) || !decode_message(message, line, out)) {
                return false;
            }
        }
        return at_end(frame);
    }

    bool decode_single(ondemand::document& frame, std::string_view line, std::vector<Record>& out) {
        ondemand::object members;
        return !frame.get_object().get(members) && read(members) &&
               (finish(line, out), at_end(frame));
    }

    bool decode_message(ondemand::value& message, std::string_view line, std::vector<Record>& out) {
        ondemand::object members;
        if (const auto error = message.get_object().get(members)) {
            if (error != simdjson::INCORRECT_TYPE) {
                return false;
            }
            context_.ledger.reject(Reason::Malformed, line);
            return true;
        }
        if (!read(members)) {
            return false;
        }
        finish(line, out);
        return true;
    }

    bool read(ondemand::object& members) {
        message_.clear();
        for (auto entry : members) {
            if (entry.error()) {
                return false;
            }
            // In place: a copy of the field costs more than all the rest of this loop.
            ondemand::field& field = entry.value_unsafe();
            const member::Name name = member_table.find(read_key(field.key().raw()));
            if (name == member::none) {
                continue;
            }
            std::string_view text;
            if (value_text(field.value(), text)) {
                return false;
            }
            message_.set(name, text);
        }
        return true;
    }

    void finish(std::string_view line, std::vector<Record>& out) {
        Record record;
        const FieldStatus status = build(message_, context_, record);
        if (status == field_ok) {
            context_.ledger.accept();
            out.push_back(record);
        } else {
            context_.ledger.reject(status, line);
        }
    }

    DecodeContext& context_;
    ondemand::parser parser_{line_length_max};
    Message message_;
};

}  // namespace

std::unique_ptr<LineDecoder> make_polygon_ws_decoder(DecodeContext& context) {
    return std::make_unique<PolygonWsDecoder>(context);
}

bool is_vendor_message(std::string_view line) {
    const std::size_t key = line.find("\"ev\"");
    if (key == std::string_view::npos) {
        return false;
    }
    const std::size_t open = line.find_first_not_of(" \t:", key + 4);
    if (open == std::string_view::npos || line[open] != '"') {
        return false;
    }
    const std::size_t close = line.find('"', open + 1);
    const std::string_view word = line.substr(open + 1, close - open - 1);
    if (word == "status") {
        return line.find("\"action\"") == std::string_view::npos;
    }
    for (const std::string_view known : {"T", "Q", "A", "AM", "FMV", "LULD", "NOI", "LV"}) {
        if (word == known) {
            return true;
        }
    }
    return false;
}

}  // namespace tickstock
