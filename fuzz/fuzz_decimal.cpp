// Any bytes as a number: the fast and the general way of reading agree, and what is written reads
// back as the same value.

#include <cmath>
#include <cstddef>
#include <cstdint>
#include <cstring>
#include <string>
#include <string_view>

#include "base/assert.hpp"
#include "base/decimal.hpp"

namespace {

using namespace tickstock;

void check_text(std::string_view text, int scale) {
    std::int64_t value = 0;
    const DecimalStatus status = parse_decimal(text, scale, value);
    const bool has_exponent = text.find_first_of("eE") != std::string_view::npos;
    if (!has_exponent) {
        // An exponent sends the text the general way.
        std::int64_t general = 0;
        TS_ASSERT(parse_decimal(std::string(text) + "e0", scale, general) == status);
        TS_ASSERT(status != DecimalStatus::Ok || general == value);
    }
    if (!text.empty() && text.front() >= '0' && text.front() <= '9') {
        std::int64_t padded = 0;
        TS_ASSERT(parse_decimal("000" + std::string(text), scale, padded) == status);
        TS_ASSERT(status != DecimalStatus::Ok || padded == value);
    }
    if (status == DecimalStatus::Ok) {
        std::string written;
        append_decimal(written, value, scale);
        std::int64_t again = ~value;
        TS_ASSERT(parse_decimal(written, scale, again) == DecimalStatus::Ok);
        TS_ASSERT(again == value);
    }
}

void check_double(double value) {
    if (!std::isfinite(value)) {
        return;
    }
    std::string text;
    append_double(text, value);
    std::int64_t parsed = 0;
    TS_ASSERT(parse_decimal(text, 6, parsed) != DecimalStatus::Malformed);
    TS_ASSERT(text != "-0" && text.find('e') == std::string::npos);
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    if (size == 0) {
        return 0;
    }
    const std::string_view text(reinterpret_cast<const char*>(data) + 1, size - 1);
    check_text(text, data[0] % 19);
    if (text.size() >= sizeof(double)) {
        double value = 0;
        std::memcpy(&value, text.data(), sizeof value);
        check_double(value);
    }
    return 0;
}
