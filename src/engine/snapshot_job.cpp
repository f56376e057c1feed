#include "engine/snapshot_job.hpp"

namespace tickstock {

void SnapshotJob::add_shard(unsigned shard, Shard::StateParts parts) {
    const std::lock_guard lock(mutex_);
    for (auto& [name, bytes] : parts) {
        SnapshotPart part = SnapshotPart::Symbols;
        if (name == "totals") {
            part = SnapshotPart::Totals;
        } else if (name == "parked") {
            part = SnapshotPart::Parked;
        } else if (name == "control") {
            if (shard != 0) {
                continue;  // the same in all
            }
            part = SnapshotPart::Control;
        }
        sections_.push_back({static_cast<std::uint32_t>(part), std::move(bytes)});
    }
    --missing_;
}

}  // namespace tickstock
