#include "rollout/counts_json.hpp"

#include <string>

#include "rollout/json_fields.hpp"

namespace tickstock {
namespace {

// Calls `use` with the name and the value of each count, for both ways.

template <class Counts, class Use>
void each_path_count(Counts& counts, Use use) {
    use("records", counts.records);
    use("channel_requests", counts.channel_requests);
    use("channel_successes", counts.channel_successes);
    use("channel_failures", counts.channel_failures);
    use("legacy_fallbacks", counts.legacy_fallbacks);
    use("set_aside", counts.set_aside);
    use("errors", counts.errors);
    use("not_rolled_out", counts.not_rolled_out);
}

template <class Counts, class Use>
void each_comparison_count(Counts& counts, Use use) {
    use("linear", counts.linear);
    use("multi_channel", counts.multi_channel);
    use("matched", counts.matched);
    use("near", counts.near);
    use("missing", counts.missing);
    use("extra", counts.extra);
    use("late", counts.late);
    use("lost", counts.lost);
}

}  // namespace

void write_counts(JsonWriter& out, const PathCounts& counts) {
    out.begin_object();
    each_path_count(counts,
                    [&](const char* name, std::uint64_t count) { out.key(name).number(count); });
    out.key("failures_by_cause").begin_array();
    for (const std::uint64_t count : counts.failures_by_cause) {
        out.number(count);
    }
    out.end_array().end_object();
}

void write_counts(JsonWriter& out, const ComparisonCounts& counts) {
    out.begin_object();
    each_comparison_count(
        counts, [&](const char* name, std::uint64_t count) { out.key(name).number(count); });
    out.end_object();
}

void read_counts(JsonFields& in, const char* name, PathCounts& counts) {
    JsonFields fields(in.member(name));
    each_path_count(counts,
                    [&](const char* member, std::uint64_t& count) { fields.read(member, count); });
    fields.read("failures_by_cause", counts.failures_by_cause);
    if (!fields.ok()) {
        in.fail(name, fields.problem());
    }
}

void read_counts(JsonFields& in, const char* name, ComparisonCounts& counts) {
    JsonFields fields(in.member(name));
    each_comparison_count(
        counts, [&](const char* member, std::uint64_t& count) { fields.read(member, count); });
    if (!fields.ok()) {
        in.fail(name, fields.problem());
    }
}

}  // namespace tickstock
