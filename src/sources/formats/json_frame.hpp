#pragma once

#include <simdjson.h>

#include <array>
#include <bit>
#include <cstdint>
#include <cstring>
#include <string_view>
#include <vector>

#include "sources/formats/json_text.hpp"
#include "sources/formats/line_decoder.hpp"
#include "sources/formats/record_builder.hpp"

namespace tickstock {

// The frames of vendors that send arrays of JSON objects with short keys, for their decoders' .cpp
// files only: a vendor is the list of its members' names and a function that builds a record.

/// A short key as a number: its bytes, lowest first.
constexpr std::uint64_t key_code(std::string_view key) {
    std::uint64_t code = 0;
    for (std::size_t i = 0; i < key.size(); ++i) {
        code |= static_cast<std::uint64_t>(static_cast<unsigned char>(key[i])) << (8 * i);
    }
    return code;
}

/// The code of the key whose text begins at `raw` (behind its quote); 0 for keys over 7 bytes,
/// which no message has. Reads 8 bytes: the line is padded.
inline std::uint64_t read_key(const char* raw) {
    std::uint64_t word = 0;
    std::memcpy(&word, raw, sizeof word);
    constexpr std::uint64_t low7 = 0x7F7F7F7F7F7F7F7FU;
    const std::uint64_t x = word ^ 0x2222222222222222U;  // '"'
    const std::uint64_t quotes = ~(((x & low7) + low7) | x | low7);
    if (quotes == 0) {
        return 0;
    }
    const int length = std::countr_zero(quotes) / 8;
    return word & ((std::uint64_t{1} << (8 * length)) - 1);
}

/// A table without collisions from a key's code to its member's number, so that telling 30 names
/// apart costs one multiplication and no branch that depends on the data. REQUIRES: names of at
/// most 7 bytes, all different.
template <std::size_t Count>
class MemberTable {
public:
    explicit constexpr MemberTable(const std::array<std::string_view, Count>& names) {
        while (!try_multiplier(names)) {
            multiplier_ = multiplier_ * 0x5851F42D4C957F2DU + 0x14057B7EF767814FU;
        }
    }
    /// Count for an unknown one.
    constexpr unsigned find(std::uint64_t code) const {
        const Entry& entry = entries_[slot(code)];
        return entry.code == code ? entry.member : unsigned{Count};
    }

private:
    static constexpr int slot_bits = 7;
    static_assert(Count < (std::size_t{1} << slot_bits) / 3);
    struct Entry {
        std::uint64_t code = ~std::uint64_t{0};
        unsigned member = Count;
    };

    constexpr std::size_t slot(std::uint64_t code) const {
        return (code * (multiplier_ | 1U)) >> (64 - slot_bits);
    }
    constexpr bool try_multiplier(const std::array<std::string_view, Count>& names) {
        entries_ = {};
        for (unsigned i = 0; i < Count; ++i) {
            const std::uint64_t code = key_code(names[i]);
            Entry& entry = entries_[slot(code)];
            if (entry.member != Count) {
                return false;
            }
            entry = {code, i};
        }
        return true;
    }

    std::uint64_t multiplier_ = 0x9E3779B97F4A7C15U;
    std::array<Entry, std::size_t{1} << slot_bits> entries_{};
};

/// The text of every known member of one message, by its number.
template <std::size_t Count>
class JsonMessage {
public:
    static_assert(Count <= 64);

    void clear() { present_ = 0; }
    /// Of a member that stands twice the first counts.
    void set(unsigned member, std::string_view text) {
        if ((present_ >> member & 1U) == 0) {
            present_ |= std::uint64_t{1} << member;
            text_[member] = text;
        }
    }
    std::string_view operator[](unsigned member) const {
        return (present_ >> member & 1U) != 0 ? text_[member] : std::string_view{};
    }
    /// The first of the two that is there.
    std::string_view either(unsigned first, unsigned second) const {
        const std::string_view text = (*this)[first];
        return text.empty() ? (*this)[second] : text;
    }

private:
    std::uint64_t present_ = 0;
    std::array<std::string_view, Count> text_;
};

/// A line is a frame: an array of objects, or a single object. An object with a bad value is one
/// rejected row and harms no other. A frame that is no JSON array to its end is one malformed row;
/// where the JSON breaks inside, what stood before stays and the rest is one malformed row.
/// `Build` is FieldStatus(const JsonMessage<…>&, DecodeContext&, Record&).
template <const auto& Names, auto Build>
class JsonFrameDecoder final : public LineDecoder {
public:
    explicit JsonFrameDecoder(DecodeContext& context)
        : context_(context), parser_(context.line_length) {}

    void decode(std::string_view line, std::vector<Record>& out) override {
        const std::size_t begin = line.find_first_not_of(" \t");
        if (begin == std::string_view::npos) {
            return;
        }
        simdjson::ondemand::document frame;
        const bool readable =
            !parser_.iterate(line.data(), line.size(), line.size() + line_padding).get(frame) &&
            (line[begin] == '[' ? decode_array(frame, line, out) : decode_single(frame, line, out));
        if (!readable) {
            context_.ledger.reject(Reason::Malformed, line);
        }
    }

private:
    // Each of these is false where the JSON breaks.

    bool decode_array(simdjson::ondemand::document& frame, std::string_view line,
                      std::vector<Record>& out) {
        simdjson::ondemand::array messages;
        if (frame.get_array().get(messages)) {
            return false;
        }
        for (auto element : messages) {
            simdjson::ondemand::value message;
            if (element.get(message) || !decode_message(message, line, out)) {
                return false;
            }
        }
        return at_end(frame);
    }

    bool decode_single(simdjson::ondemand::document& frame, std::string_view line,
                       std::vector<Record>& out) {
        simdjson::ondemand::object members;
        return !frame.get_object().get(members) && read(members) &&
               (finish(line, out), at_end(frame));
    }

    bool decode_message(simdjson::ondemand::value& message, std::string_view line,
                        std::vector<Record>& out) {
        simdjson::ondemand::object members;
        if (const auto error = message.get_object().get(members)) {
            if (error != simdjson::INCORRECT_TYPE) {
                return false;
            }
            context_.ledger.reject(Reason::Malformed, line);
            return true;
        }
        if (!read(members)) {
            return false;
        }
        finish(line, out);
        return true;
    }

    bool read(simdjson::ondemand::object& members) {
        message_.clear();
        for (auto entry : members) {
            if (entry.error()) {
                return false;
            }
            // In place: a copy of the field costs more than all the rest of this loop.
            simdjson::ondemand::field& field = entry.value_unsafe();
            const unsigned member = table.find(read_key(field.key().raw()));
            if (member == count) {
                continue;
            }
            std::string_view text;
            if (value_text(field.value(), text)) {
                return false;
            }
            message_.set(member, text);
        }
        return true;
    }

    void finish(std::string_view line, std::vector<Record>& out) {
        Record record;
        const FieldStatus status = Build(message_, context_, record);
        if (status == field_ok) {
            context_.ledger.accept();
            out.push_back(record);
        } else {
            context_.ledger.reject(status, line);
        }
    }

    static constexpr std::size_t count = Names.size();
    static constexpr MemberTable<count> table{Names};

    DecodeContext& context_;
    simdjson::ondemand::parser parser_;
    JsonMessage<count> message_;
};

}  // namespace tickstock
