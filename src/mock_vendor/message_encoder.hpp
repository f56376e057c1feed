#pragma once

#include <memory>
#include <string>
#include <string_view>

#include "mock_vendor/tape.hpp"
#include "mock_vendor/topics.hpp"

namespace tickstock {

class RecordEncoder;

/// Records of a tape as single messages of the vendor's wire, without the frame around them.
class MessageEncoder {
public:
    explicit MessageEncoder(const Tape& tape);
    ~MessageEncoder();

    /// Valid until the next call. REQUIRES: channel_of(the record) is not None.
    std::string_view encode(std::size_t index);

private:
    void append_day_volume(std::size_t index);
    void append_reopening(const TradingStatus& status, std::string_view symbol);

    const Tape& tape_;
    const std::unique_ptr<RecordEncoder> encoder_;
    std::string text_;
};

}  // namespace tickstock
