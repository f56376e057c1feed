#include "server/json_value.hpp"

#include <algorithm>
#include <cstdint>
#include <nlohmann/json.hpp>

namespace tickstock {
namespace {

constexpr std::size_t members_at_most = 64;

JsonValue node_of(JsonValue::Kind kind) {
    JsonValue node;
    node.kind = kind;
    return node;
}

/// Builds the tree from the library's callbacks; returning false ends the parse.
class TreeBuilder final : public nlohmann::json_sax<nlohmann::json> {
public:
    explicit TreeBuilder(std::size_t max_depth) : max_depth_(max_depth) {}

    bool null() override { return add(JsonValue{}); }
    bool boolean(bool value) override {
        JsonValue node = node_of(JsonValue::Kind::Boolean);
        node.boolean = value;
        return add(std::move(node));
    }
    bool number_integer(number_integer_t value) override { return number(std::to_string(value)); }
    bool number_unsigned(number_unsigned_t value) override { return number(std::to_string(value)); }
    bool number_float(number_float_t, const string_t& text) override { return number(text); }
    bool string(string_t& value) override {
        JsonValue node = node_of(JsonValue::Kind::String);
        node.text = std::move(value);
        return add(std::move(node));
    }
    bool binary(binary_t&) override { return false; }
    bool start_object(std::size_t) override { return open(JsonValue::Kind::Object); }
    bool start_array(std::size_t) override { return open(JsonValue::Kind::Array); }
    bool end_object() override { return close(); }
    bool end_array() override { return close(); }
    bool key(string_t& name) override {
        auto& names = open_.back().names;
        // No message of ours has more, and the search for repetitions must stay cheap.
        if (open_.back().kind != JsonValue::Kind::Object || names.size() == members_at_most ||
            std::find(names.begin(), names.end(), name) != names.end()) {
            return false;
        }
        names.push_back(std::move(name));
        return true;
    }
    bool parse_error(std::size_t, const std::string&, const nlohmann::detail::exception&) override {
        return false;
    }

    JsonValue take() { return std::move(root_); }

private:
    bool number(std::string text) {
        JsonValue node = node_of(JsonValue::Kind::Number);
        node.text = std::move(text);
        return add(std::move(node));
    }
    bool add(JsonValue node) {
        if (open_.empty()) {
            root_ = std::move(node);
        } else {
            open_.back().items.push_back(std::move(node));
        }
        return true;
    }
    bool open(JsonValue::Kind kind) {
        if (open_.size() == max_depth_) {
            return false;
        }
        open_.push_back(node_of(kind));
        return true;
    }
    bool close() {
        JsonValue node = std::move(open_.back());
        open_.pop_back();
        return add(std::move(node));
    }

    const std::size_t max_depth_;
    std::vector<JsonValue> open_;  // the containers around the current place
    JsonValue root_;
};

}  // namespace

const JsonValue* JsonValue::find(std::string_view name) const {
    const auto found = std::find(names.begin(), names.end(), name);
    if (found == names.end()) {
        return nullptr;
    }
    return &items[static_cast<std::size_t>(found - names.begin())];
}

std::optional<JsonValue> parse_json(std::string_view text, std::size_t max_depth) {
    if (text.find('\0') != std::string_view::npos) {
        return std::nullopt;  // the library takes it for the end
    }
    TreeBuilder builder(max_depth);
    if (!nlohmann::json::sax_parse(text.begin(), text.end(), &builder)) {
        return std::nullopt;
    }
    return builder.take();
}

}  // namespace tickstock
