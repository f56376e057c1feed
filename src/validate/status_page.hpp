#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace tickstock::validate {

// What gates read in /api/v1/status.

/// The number at "channels.tick.processing_seconds.p99": members by name, elements of an array by
/// their member "name". Nothing when it is not there.
std::optional<double> number_at(std::string_view page, std::string_view path);
/// The value as written; empty when it is not there.
std::string_view value_at(std::string_view page, std::string_view path);

/// What does not add up in the page's "accounting": in = out + held + Σ dropped at every stage, and
/// out of a stage = in of the next where both count the same. Empty: all of it does.
std::vector<std::string> accounting_faults(std::string_view page);

}  // namespace tickstock::validate
