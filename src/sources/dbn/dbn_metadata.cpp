#include "sources/dbn/dbn_metadata.hpp"

#include <fmt/format.h>

#include "sources/dbn/dbn_layout.hpp"
#include "sources/formats/field_values.hpp"

namespace tickstock::dbn {
namespace {

constexpr std::size_t fixed_bytes = 100;
constexpr std::size_t dataset_bytes = 16;
constexpr std::uint8_t stype_instrument_id = 0;
constexpr std::size_t symbol_length_max = 4096;
constexpr std::size_t reserved_v1 = 47;
constexpr std::size_t reserved_v2 = 53;

/// Reads front to back; past the end it remembers where, and yields zeros.
class Cursor {
public:
    explicit Cursor(std::string_view bytes) : bytes_(bytes) {}

    template <class Integer>
    Integer take() {
        if (!has(sizeof(Integer))) {
            return 0;
        }
        at_ += sizeof(Integer);
        return get<Integer>(bytes_, at_ - sizeof(Integer));
    }
    std::string_view take_text(std::size_t length) {
        if (!has(length)) {
            return {};
        }
        at_ += length;
        return get_text(bytes_, at_ - length, length);
    }
    /// A count of things that need `each` bytes: too many for what is left is an overrun too.
    std::uint32_t take_count(std::size_t each) {
        const auto count = take<std::uint32_t>();
        if (ok_ && count > (bytes_.size() - at_) / each) {
            ok_ = false;
            count_ = count;
            return 0;
        }
        return count;
    }
    void skip(std::size_t length) { at_ += has(length) ? length : 0; }

    bool ok() const { return ok_; }
    /// Where it ran over, in bytes of the file, and the count that was too large.
    Error error() const {
        return Error{count_ == 0
                         ? fmt::format("byte {}: the metadata ends before its fields do",
                                       prelude_bytes + at_)
                         : fmt::format("byte {}: a list of {} entries does not fit into the "
                                       "metadata's {} bytes",
                                       prelude_bytes + at_ - 4, count_, bytes_.size())};
    }

private:
    bool has(std::size_t length) {
        ok_ = ok_ && bytes_.size() - at_ >= length;
        return ok_;
    }

    std::string_view bytes_;
    std::size_t at_ = 0;
    std::uint32_t count_ = 0;
    bool ok_ = true;
};

/// A date as the number YYYYMMDD -> its UTC midnight; time_unknown when it is no date.
UnixNanos midnight(std::uint32_t date) {
    using namespace std::chrono;
    const year_month_day day{year{static_cast<int>(date / 10'000)}, month{date / 100 % 100},
                             std::chrono::day{date % 100}};
    if (date < 19'900'101 || date > 22'000'101 || !day.ok()) {
        return time_unknown;
    }
    return UnixNanos{sys_days{day}};
}

void skip_symbols(Cursor& cursor, std::size_t symbol_length) {
    cursor.skip(cursor.take_count(symbol_length) * symbol_length);
}

void add(Metadata& metadata, std::string_view id, std::string_view symbol, std::uint32_t start,
         std::uint32_t end) {
    std::uint64_t instrument = 0;
    // Old files hold intervals without a symbol: nothing was mapped then.
    if (id.empty() || symbol.empty() || !read_digits(id, instrument) || instrument > 0xFFFF'FFFFU ||
        midnight(start) == time_unknown || midnight(end) == time_unknown) {
        return;
    }
    metadata.mappings.push_back({static_cast<std::uint32_t>(instrument), midnight(start),
                                 midnight(end), std::string(symbol)});
}

void read_mappings(Cursor& cursor, Metadata& metadata, bool wanted, bool is_inverse) {
    const std::size_t length = metadata.symbol_length;
    const std::uint32_t count = cursor.take_count(length + 4);
    for (std::uint32_t i = 0; i < count && cursor.ok(); ++i) {
        const std::string_view asked = cursor.take_text(length);
        const std::uint32_t intervals = cursor.take_count(8 + length);
        for (std::uint32_t k = 0; k < intervals && cursor.ok(); ++k) {
            const auto start = cursor.take<std::uint32_t>();
            const auto end = cursor.take<std::uint32_t>();
            const std::string_view found = cursor.take_text(length);
            if (wanted && cursor.ok()) {
                add(metadata, is_inverse ? asked : found, is_inverse ? found : asked, start, end);
            }
        }
    }
}

}  // namespace

Result<Prelude> parse_prelude(std::string_view bytes) {
    TS_ASSERT(bytes.size() == prelude_bytes);
    if (bytes.substr(0, magic.size()) != magic) {
        return Error{"byte 0: is no DBN: a file begins with the letters DBN"};
    }
    const auto version = get<std::uint8_t>(bytes, magic.size());
    if (version < version_first || version > version_last) {
        return Error{fmt::format("byte 3: DBN version {}; accepted are {} to {}", version,
                                 version_first, version_last)};
    }
    const auto length = get<std::uint32_t>(bytes, 4);
    if (length < fixed_bytes || length > metadata_bytes_max) {
        return Error{fmt::format("byte 4: metadata of {} bytes; accepted are {} to {}", length,
                                 fixed_bytes, metadata_bytes_max)};
    }
    return Prelude{version, length};
}

Result<Metadata> parse_metadata(const Prelude& prelude, std::string_view bytes) {
    TS_ASSERT(bytes.size() == prelude.metadata_bytes);
    Cursor cursor(bytes);
    Metadata metadata;
    metadata.version = prelude.version;
    metadata.dataset = cursor.take_text(dataset_bytes);
    cursor.skip(2 + 3 * 8);  // schema, start, end, limit
    if (prelude.version == 1) {
        cursor.skip(8);  // record count
    }
    const auto stype_in = cursor.take<std::uint8_t>();
    const auto stype_out = cursor.take<std::uint8_t>();
    cursor.skip(1);  // ts_out: a record's length tells it
    metadata.symbol_length = prelude.version == 1 ? symbol_length_v1 : cursor.take<std::uint16_t>();
    if (metadata.symbol_length == 0 || metadata.symbol_length > symbol_length_max) {
        return Error{fmt::format("byte 53: symbols of {} bytes; accepted are 1 to {}",
                                 metadata.symbol_length, symbol_length_max)};
    }
    cursor.skip(prelude.version == 1 ? reserved_v1 : reserved_v2);
    const auto definition_bytes = cursor.take<std::uint32_t>();
    if (definition_bytes != 0) {
        return Error{fmt::format("byte {}: a schema definition of {} bytes; accepted is none (0)",
                                 prelude_bytes + fixed_bytes, definition_bytes)};
    }
    for (int list = 0; list < 3; ++list) {  // symbols, partial, not found
        skip_symbols(cursor, metadata.symbol_length);
    }
    const bool is_inverse = stype_out != stype_instrument_id;
    read_mappings(cursor, metadata, !is_inverse || stype_in == stype_instrument_id, is_inverse);
    if (!cursor.ok()) {
        return cursor.error();
    }
    return metadata;
}

}  // namespace tickstock::dbn
