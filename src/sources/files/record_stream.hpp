#pragma once

#include <cstddef>
#include <optional>
#include <vector>

#include "base/result.hpp"
#include "model/record_reader.hpp"

namespace tickstock {

/// The records of one input in order, with symbol ids of the cache that all inputs of a reader
/// share. Inside this folder only; one thread.
class RecordStream {
public:
    virtual ~RecordStream() = default;

    /// Appends about `limit` records (a frame is not cut). False, with nothing appended, at the
    /// end.
    virtual bool fill(std::vector<Record>& out, std::size_t limit) = 0;

    /// in = out + dropped; `out` counts decoded records, whether handed over or not.
    virtual StageCounts counts() const = 0;
    virtual ReadProgress progress() const = 0;
    /// Why the input ended before its end.
    virtual std::optional<Error> failure() const = 0;
};

}  // namespace tickstock
