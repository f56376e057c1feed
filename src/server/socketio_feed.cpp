#include "server/socketio_feed.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <utility>

#include "base/assert.hpp"
#include "base/json_writer.hpp"

namespace tickstock {

bool SocketIoFilters::accepts(const StreamEntry& entry) const {
    return all ||
           std::ranges::any_of(any_of, [&](const auto& filter) { return filter->accepts(entry); });
}

std::string SocketIoFilters::key() const {
    std::vector<std::string> parts;
    for (const auto& filter : any_of) {
        parts.push_back(fmt::format("{}", static_cast<const void*>(filter.get())));
    }
    std::ranges::sort(parts);
    return fmt::format("{}:{}", all, fmt::join(parts, ","));
}

EngineFrame gap_packet(Offset from, Offset to, std::string_view reason) {
    std::string text = "42[\"gap\",";
    JsonWriter json(text);
    json.begin_object().key("from").number(from.value()).key("to");
    to == Offset{} ? json.null() : json.number(to.value());
    json.key("reason").string(reason).end_object();
    text += ']';
    return {std::make_shared<const std::string>(std::move(text)), 0, {}};
}

SocketIoFeed::Cursor SocketIoFeed::subscribe(Offset position) {
    ++subscribers_;
    return {first_ + tape_.size(), position};
}

void SocketIoFeed::tell(EngineFrame packet, Offset offset) {
    tape_size_ += packet.text->size();
    bytes_told_ += packet.text->size();
    tape_.push_back({std::move(packet), offset, second_});
    while (tape_.size() > tape_packets || (tape_size_ > tape_bytes && tape_.size() > 1)) {
        drop_oldest();
    }
}

void SocketIoFeed::drop_oldest() {
    tape_size_ -= tape_.front().frame.text->size();
    dropped_through_ = std::max(dropped_through_, tape_.front().offset);
    tape_.pop_front();
    ++first_;
}

std::optional<EngineFrame> SocketIoFeed::next(Cursor& cursor) const {
    if (cursor.number == first_ + tape_.size()) {
        return std::nullopt;
    }
    if (cursor.number < first_) {
        const Offset from{cursor.offset.value() + 1};
        const Offset to{tape_.empty()
                            ? std::max(dropped_through_.value(), from.value())
                            : std::max(tape_.front().offset.value(), from.value() + 1) - 1};
        cursor.number = first_;
        cursor.offset = to;
        return gap_packet(from, to, "slow_client");
    }
    const Packet& packet = tape_[cursor.number - first_];
    ++cursor.number;
    cursor.offset = packet.offset;
    return packet.frame;
}

std::uint64_t SocketIoFeed::close_window(const Activity& activity, UnixNanos market_now) {
    ++second_;
    while (!tape_.empty() && second_ - tape_.front().second > tape_seconds) {
        drop_oldest();
    }
    if (auto packet = stock_data_.take(activity, market_now)) {
        ++windows_;
        last_windows_.push_back(std::move(*packet));
        if (last_windows_.size() > windows_kept) {
            last_windows_.pop_front();
        }
    }
    return stock_data_.dropped() - std::exchange(dropped_told_, stock_data_.dropped());
}

std::optional<EngineFrame> SocketIoFeed::next_window(std::uint64_t& seen,
                                                     std::uint64_t& missed) const {
    TS_ASSERT(seen <= windows_);
    if (seen == windows_) {
        return std::nullopt;
    }
    const std::uint64_t oldest = windows_ - last_windows_.size();
    if (seen < oldest) {
        missed += oldest - seen;
        seen = oldest;
    }
    return last_windows_[seen++ - oldest];
}

}  // namespace tickstock
