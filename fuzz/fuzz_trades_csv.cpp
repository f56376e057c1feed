// Any bytes as the rows of a flat file of trades.

#include <cstddef>
#include <cstdint>
#include <string_view>

#include "decoder_checks.hpp"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    const std::string_view text(reinterpret_cast<const char*>(data), size);
    tickstock::decode_and_check(
        tickstock::Format::PolygonTradesCsv,
        "ticker,conditions,correction,exchange,id,participant_timestamp,price,sequence_number,"
        "sip_timestamp,size,tape,trf_id,trf_timestamp",
        text);
    return 0;
}
