#pragma once

#include "base/json_writer.hpp"
#include "rollout/path_evidence.hpp"

namespace tickstock {

class JsonFields;

// Counts of the two paths as JSON objects, with the members' own names.
void write_counts(JsonWriter& out, const PathCounts& counts);
void write_counts(JsonWriter& out, const ComparisonCounts& counts);
// What cannot be read fails `in`.
void read_counts(JsonFields& in, const char* name, PathCounts& counts);
void read_counts(JsonFields& in, const char* name, ComparisonCounts& counts);

}  // namespace tickstock
