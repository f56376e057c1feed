#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "wish.hpp"

namespace tickstock::fanout {

/// What the stream must be: the bodies that `tickstock replay --order stream` wrote, the n-th line
/// being offset n. Holds their hashes and what filters ask of them.
class Truth {
public:
    /// Nothing, with the reason in `fault`, when the file cannot be read or a line is no body.
    static std::optional<Truth> load(const std::string& path, std::string& fault);

    /// Offsets are 1…last().
    std::uint64_t last() const { return hashes_.size(); }
    bool is_body_at(std::uint64_t offset, std::string_view body) const;
    const Facts& facts(std::uint64_t offset) const { return facts_[offset - 1]; }

private:
    std::vector<std::uint64_t> hashes_;
    std::vector<Facts> facts_;
};

}  // namespace tickstock::fanout
