#include "engine/source_slot.hpp"

#include <algorithm>
#include <charconv>

namespace tickstock {

std::string to_text(const std::vector<SourcePosition>& sources) {
    std::string text;
    for (const SourcePosition& source : sources) {
        text += std::to_string(source.pass) + " " + std::to_string(source.position) + " " +
                source.identity + "\n";
    }
    return text;
}

std::vector<SourcePosition> source_positions(const std::string& text) {
    std::vector<SourcePosition> sources;
    for (std::size_t at = 0; at < text.size();) {
        const std::size_t end = std::min(text.find('\n', at), text.size());
        SourcePosition source;
        const char* const line_end = text.data() + end;
        auto parsed = std::from_chars(text.data() + at, line_end, source.pass);
        if (parsed.ptr != line_end) {
            parsed = std::from_chars(parsed.ptr + 1, line_end, source.position);
        }
        const auto rest = static_cast<std::size_t>(parsed.ptr - text.data());
        source.identity = rest < end ? text.substr(rest + 1, end - rest - 1) : "";
        sources.push_back(std::move(source));
        at = end + 1;
    }
    return sources;
}

bool can_go_on(const std::vector<SourcePosition>& before, const std::vector<SourceSlot>& now) {
    return std::equal(before.begin(), before.end(), now.begin(), now.end(),
                      [](const SourcePosition& known, const SourceSlot& slot) {
                          return known.identity == slot.source->identity();
                      });
}

}  // namespace tickstock
