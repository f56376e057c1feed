#pragma once

#include <string_view>

#include "model/record.hpp"

namespace tickstock {

/// Why no source may admit such a record, so that no journal holds one: a static text that names
/// the field, or "" for a sound record. Keeps a damaged or forged file out of the pipeline.
std::string_view record_fault(const Record& record);

}  // namespace tickstock
