#include "rollout/rollout_folder.hpp"

#include <utility>

#include "metrics/log.hpp"
#include "rollout/rollout_files.hpp"

namespace tickstock {
namespace {

constexpr Nanos save_interval = std::chrono::seconds(60);
constexpr Nanos retry_interval = std::chrono::seconds(10);

void add(std::string& problems, const std::string& problem) {
    problems += problems.empty() || problem.empty() ? "" : "; ";
    problems += problem;
}

std::string incidents_in(const std::string& folder) {
    return folder + "/incidents";
}

}  // namespace

std::string RolloutFolder::open(Disk& disk, std::string folder) {
    disk_ = &disk;
    folder_ = std::move(folder);
    std::string problems = audit_.load(disk, folder_);
    add(problems, incidents_.load(disk, incidents_in(folder_)));
    auto kept = read_kept_evidence(disk, folder_);
    if (kept) {
        evidence_ = std::move(*kept);
    } else {
        add(problems, kept.error().message);
    }
    return problems;
}

DiskResult<DiskDone> RolloutFolder::write(const std::function<KeptEvidence()>& evidence,
                                          bool synced) {
    auto done = audit_.write(*disk_, folder_, synced);
    if (done) {
        done = incidents_.write(*disk_, incidents_in(folder_));
    }
    if (done) {
        done = replace_file(*disk_, folder_, KeptEvidence::file_name, to_json(evidence()), synced);
    }
    return done;
}

void RolloutFolder::save(Nanos now, bool now_or_never,
                         const std::function<KeptEvidence()>& evidence) {
    if (disk_ == nullptr) {
        return;
    }
    if (!next_) {
        next_ = now + save_interval;
    }
    const bool changed = audit_.has_changes() || incidents_.has_changes() || phase_has_changed_;
    const bool due = now >= *next_ || (changed && failure_.empty());
    if (!due && !now_or_never) {
        return;
    }
    // The caller waits for it: only what no journal and no later write has waits for the disk.
    const bool synced = now_or_never || incidents_.has_changes() || phase_has_changed_;
    const auto done = write(evidence, synced);
    next_ = now + (done ? save_interval : retry_interval);
    if (done) {
        phase_has_changed_ = false;
        failure_.clear();
    } else if (failure_ != done.error().message) {
        failure_ = done.error().message;
        log_warn("rollout", "{}; it is tried again", failure_);
    }
}

}  // namespace tickstock
