#pragma once

#include <array>
#include <cmath>
#include <cstddef>
#include <cstdint>
#include <nlohmann/json.hpp>
#include <string>
#include <string_view>

#include "base/strong.hpp"
#include "base/time.hpp"

namespace tickstock {

/// Reads members of a JSON object into values of exactly their kind. The first one that is absent
/// or of another kind or range is kept as problem(); what it was to fill stays.
class JsonFields {
public:
    explicit JsonFields(const nlohmann::json& object) : object_(object) {
        if (!object.is_object()) {
            fail("it", "is no object");
        }
    }

    const nlohmann::json& member(const char* name) {
        static const nlohmann::json nothing;
        if (!object_.is_object()) {
            return nothing;
        }
        const auto found = object_.find(name);
        if (found == object_.end()) {
            fail(name, "is missing");
            return nothing;
        }
        return *found;
    }
    void read(const char* name, std::uint64_t& value) {
        const nlohmann::json& found = member(name);
        found.is_number_unsigned() ? void(value = found.get<std::uint64_t>())
                                   : fail(name, "is no count");
    }
    void read(const char* name, std::int64_t& value) {
        const nlohmann::json& found = member(name);
        const bool fits =
            found.is_number_integer() &&
            (!found.is_number_unsigned() || found.get<std::uint64_t>() <= std::uint64_t{1} << 62);
        fits ? void(value = found.get<std::int64_t>()) : fail(name, "is no integer");
    }
    void read(const char* name, std::uint8_t& value, std::uint8_t limit) {
        const nlohmann::json& found = member(name);
        const bool fits = found.is_number_unsigned() && found.get<std::uint64_t>() < limit;
        fits ? void(value = found.get<std::uint8_t>()) : fail(name, "is out of range");
    }
    void read(const char* name, double& value) {
        const nlohmann::json& found = member(name);
        found.is_number() ? void(value = found.get<double>()) : fail(name, "is no number");
    }
    void read(const char* name, bool& value) {
        const nlohmann::json& found = member(name);
        found.is_boolean() ? void(value = found.get<bool>())
                           : fail(name, "is neither true nor false");
    }
    void read(const char* name, std::string& value, std::size_t limit) {
        const nlohmann::json& found = member(name);
        const bool fits = found.is_string() && found.get_ref<const std::string&>().size() <= limit;
        fits ? void(value = found.get<std::string>()) : fail(name, "is no text, or too long");
    }
    void read(const char* name, UnixNanos& value) {
        std::int64_t ns = to_ns(value);
        read(name, ns);
        value = unix_nanos(ns);
    }
    template <std::size_t N>
    void read(const char* name, std::array<std::uint64_t, N>& values) {
        const nlohmann::json& found = member(name);
        if (!found.is_array() || found.size() != N) {
            return fail(name, "is no list of its length");
        }
        for (std::size_t i = 0; i < N; ++i) {
            found[i].is_number_unsigned() ? void(values[i] = found[i].get<std::uint64_t>())
                                          : fail(name, "holds something that is no count");
        }
    }

    void fail(std::string_view name, std::string_view what) {
        if (problem_.empty()) {
            problem_ = std::string(name) + " " + std::string(what);
        }
    }
    bool ok() const { return problem_.empty(); }
    const std::string& problem() const { return problem_; }

private:
    const nlohmann::json& object_;
    std::string problem_;
};

}  // namespace tickstock
