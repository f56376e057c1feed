#include "auth/strict_json.hpp"

#include <set>
#include <string>
#include <vector>

namespace tickstock {
namespace {

using nlohmann::json;

/// Follows the parser without keeping values; false stops it.
class DuplicateFinder final : public nlohmann::json_sax<json> {
public:
    explicit DuplicateFinder(std::size_t max_depth) : max_depth_(max_depth) {}

    bool null() override { return true; }
    bool boolean(bool) override { return true; }
    bool number_integer(number_integer_t) override { return true; }
    bool number_unsigned(number_unsigned_t) override { return true; }
    bool number_float(number_float_t, const string_t&) override { return true; }
    bool string(string_t&) override { return true; }
    bool binary(binary_t&) override { return false; }
    bool start_object(std::size_t) override { return push(); }
    bool start_array(std::size_t) override { return push(); }
    bool key(string_t& name) override { return names_.back().insert(name).second; }
    bool end_object() override { return pop(); }
    bool end_array() override { return pop(); }
    bool parse_error(std::size_t, const std::string&, const json::exception&) override {
        return false;
    }

private:
    bool push() {
        names_.emplace_back();
        return names_.size() <= max_depth_;
    }
    bool pop() {
        names_.pop_back();
        return true;
    }

    std::size_t max_depth_;
    std::vector<std::set<std::string>> names_;  // of the objects that are open
};

}  // namespace

std::optional<json> parse_strict_object(std::string_view text, std::size_t max_depth) {
    DuplicateFinder finder(max_depth);
    // The parser skips a byte order mark and takes a zero byte for the end of the text.
    if (text.starts_with('\xef') || text.find('\0') != text.npos ||
        !json::sax_parse(text, &finder)) {
        return std::nullopt;
    }
    json value = json::parse(text, nullptr, false);
    if (!value.is_object()) {
        return std::nullopt;
    }
    return value;
}

}  // namespace tickstock
