// Any bytes as the lines of Alpaca's stream.

#include <cstddef>
#include <cstdint>
#include <string_view>

#include "decoder_checks.hpp"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    const std::string_view text(reinterpret_cast<const char*>(data), size);
    tickstock::decode_and_check(tickstock::Format::AlpacaWs, {}, text);
    return 0;
}
