#pragma once

#include <string>
#include <string_view>

namespace tickstock {

/// A vendor's API key. Cannot be copied, printed or formatted, and is wiped when destroyed; shared
/// by pointer among the connections that use it.
class FeedKey {
public:
    explicit FeedKey(std::string_view text) : text_(text) {}
    ~FeedKey();
    FeedKey(const FeedKey&) = delete;
    FeedKey& operator=(const FeedKey&) = delete;

    /// For the message to the vendor only; never into a log.
    std::string_view reveal() const { return text_; }
    bool empty() const { return text_.empty(); }

private:
    std::string text_;
};

}  // namespace tickstock
