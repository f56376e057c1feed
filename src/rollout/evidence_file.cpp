#include "rollout/evidence_file.hpp"

#include <fmt/format.h>

#include <nlohmann/json.hpp>

#include "base/json_writer.hpp"
#include "rollout/counts_json.hpp"
#include "rollout/json_fields.hpp"
#include "rollout/rollout_files.hpp"

namespace tickstock {
namespace {

constexpr std::size_t file_limit = std::size_t{1} << 20;  // three histograms: < 200 KiB

void write(JsonWriter& out, const Histogram& histogram) {
    const Histogram::Parts parts = histogram.parts();
    out.begin_object().key("sum_ns").number(parts.sum_ns);
    out.key("min_ns").number(parts.min_ns).key("max_ns").number(parts.max_ns);
    out.key("buckets").begin_array();
    for (const auto& [bucket, count] : parts.buckets) {
        out.begin_array().number(std::uint64_t{bucket}).number(count).end_array();
    }
    out.end_array().end_object();
}

bool read_buckets(const nlohmann::json& list, Histogram::Parts& parts) {
    if (!list.is_array()) {
        return false;
    }
    for (const nlohmann::json& pair : list) {
        if (!pair.is_array() || pair.size() != 2 || !pair[0].is_number_unsigned() ||
            !pair[1].is_number_unsigned() || pair[0].get<std::uint64_t>() > 0xFFFF) {
            return false;
        }
        parts.buckets.emplace_back(pair[0].get<std::uint16_t>(), pair[1].get<std::uint64_t>());
    }
    return true;
}

void read(JsonFields& in, const char* name, Histogram& histogram) {
    JsonFields fields(in.member(name));
    Histogram::Parts parts;
    fields.read("sum_ns", parts.sum_ns);
    fields.read("min_ns", parts.min_ns);
    fields.read("max_ns", parts.max_ns);
    const bool listed = read_buckets(fields.member("buckets"), parts);
    const auto made = listed && fields.ok() ? Histogram::from_parts(parts) : std::nullopt;
    made ? void(histogram = *made) : in.fail(name, "is no distribution of times");
}

void read(JsonFields& in, PathTimes& times) {
    JsonFields fields(in.member("times"));
    read(fields, "linear", times.linear);
    read(fields, "multi_channel", times.multi_channel);
    read(fields, "added", times.added);
    fields.read("pairs", times.pairs);
    fields.read("wins", times.wins);
    fields.read("saved_ns", times.saved_ns);
    if (!fields.ok()) {
        in.fail("times", fields.problem());
    }
}

}  // namespace

std::string to_json(const KeptEvidence& kept) {
    std::string text;
    JsonWriter out(text);
    out.begin_object().key("version").number(KeptEvidence::version);
    out.key("phase_since").number(to_ns(kept.phase_since));
    out.key("error_alerts").number(kept.error_alerts);
    out.key("accounting_closes").boolean(kept.evidence.accounting_closes);
    out.key("paths");
    write_counts(out, kept.evidence.paths);
    out.key("comparison");
    write_counts(out, kept.evidence.comparison);
    const PathTimes& times = kept.evidence.times;
    out.key("times").begin_object().key("pairs").number(times.pairs).key("wins").number(times.wins);
    out.key("saved_ns").number(times.saved_ns).key("linear");
    write(out, times.linear);
    out.key("multi_channel");
    write(out, times.multi_channel);
    out.key("added");
    write(out, times.added);
    out.end_object().end_object();
    text += '\n';
    return text;
}

Result<KeptEvidence> parse_kept_evidence(const std::string& text) {
    const auto json = nlohmann::json::parse(text, nullptr, false);
    if (json.is_discarded()) {
        return Error{"it is no JSON"};
    }
    JsonFields fields(json);
    std::uint64_t version = 0;
    fields.read("version", version);
    if (fields.ok() && version != KeptEvidence::version) {
        return Error{fmt::format("version {} (accepted: {})", version, KeptEvidence::version)};
    }
    KeptEvidence kept;
    fields.read("phase_since", kept.phase_since);
    fields.read("error_alerts", kept.error_alerts);
    fields.read("accounting_closes", kept.evidence.accounting_closes);
    read_counts(fields, "paths", kept.evidence.paths);
    read_counts(fields, "comparison", kept.evidence.comparison);
    read(fields, kept.evidence.times);
    if (!fields.ok()) {
        return Error{fields.problem()};
    }
    return kept;
}

Result<std::optional<KeptEvidence>> read_kept_evidence(Disk& disk, const std::string& folder) {
    const std::string path = folder + "/" + KeptEvidence::file_name;
    const auto text = read_small_file(disk, path, file_limit);
    if (!text) {
        return Error{text.error().message};
    }
    if (!*text) {
        return std::optional<KeptEvidence>();
    }
    auto kept = parse_kept_evidence(**text);
    if (!kept) {
        return Error{
            fmt::format("{}: {}; the phase's evidence begins anew", path, kept.error().message)};
    }
    return std::optional(std::move(*kept));
}

}  // namespace tickstock
