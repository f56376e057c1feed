// Any bytes as a csv file, its header included.

#include <cstddef>
#include <cstdint>
#include <string_view>

#include "decoder_checks.hpp"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    const std::string_view text(reinterpret_cast<const char*>(data), size);
    const std::size_t end = text.find('\n');
    tickstock::decode_and_check(tickstock::Format::Csv, text.substr(0, end),
                                end == text.npos ? "" : text.substr(end + 1));
    return 0;
}
