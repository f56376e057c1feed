// Any bytes as a text message of the native protocol, and as a client's WebSocket frames.

#include <cassert>
#include <cstddef>
#include <cstdint>
#include <span>
#include <string_view>

#include "server/client_message.hpp"
#include "server/frame_meter.hpp"
#include "server/limits.hpp"

namespace {

void check_filter(tickstock::FilterSpec spec) {
    spec.normalize();
    tickstock::FilterTable table;
    const auto filter = table.compile(spec);
    assert(table.compile(filter->spec()) == filter);
    assert(filter->spec().universes.size() <= tickstock::limits::universes_per_filter);
    // What is asked for by name must be accepted where nothing else is asked for.
    tickstock::StreamEntry entry;
    if (spec.types == 0 && spec.directions == 0 && spec.sources == 0 && !spec.min_score &&
        !spec.min_price && !spec.max_price && !spec.min_volume) {
        for (const tickstock::SymbolText& symbol : spec.symbols) {
            entry.symbol = symbol;
            assert(filter->accepts(entry));
        }
    }
}

void check_message(std::string_view text) {
    const auto message = tickstock::parse_client_message(text);
    if (!message.ok()) {
        assert(!message.error().message.empty());
        return;
    }
    if (const auto* request = std::get_if<tickstock::SubscribeRequest>(&message.value())) {
        assert(!request->id.empty());
        assert(request->id.size() <= tickstock::limits::subscription_id_bytes);
        assert(request->interval >= tickstock::Nanos{0});
        assert(request->interval <= tickstock::limits::max_interval);
        check_filter(request->filter);
    }
}

/// However the bytes are cut, the meter says the same.
void check_frames(std::span<const std::uint8_t> bytes) {
    tickstock::FrameMeter whole(4);
    tickstock::FrameMeter pieces(4);
    const bool verdict = whole.feed(bytes);
    bool last = true;
    for (const std::uint8_t& byte : bytes) {
        last = pieces.feed({&byte, 1});
    }
    assert(verdict == last);
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    check_message({reinterpret_cast<const char*>(data), size});
    check_frames({data, size});
    return 0;
}
