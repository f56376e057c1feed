#include "mock_vendor/message_encoder.hpp"

#include "base/assert.hpp"
#include "base/json_writer.hpp"
#include "model/calendar.hpp"
#include "sources/writing/record_writer_encoder.hpp"

namespace tickstock {

MessageEncoder::MessageEncoder(const Tape& tape)
    : tape_(tape), encoder_(make_polygon_ws_encoder()) {}

MessageEncoder::~MessageEncoder() = default;

std::string_view MessageEncoder::encode(std::size_t index) {
    const Record& record = tape_[index];
    const VendorChannel channel = channel_of(record);
    const std::string_view symbol = tape_.symbol(record.header().symbol);
    text_.clear();
    if (channel == VendorChannel::Imbalance) {
        append_reopening(record.status(), symbol);
        return text_;
    }
    const bool encoded = encoder_->encode(record, symbol, text_);
    TS_ASSERT(encoded);
    encoder_->end(text_);  // "[{…}]\n": the frame is made elsewhere
    text_.erase(text_.size() - 2);
    if (record.kind() == RecordKind::Bar) {
        append_day_volume(index);
    }
    return std::string_view(text_).substr(1);
}

void MessageEncoder::append_day_volume(std::size_t index) {
    const Size volume = tape_.day_volume(index);
    text_.pop_back();  // the closing brace
    text_ += ",\"av\":";
    append_int(text_, volume.raw() / Size::units_per_share);
    if (volume.raw() % Size::units_per_share != 0) {
        text_ += ",\"dav\":\"";
        append_size(text_, volume);
        text_.push_back('"');
    }
    text_.push_back('}');
}

/// The vendor has no word for a resumption but the imbalance before the reopening auction.
void MessageEncoder::append_reopening(const TradingStatus& status, std::string_view symbol) {
    const auto local = new_york_time(status.header.ts_event);
    const auto minutes = std::chrono::floor<std::chrono::minutes>(
        local - std::chrono::floor<std::chrono::days>(local));
    text_ += R"({"ev":"NOI","T":)";
    JsonWriter(text_).string(symbol);
    text_ += ",\"t\":";
    append_millis(text_, status.header.ts_event);
    text_ += ",\"at\":";
    append_int(text_, minutes.count() / 60 * 100 + minutes.count() % 60);
    text_ += R"(,"a":"H","i":)";
    append_unsigned(text_, status.header.source_sequence);
    text_ += R"(,"x":10,"o":0,"p":0,"b":0})";
}

}  // namespace tickstock
