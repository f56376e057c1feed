#include "base/json_writer.hpp"

#include <array>
#include <charconv>

#include "base/decimal.hpp"
#include "base/utf8.hpp"

namespace tickstock {
namespace {

void append_escaped(std::string& out, std::string_view value) {
    constexpr std::string_view hex = "0123456789abcdef";
    for (std::size_t i = 0; i < value.size();) {
        const char c = value[i];
        const auto code = static_cast<unsigned char>(c);
        if (c == '"' || c == '\\') {
            out.push_back('\\');
            out.push_back(c);
            ++i;
        } else if (c == '\n') {
            out += "\\n";
            ++i;
        } else if (code < 0x20 || code == 0x7F) {
            out += "\\u00";
            out.push_back(hex[code >> 4]);
            out.push_back(hex[code & 0xF]);
            ++i;
        } else if (const std::size_t length = utf8_sequence(value.substr(i)); length > 0) {
            out += value.substr(i, length);
            i += length;
        } else {
            out += "\\ufffd";
            ++i;
        }
    }
}

}  // namespace

void JsonWriter::separate() {
    if (need_comma_) {
        out_.push_back(',');
    }
    need_comma_ = true;
}

JsonWriter& JsonWriter::begin_object() {
    separate();
    out_.push_back('{');
    need_comma_ = false;
    return *this;
}

JsonWriter& JsonWriter::end_object() {
    out_.push_back('}');
    need_comma_ = true;
    return *this;
}

JsonWriter& JsonWriter::begin_array() {
    separate();
    out_.push_back('[');
    need_comma_ = false;
    return *this;
}

JsonWriter& JsonWriter::end_array() {
    out_.push_back(']');
    need_comma_ = true;
    return *this;
}

JsonWriter& JsonWriter::key(std::string_view name) {
    string(name);
    out_.push_back(':');
    need_comma_ = false;
    return *this;
}

JsonWriter& JsonWriter::string(std::string_view value) {
    separate();
    out_.push_back('"');
    append_escaped(out_, value);
    out_.push_back('"');
    return *this;
}

JsonWriter& JsonWriter::number(std::int64_t value) {
    separate();
    std::array<char, 24> text;
    out_.append(text.data(), std::to_chars(text.data(), text.data() + text.size(), value).ptr);
    return *this;
}

JsonWriter& JsonWriter::number(std::uint64_t value) {
    separate();
    std::array<char, 24> text;
    out_.append(text.data(), std::to_chars(text.data(), text.data() + text.size(), value).ptr);
    return *this;
}

JsonWriter& JsonWriter::number(double value) {
    separate();
    append_double(out_, value);
    return *this;
}

JsonWriter& JsonWriter::seconds(Nanos value) {
    constexpr int nanosecond_decimals = 9;
    separate();
    append_decimal(out_, value.count(), nanosecond_decimals);
    return *this;
}

JsonWriter& JsonWriter::price(Price value) {
    separate();
    append_decimal(out_, value.raw(), Price::decimals);
    return *this;
}

JsonWriter& JsonWriter::size(Size value) {
    separate();
    append_decimal(out_, value.raw(), Size::decimals);
    return *this;
}

JsonWriter& JsonWriter::boolean(bool value) {
    return raw(value ? "true" : "false");
}

JsonWriter& JsonWriter::null() {
    return raw("null");
}

JsonWriter& JsonWriter::raw(std::string_view json) {
    separate();
    out_ += json;
    return *this;
}

}  // namespace tickstock
