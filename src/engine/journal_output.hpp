#pragma once

#include <memory>
#include <string>

#include "base/result.hpp"
#include "sources/record_writer.hpp"

namespace tickstock {

/// Writes records as a journal segment, admitted as a replay of them would admit them. Until
/// finish() they stand in `path`.tmp.
Result<std::unique_ptr<RecordWriter>> open_journal_output(const std::string& path);

}  // namespace tickstock
