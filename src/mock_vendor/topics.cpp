#include "mock_vendor/topics.hpp"

#include <algorithm>

#include "base/assert.hpp"

namespace tickstock {
namespace {

constexpr std::array<std::string_view, vendor_channel_count> channel_names{
    "T", "Q", "A", "AM", "LULD", "NOI", "FMV"};

}  // namespace

std::string_view to_string(VendorChannel channel) {
    TS_ASSERT(channel != VendorChannel::None);
    return channel_names[static_cast<std::size_t>(channel)];
}

VendorChannel channel_of(const Record& record) {
    switch (record.kind()) {
        case RecordKind::Trade: return VendorChannel::Trade;
        case RecordKind::Quote: return VendorChannel::Quote;
        case RecordKind::FairValue: return VendorChannel::FairValue;
        case RecordKind::Bar:
            return record.bar().timeframe == Timeframe::Second1   ? VendorChannel::SecondBar
                   : record.bar().timeframe == Timeframe::Minute1 ? VendorChannel::MinuteBar
                                                                  : VendorChannel::None;
        case RecordKind::TradingStatus:
            switch (record.status().action) {
                case TradingStatus::Action::None: return VendorChannel::Bands;
                case TradingStatus::Action::Resume: return VendorChannel::Imbalance;
                case TradingStatus::Action::Halt:
                case TradingStatus::Action::Pause: break;
            }
            break;
        case RecordKind::ClockTick: break;
    }
    return VendorChannel::None;
}

TopicSet::TopicSet(const Tape& tape) : tape_(&tape), wanted_(tape.symbol_count(), 0) {}

std::optional<TopicSet::Topic> TopicSet::parse(std::string_view text) {
    const std::size_t dot = text.find('.');
    if (dot == std::string_view::npos || dot + 1 == text.size()) {
        return std::nullopt;
    }
    const auto name = std::find(channel_names.begin(), channel_names.end(), text.substr(0, dot));
    if (name == channel_names.end()) {
        return std::nullopt;
    }
    return Topic{static_cast<VendorChannel>(name - channel_names.begin()),
                 std::string(text.substr(dot + 1))};
}

void TopicSet::mark(const Topic& topic, bool wanted) {
    const auto bit = static_cast<std::uint8_t>(1U << static_cast<unsigned>(topic.channel));
    std::uint8_t* mask = &all_;
    if (topic.symbol != "*") {
        const SymbolId id = tape_->find(topic.symbol);
        if (id == symbol_none) {
            return;  // a ticker of which the tape tells nothing
        }
        mask = &wanted_[id.value()];
    }
    *mask = static_cast<std::uint8_t>(wanted ? *mask | bit : *mask & ~bit);
}

bool TopicSet::add(std::string_view text) {
    const auto topic = parse(text);
    if (topic) {
        names_[static_cast<std::size_t>(topic->channel)].insert(topic->symbol);
        mark(*topic, true);
    }
    return topic.has_value();
}

bool TopicSet::remove(std::string_view text) {
    const auto topic = parse(text);
    if (!topic) {
        return false;
    }
    auto& names = names_[static_cast<std::size_t>(topic->channel)];
    if (topic->symbol == "*") {
        for (const std::string& name : names) {
            mark({topic->channel, name}, false);
        }
        names.clear();
        return true;
    }
    names.erase(topic->symbol);
    mark(*topic, false);
    return true;
}

std::size_t TopicSet::size() const {
    std::size_t count = 0;
    for (const auto& names : names_) {
        count += names.size();
    }
    return count;
}

bool TopicSet::covers(const TopicSet& other) const {
    for (std::size_t channel = 0; channel < vendor_channel_count; ++channel) {
        if (!names_[channel].contains("*") &&
            !std::includes(names_[channel].begin(), names_[channel].end(),
                           other.names_[channel].begin(), other.names_[channel].end())) {
            return false;
        }
    }
    return true;
}

}  // namespace tickstock
