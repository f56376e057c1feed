// Any bytes as the rows of a flat file of minute or day bars.

#include <cstddef>
#include <cstdint>
#include <string_view>

#include "decoder_checks.hpp"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    const std::string_view text(reinterpret_cast<const char*>(data), size);
    for (const auto format :
         {tickstock::Format::PolygonMinuteCsv, tickstock::Format::PolygonDayCsv}) {
        tickstock::decode_and_check(
            format, "ticker,volume,open,close,high,low,window_start,transactions", text);
    }
    return 0;
}
