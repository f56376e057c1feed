#include "config/json_entries.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cstdio>
#include <iterator>
#include <map>
#include <nlohmann/json.hpp>

namespace tickstock {
namespace {

using Kind = RawValue::Kind;
using Json = nlohmann::json;

constexpr std::size_t depth_limit = 16;
/// Of the parser's words about an error, which may repeat the input.
constexpr std::size_t error_text_limit = 200;

/// Reads characters and counts lines: the library's callbacks tell no position, so the handler
/// looks here. The lexer is never beyond the closing quote when a key is told.
class LineCountingIterator {
public:
    using iterator_category = std::input_iterator_tag;
    using value_type = char;
    using difference_type = std::ptrdiff_t;
    using pointer = const char*;
    using reference = const char&;

    LineCountingIterator(const char* at, int* line) : at_(at), line_(line) {}

    reference operator*() const { return *at_; }
    LineCountingIterator& operator++() {
        *line_ += *at_ == '\n' ? 1 : 0;
        ++at_;
        return *this;
    }
    bool operator==(const LineCountingIterator& other) const { return at_ == other.at_; }
    bool operator!=(const LineCountingIterator& other) const { return at_ != other.at_; }

private:
    const char* at_;
    int* line_;
};

/// Turns the parser's callbacks into entries. A callback that returns false ends the parse.
class EntryHandler final : public nlohmann::json_sax<Json> {
public:
    EntryHandler(const int& line, bool objects_in_lists)
        : line_(line), objects_in_lists_(objects_in_lists) {}

    bool null() override { return scalar({Kind::Null, "null", {}}); }
    bool boolean(bool value) override {
        return scalar({Kind::Boolean, value ? "true" : "false", {}});
    }
    bool number_integer(number_integer_t value) override {
        return scalar({Kind::Number, std::to_string(value), {}});
    }
    bool number_unsigned(number_unsigned_t value) override {
        return scalar({Kind::Number, std::to_string(value), {}});
    }
    bool number_float(number_float_t, const string_t& text) override {
        return scalar({Kind::Number, text, {}});
    }
    bool string(string_t& value) override { return scalar({Kind::String, value, {}}); }
    bool binary(binary_t&) override { return false; }

    bool start_object(std::size_t) override {
        if (in_list_ && !objects_in_lists_) {
            return fail(fmt::format("{}: an object stands in a list", path_));
        }
        if (lengths_.size() == depth_limit) {
            return fail("nested too deep");
        }
        is_item_.push_back(in_list_);
        if (in_list_) {
            in_list_ = false;
            path_ += fmt::format(".{}", lists_.back().objects++);
            entries_.push_back({path_, {Kind::Section, "", {}}, line_});
        }
        lengths_.push_back(path_.size());
        members_.push_back(0);
        root_ = true;
        return true;
    }
    bool key(string_t& name) override {
        key_line_ = line_;
        ++members_.back();
        path_.resize(lengths_.back());
        path_ += path_.empty() ? "" : ".";
        path_ += name;
        const auto [first, is_new] = lines_.emplace(path_, key_line_);
        return is_new ||
               fail(fmt::format("{}: given twice, first in line {}", path_, first->second));
    }
    bool end_object() override {
        path_.resize(lengths_.back());
        const bool empty = members_.back() == 0;
        lengths_.pop_back();
        members_.pop_back();
        in_list_ = is_item_.back();
        is_item_.pop_back();
        if (in_list_) {
            path_.resize(lists_.back().path_length);
        } else if (empty && !path_.empty()) {
            entries_.push_back({path_, {Kind::Section, "", {}}, key_line_});
        }
        return true;
    }
    bool start_array(std::size_t) override {
        if (!root_) {
            return fail_root();
        }
        if (in_list_) {
            return fail(fmt::format("{}: a list stands in a list", path_));
        }
        in_list_ = true;
        lists_.push_back({entries_.size(), path_.size(), 0});
        entries_.push_back({path_, {Kind::List, "", {}}, key_line_});
        return true;
    }
    bool end_array() override {
        lists_.pop_back();
        in_list_ = false;
        return true;
    }
    bool parse_error(std::size_t, const std::string&, const Json::exception& error) override {
        // "[json.exception.parse_error.101] parse error at line 3, column 5: what"
        std::string_view what = error.what();
        what.remove_prefix(std::min(what.find("] ") + 2, what.size()));
        int line = 0;
        int column = 0;
        if (std::sscanf(what.data(), "parse error at line %d, column %d", &line, &column) == 2) {
            what.remove_prefix(std::min(what.find(": ") + 2, what.size()));
            error_ =
                fmt::format("{}: column {}: {}", line, column, what.substr(0, error_text_limit));
            return false;
        }
        return fail(std::string(what.substr(0, error_text_limit)));
    }

    std::vector<JsonEntry>& entries() { return entries_; }
    const std::string& error() const { return error_; }

private:
    bool scalar(RawValue value) {
        if (!root_) {
            return fail_root();
        }
        if (in_list_) {
            entries_[lists_.back().entry].value.items.push_back(std::move(value));
        } else {
            entries_.push_back({path_, std::move(value), key_line_});
        }
        return true;
    }
    bool fail_root() { return fail("the file is no object: it begins with { and ends with }"); }
    bool fail(const std::string& what) {
        error_ = fmt::format("{}: {}", line_, what);
        return false;
    }

    struct OpenList {
        std::size_t entry = 0;  // of entries_
        std::size_t path_length = 0;
        std::size_t objects = 0;
    };

    const int& line_;
    const bool objects_in_lists_;
    int key_line_ = 1;
    bool root_ = false;
    bool in_list_ = false;  // directly: the innermost open thing is a list
    std::vector<OpenList> lists_;
    std::vector<bool> is_item_;  // of each open object: it stands in a list
    std::string path_;
    std::vector<std::size_t> lengths_;  // of path_, one an open object
    std::vector<std::size_t> members_;  // of each open object
    std::map<std::string, int> lines_;  // of every key so far
    std::vector<JsonEntry> entries_;
    std::string error_;
};

}  // namespace

Result<std::vector<JsonEntry>> read_json_entries(std::string_view json, bool objects_in_lists) {
    int line = 1;
    EntryHandler handler(line, objects_in_lists);
    const LineCountingIterator begin(json.data(), &line);
    const LineCountingIterator end(json.data() + json.size(), &line);
    const bool ignore_comments = true;
    if (!Json::sax_parse(begin, end, &handler, Json::input_format_t::json, true, ignore_comments)) {
        return Error{handler.error()};
    }
    return std::move(handler.entries());
}

std::string_view key_in_list(std::string_view path, std::string_view list) {
    if (!path.starts_with(list) || path.size() == list.size()) {
        return {};
    }
    path.remove_prefix(list.size() + 1);
    const auto dot = path.find('.');
    return dot == std::string_view::npos ? std::string_view{} : path.substr(dot + 1);
}

bool is_list_object(const JsonEntry& entry, std::string_view list) {
    return entry.value.kind == RawValue::Kind::Section &&
           entry.path.starts_with(std::string(list) + ".") &&
           entry.path.find('.', list.size() + 1) == std::string::npos;
}

}  // namespace tickstock
