#pragma once

#include <memory>
#include <string>
#include <string_view>
#include <vector>

namespace tickstock {

/// {"ev":"status","status":…,"message":…} of the vendor.
struct PolygonStatus {
    std::string status;
    std::string message;
};

/// Finds the status objects of frames. One thread; keeps a parser and its memory.
class PolygonStatusReader {
public:
    PolygonStatusReader();
    ~PolygonStatusReader();
    PolygonStatusReader(const PolygonStatusReader&) = delete;
    PolygonStatusReader& operator=(const PolygonStatusReader&) = delete;

    /// The status objects of `frame`, in order; those before the place where its JSON breaks. Costs
    /// one search in frames without any. The reference lives until the next call.
    const std::vector<PolygonStatus>& read(std::string_view frame);
    /// After read: objects that carry data stand in the frame as well.
    bool has_data() const { return has_data_; }

private:
    void parse(std::string_view frame);

    struct Parser;
    std::unique_ptr<Parser> parser_;
    std::vector<PolygonStatus> found_;
    bool has_data_ = false;
};

}  // namespace tickstock
