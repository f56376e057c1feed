#include "sources/polygon/status_message.hpp"

#include <simdjson.h>

namespace tickstock {

namespace ondemand = simdjson::ondemand;

namespace {

constexpr std::size_t text_bytes_max = 512;  // of a status or message that is kept

std::string cut(std::string_view text) {
    return std::string(text.substr(0, text_bytes_max));
}

}  // namespace

struct PolygonStatusReader::Parser {
    ondemand::parser parser;
    std::string padded;
};

PolygonStatusReader::PolygonStatusReader() : parser_(std::make_unique<Parser>()) {}
PolygonStatusReader::~PolygonStatusReader() = default;

const std::vector<PolygonStatus>& PolygonStatusReader::read(std::string_view frame) {
    found_.clear();
    has_data_ = true;
    if (frame.find("\"status\"") != std::string_view::npos) {
        has_data_ = false;
        parse(frame);
    }
    return found_;
}

void PolygonStatusReader::parse(std::string_view frame) {
    std::string& text = parser_->padded;
    text.assign(frame);
    text.reserve(text.size() + simdjson::SIMDJSON_PADDING);
    ondemand::document document;
    if (parser_->parser.iterate(text.data(), text.size(), text.capacity()).get(document)) {
        return;
    }
    const auto look = [&](ondemand::object object) {
        std::string_view event;
        std::string_view status;
        std::string_view message;
        for (auto entry : object) {
            std::string_view key;
            std::string_view value;
            if (entry.error() || entry.unescaped_key().get(key)) {
                return false;
            }
            if (key != "ev" && key != "status" && key != "message") {
                continue;
            }
            if (entry.value().get_string().get(value)) {
                continue;
            }
            (key == "ev" ? event : key == "status" ? status : message) = value;
        }
        if (event == "status") {
            found_.push_back({cut(status), cut(message)});
        } else {
            has_data_ = true;
        }
        return true;
    };
    ondemand::array array;
    ondemand::object single;
    if (document.get_array().get(array) == simdjson::SUCCESS) {
        for (auto element : array) {
            ondemand::object object;
            if (element.get_object().get(object) || !look(object)) {
                return;
            }
        }
    } else if (document.get_object().get(single) == simdjson::SUCCESS) {
        look(single);
    }
}

}  // namespace tickstock
