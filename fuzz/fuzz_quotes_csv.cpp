// Any bytes as the rows of a flat file of quotes.

#include <cstddef>
#include <cstdint>
#include <string_view>

#include "decoder_checks.hpp"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    const std::string_view text(reinterpret_cast<const char*>(data), size);
    tickstock::decode_and_check(
        tickstock::Format::PolygonQuotesCsv,
        "ticker,ask_exchange,ask_price,ask_size,bid_exchange,bid_price,bid_size,conditions,"
        "indicators,participant_timestamp,sequence_number,sip_timestamp,tape,trf_timestamp",
        text);
    return 0;
}
