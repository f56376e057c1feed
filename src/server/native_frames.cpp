#include "server/native_frames.hpp"

namespace tickstock::native_frames {
namespace {

void number_or_null(JsonWriter& json, Offset offset) {
    offset == Offset{} ? json.null() : json.number(offset.value());
}

}  // namespace

void epoch_and(JsonWriter& json, const std::string& epoch, std::string_view name, Offset offset) {
    json.key("epoch").string(epoch).key(name).number(offset.value());
}

std::string begin_frame(std::string_view op, const std::string& id) {
    std::string text;
    JsonWriter json(text);
    json.begin_object().key("op").string(op);
    if (!id.empty()) {
        json.key("id").string(id);
    }
    return text;
}

void write_names(JsonWriter& json, const std::vector<std::string>& names) {
    json.begin_array();
    for (const std::string& name : names) {
        json.string(name);
    }
    json.end_array();
}

std::string subscribed_text(const std::string& id, const Delivery& delivery,
                            const std::vector<std::string>& user_filters) {
    std::string text = begin_frame("subscribed", id);
    text += ',';
    JsonWriter json(text);
    json.key("position").begin_object();
    epoch_and(json, delivery.epoch, "offset", delivery.last);
    json.end_object().key("recovered").boolean(delivery.recovered);
    json.key("reason");
    delivery.reason.empty() ? json.null() : json.string(delivery.reason);
    if (!user_filters.empty()) {
        write_names(json.key("user_filters"), user_filters);
    }
    json.end_object();
    return text;
}

std::string gap_text(const std::string& id, const Delivery& delivery,
                     const std::string& next_epoch) {
    std::string text = begin_frame("gap", id);
    text += ',';
    JsonWriter json(text);
    epoch_and(json, delivery.epoch, "from", delivery.first);
    json.key("to");
    number_or_null(json, delivery.last);
    json.key("reason").string(delivery.reason);
    if (next_epoch != delivery.epoch) {
        json.key("next_epoch").string(next_epoch);
    }
    json.end_object();
    return text;
}

std::string snapshot_head(const std::string& id, const Delivery& delivery) {
    std::string text = begin_frame("snapshot", id);
    text += ',';
    JsonWriter json(text);
    epoch_and(json, delivery.epoch, "offset", delivery.last);
    json.key("more").boolean(delivery.more).key("events");
    text += '[';
    text += *delivery.text;
    text += "]}";
    return text;
}

std::string bookmark_tail(const Delivery& delivery) {
    std::string text;
    JsonWriter json(text);
    epoch_and(json, delivery.epoch, "first", delivery.first);
    json.key("last").number(delivery.last.value());
    json.key("events").begin_array().end_array().end_object();
    return text;
}

}  // namespace tickstock::native_frames
