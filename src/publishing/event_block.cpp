#include "publishing/event_block.hpp"

#include <array>
#include <charconv>

namespace tickstock {
namespace {

void append_number(std::string& out, std::string_view key, auto number) {
    std::array<char, 24> text;
    out += key;
    out.append(text.data(), std::to_chars(text.data(), text.data() + text.size(), number).ptr);
}

}  // namespace

void EventBlock::begin_event(const StreamEntry& entry) {
    append_number(bytes, R"(,{"offset":)", entry.offset.value());
    append_number(bytes, R"(,"ts_pub":)", to_ns(entry.ts_pub));
    bytes += R"(,"event":)";
    entries.push_back(entry);
    entries.back().body_begin = static_cast<std::uint32_t>(bytes.size());
}

void EventBlock::end_event() {
    StreamEntry& entry = entries.back();
    entry.body_length = static_cast<std::uint32_t>(bytes.size()) - entry.body_begin;
    bytes += '}';
}

void EventBlock::add(const StreamEntry& entry, std::string_view body) {
    begin_event(entry);
    bytes += body;
    end_event();
}

void EventBlock::restamp() {
    EventBlock other;
    other.entries.reserve(entries.size());
    other.bytes.reserve(bytes.size());
    for (const StreamEntry& entry : entries) {
        other.add(entry, body(entry));
    }
    *this = std::move(other);
}

std::size_t EventBlock::end_of(std::size_t index) const {
    return std::size_t{entries[index].body_begin} + entries[index].body_length + 1;
}

std::string_view EventBlock::run(std::size_t begin, std::size_t end) const {
    const std::size_t from = begin == 0 ? 0 : end_of(begin - 1);
    return std::string_view(bytes).substr(from, end_of(end - 1) - from);
}

}  // namespace tickstock
