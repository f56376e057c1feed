#include "rollout/audit_log.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <nlohmann/json.hpp>
#include <string_view>

#include "base/json_writer.hpp"
#include "rollout/json_fields.hpp"
#include "rollout/rollout_files.hpp"

namespace tickstock {
namespace {

constexpr std::size_t text_limit = 4'000;                 // bytes of a member
constexpr std::size_t read_limit = std::size_t{4} << 20;  // bytes: somebody else's file

}  // namespace

std::string to_json(const RolloutAudit& entry) {
    std::string text;
    JsonWriter out(text);
    out.begin_object().key("sequence").number(entry.sequence.value());
    out.key("wall").number(to_ns(entry.wall)).key("clock").number(to_ns(entry.clock));
    out.key("by").string(entry.by).key("kind").string(entry.kind);
    out.key("text").string(entry.text).key("reason").string(entry.reason);
    out.key("phase").number(std::uint64_t{entry.phase});
    out.key("percentage").number(entry.percentage).end_object();
    return text;
}

Result<RolloutAudit> parse_audit(const std::string& line) {
    const auto json = nlohmann::json::parse(line, nullptr, false);
    if (json.is_discarded()) {
        return Error{"it is no JSON"};
    }
    JsonFields fields(json);
    RolloutAudit entry;
    std::uint64_t sequence = 0;
    fields.read("sequence", sequence);
    fields.read("wall", entry.wall);
    fields.read("clock", entry.clock);
    fields.read("by", entry.by, text_limit);
    fields.read("kind", entry.kind, text_limit);
    fields.read("text", entry.text, text_limit);
    fields.read("reason", entry.reason, text_limit);
    fields.read("phase", entry.phase, rollout_phase_count);
    fields.read("percentage", entry.percentage);
    if (!fields.ok()) {
        return Error{fields.problem()};
    }
    entry.sequence = Sequence{sequence};
    return entry;
}

std::string AuditLog::load(Disk& disk, const std::string& folder) {
    const std::string path = folder + "/" + file_name;
    const auto text = read_small_file(disk, path, read_limit);
    if (!text) {
        return text.error().message + "; the audit begins anew";
    }
    if (!*text) {
        return {};
    }
    size_ = (*text)->size();
    anew_ = size_ > 0 && (*text)->back() != '\n';
    std::size_t number = 0;
    std::size_t unreadable = 0;
    std::string first;
    std::string_view rest = **text;
    while (!rest.empty()) {
        const std::size_t end = std::min(rest.find('\n'), rest.size());
        const std::string line(rest.substr(0, end));
        rest.remove_prefix(std::min(end + 1, rest.size()));
        ++number;
        auto entry = parse_audit(line);
        if (entry) {
            entries_.push_back(std::move(*entry));
        } else if (++unreadable == 1) {
            first = fmt::format("{}, line {}: {}", path, number, entry.error().message);
        }
    }
    if (entries_.size() > limit) {
        entries_.erase(entries_.begin(), entries_.end() - static_cast<std::ptrdiff_t>(limit));
    }
    anew_ = anew_ || unreadable > 0;
    return unreadable < 2 ? first : fmt::format("{} ({} such lines)", first, unreadable);
}

bool AuditLog::has(Sequence sequence, UnixNanos wall) const {
    return std::ranges::any_of(entries_, [&](const RolloutAudit& entry) {
        return entry.sequence == sequence && entry.wall == wall;
    });
}

void AuditLog::add(RolloutAudit entry) {
    const std::string line = to_json(entry) + "\n";
    entries_.push_back(std::move(entry));
    if (entries_.size() > limit) {
        entries_.erase(entries_.begin());
    }
    if (size_ + unwritten_.size() + line.size() > file_limit) {
        anew_ = true;
    }
    if (!anew_) {
        unwritten_ += line;
    }
}

DiskResult<DiskDone> AuditLog::write(Disk& disk, const std::string& folder, bool synced) {
    if (!anew_) {
        return unwritten_.empty() ? DiskDone{} : append(disk, folder + "/" + file_name, synced);
    }
    std::string text;
    for (const RolloutAudit& entry : entries_) {
        text += to_json(entry) + "\n";
    }
    auto done = replace_file(disk, folder, file_name, text, synced);
    if (done) {
        size_ = text.size();
        unwritten_.clear();
        anew_ = false;
    }
    return done;
}

DiskResult<DiskDone> AuditLog::append(Disk& disk, const std::string& path, bool synced) {
    auto file = disk.open(path, Disk::Mode::Write);
    auto done = file ? (*file)->write_at(size_, unwritten_) : DiskResult<DiskDone>(file.error());
    if (done && synced) {
        done = (*file)->sync();
    }
    if (!done) {
        anew_ = true;  // any part of it may stand there
        unwritten_.clear();
        return done;
    }
    size_ += unwritten_.size();
    unwritten_.clear();
    return done;
}

}  // namespace tickstock
