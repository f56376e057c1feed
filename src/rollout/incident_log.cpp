#include "rollout/incident_log.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <nlohmann/json.hpp>

#include "base/assert.hpp"
#include "base/json_writer.hpp"
#include "rollout/counts_json.hpp"
#include "rollout/json_fields.hpp"
#include "rollout/rollout_files.hpp"

namespace tickstock {
namespace {

constexpr std::size_t file_limit = std::size_t{64} << 10;  // bytes
constexpr std::size_t text_limit = 4'000;                  // bytes of a member
constexpr std::size_t problems_told = 5;
constexpr std::string_view extension = ".json";
constexpr std::size_t time_length = 15;   // "20240305T143000"
constexpr std::size_t number_limit = 12;  // digits

bool all_digits(std::string_view text) {
    return !text.empty() && std::ranges::all_of(text, [](char c) { return c >= '0' && c <= '9'; });
}

/// Of an id; nothing when it is none.
std::optional<std::uint64_t> number_of(std::string_view id) {
    if (id.size() <= time_length + 1 || id.size() > time_length + 1 + number_limit ||
        id[8] != 'T' || id[time_length] != '-' || !all_digits(id.substr(0, 8)) ||
        !all_digits(id.substr(9, 6)) || !all_digits(id.substr(time_length + 1))) {
        return std::nullopt;
    }
    return std::stoull(std::string(id.substr(time_length + 1)));
}

/// By number: wall time may have gone back.
bool is_older(const RolloutIncident& a, const RolloutIncident& b) {
    return number_of(a.id) < number_of(b.id);
}

}  // namespace

std::string to_json(const RolloutIncident& incident) {
    std::string text;
    JsonWriter out(text);
    out.begin_object().key("version").number(IncidentLog::version);
    out.key("id").string(incident.id);
    out.key("wall").number(to_ns(incident.wall)).key("clock").number(to_ns(incident.clock));
    out.key("sequence").number(incident.sequence.value());
    out.key("by").string(incident.by).key("cause").string(incident.cause);
    out.key("text").string(incident.text);
    out.key("phase").number(std::uint64_t{incident.phase});
    out.key("percentage").number(incident.percentage);
    out.key("symbols").number(incident.symbols);
    out.key("paths");
    write_counts(out, incident.paths);
    out.key("comparison");
    write_counts(out, incident.comparison);
    out.key("error_rate_percent").number(incident.error_rate_percent);
    out.key("mean_ms").number(incident.mean_ms);
    out.key("resolved").number(to_ns(incident.resolved));
    out.key("resolved_by").string(incident.resolved_by).end_object();
    return text;
}

Result<RolloutIncident> parse_incident(const std::string& text) {
    const auto json = nlohmann::json::parse(text, nullptr, false);
    if (json.is_discarded()) {
        return Error{"it is no JSON"};
    }
    JsonFields fields(json);
    std::uint64_t version = 0;
    fields.read("version", version);
    if (fields.ok() && version != IncidentLog::version) {
        return Error{fmt::format("version {} (accepted: {})", version, IncidentLog::version)};
    }
    RolloutIncident incident;
    std::uint64_t sequence = 0;
    fields.read("id", incident.id, text_limit);
    fields.read("wall", incident.wall);
    fields.read("clock", incident.clock);
    fields.read("sequence", sequence);
    fields.read("by", incident.by, text_limit);
    fields.read("cause", incident.cause, text_limit);
    fields.read("text", incident.text, text_limit);
    fields.read("phase", incident.phase, rollout_phase_count);
    fields.read("percentage", incident.percentage);
    fields.read("symbols", incident.symbols);
    read_counts(fields, "paths", incident.paths);
    read_counts(fields, "comparison", incident.comparison);
    fields.read("error_rate_percent", incident.error_rate_percent);
    fields.read("mean_ms", incident.mean_ms);
    fields.read("resolved", incident.resolved);
    fields.read("resolved_by", incident.resolved_by, text_limit);
    if (fields.ok() && !number_of(incident.id)) {
        fields.fail("id", "is none");
    }
    if (!fields.ok()) {
        return Error{fields.problem()};
    }
    incident.sequence = Sequence{sequence};
    return incident;
}

std::string IncidentLog::load(Disk& disk, const std::string& folder) {
    const auto names = disk.list(folder);
    if (!names) {
        return names.error().message;
    }
    std::size_t problem_count = 0;
    std::string problems;
    const auto tell = [&](const std::string& problem) {
        if (++problem_count <= problems_told) {
            problems += (problems.empty() ? "" : "; ") + problem;
        }
    };
    for (const std::string& name : *names) {
        if (name.ends_with(".tmp")) {
            (void)disk.remove(folder + "/" + name);  // of a process that died
            continue;
        }
        const std::string_view id =
            std::string_view(name).substr(0, name.size() - std::min(name.size(), extension.size()));
        const auto number = name.ends_with(extension) ? number_of(id) : std::nullopt;
        if (!number) {
            continue;  // somebody else's
        }
        last_number_ = std::max(last_number_, *number);
        const std::string path = folder + "/" + name;
        const auto text = read_small_file(disk, path, file_limit);
        if (!text) {
            tell(text.error().message);
            continue;
        }
        auto incident = parse_incident(text->value_or(""));
        if (!incident) {
            tell(path + ": " + incident.error().message);
        } else if (incident->id != id) {
            tell(path + ": it holds incident " + incident->id);
        } else {
            incidents_.push_back(std::move(*incident));
        }
    }
    if (problem_count > problems_told) {
        problems += fmt::format("; and {} more", problem_count - problems_told);
    }
    std::ranges::stable_sort(incidents_, is_older);
    return problems;
}

std::string IncidentLog::next_id(UnixNanos wall) const {
    const auto day = std::chrono::floor<std::chrono::days>(wall);
    const std::chrono::year_month_day date(day);
    const std::chrono::hh_mm_ss time(std::chrono::floor<std::chrono::seconds>(wall - day));
    return fmt::format("{:04}{:02}{:02}T{:02}{:02}{:02}-{}", static_cast<int>(date.year()),
                       static_cast<unsigned>(date.month()), static_cast<unsigned>(date.day()),
                       time.hours().count(), time.minutes().count(), time.seconds().count(),
                       last_number_ + 1);
}

UnixNanos IncidentLog::time_of(std::string_view id) {
    using namespace std::chrono;
    if (!number_of(id)) {
        return time_unknown;
    }
    const auto part = [id](std::size_t at, std::size_t length) {
        return std::stoi(std::string(id.substr(at, length)));
    };
    const year_month_day date(year(part(0, 4)), month(static_cast<unsigned>(part(4, 2))),
                              day(static_cast<unsigned>(part(6, 2))));
    if (!date.ok()) {
        return time_unknown;
    }
    return sys_days(date) + hours(part(9, 2)) + minutes(part(11, 2)) + seconds(part(13, 2));
}

void IncidentLog::add(RolloutIncident incident) {
    TS_ASSERT(find(incident.id) == nullptr);
    last_number_ = std::max(last_number_, number_of(incident.id).value_or(0));
    changed_.insert(incident.id);
    incidents_.push_back(std::move(incident));
    while (incidents_.size() > limit) {
        changed_.insert(incidents_.front().id);
        incidents_.erase(incidents_.begin());
    }
}

const RolloutIncident* IncidentLog::find(std::string_view id) const {
    const auto found = std::ranges::find(incidents_, id, &RolloutIncident::id);
    return found == incidents_.end() ? nullptr : &*found;
}

void IncidentLog::resolve(std::string_view id, UnixNanos wall, const std::string& by) {
    const auto found = std::ranges::find(incidents_, id, &RolloutIncident::id);
    if (found != incidents_.end()) {
        found->resolved = wall;
        found->resolved_by = by;
        changed_.insert(found->id);
    }
}

DiskResult<DiskDone> IncidentLog::write(Disk& disk, const std::string& folder) {
    while (incidents_.size() > limit) {  // as they were found
        changed_.insert(incidents_.front().id);
        incidents_.erase(incidents_.begin());
    }
    while (!changed_.empty()) {
        const std::string& id = *changed_.begin();
        const std::string name = id + std::string(extension);
        const RolloutIncident* const incident = find(id);
        auto done = incident != nullptr
                        ? replace_file(disk, folder, name, to_json(*incident) + "\n")
                        : disk.remove(folder + "/" + name);
        if (!done && (incident != nullptr || done.error().code != ENOENT)) {
            return done;
        }
        changed_.erase(changed_.begin());
    }
    return DiskDone{};
}

}  // namespace tickstock
