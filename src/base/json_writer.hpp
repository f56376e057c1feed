#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include "base/price.hpp"
#include "base/time.hpp"

namespace tickstock {

/// Appends compact JSON (no spaces) to a string. The caller writes members in the order in which
/// they shall stand; commas are placed here. Strings are escaped and always leave as valid UTF-8.
class JsonWriter {
public:
    explicit JsonWriter(std::string& out) : out_(out) {}

    JsonWriter& begin_object();
    JsonWriter& end_object();
    JsonWriter& begin_array();
    JsonWriter& end_array();
    JsonWriter& key(std::string_view name);

    JsonWriter& string(std::string_view value);
    JsonWriter& number(std::int64_t value);
    JsonWriter& number(std::uint64_t value);
    JsonWriter& number(int value) { return number(static_cast<std::int64_t>(value)); }
    JsonWriter& number(unsigned value) { return number(static_cast<std::uint64_t>(value)); }
    /// Six decimals, half-even (append_double).
    JsonWriter& number(double value);
    /// In seconds, exact.
    JsonWriter& seconds(Nanos value);
    JsonWriter& price(Price value);
    JsonWriter& size(Size value);
    JsonWriter& boolean(bool value);
    JsonWriter& null();
    /// `json` is complete JSON already.
    JsonWriter& raw(std::string_view json);

private:
    void separate();

    std::string& out_;
    bool need_comma_ = false;
};

}  // namespace tickstock
