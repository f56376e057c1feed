#include "server/config_metrics.hpp"

#include <string>

#include "base/hash.hpp"
#include "metrics/names.hpp"

namespace tickstock {

void write_config_metrics(MetricsWriter& out, const ConfigDesk* desk) {
    if (desk == nullptr) {
        return;
    }
    const ConfigDesk::Counts counts = desk->counts();
    out.family(metric::config_reloads);
    out.sample({{"result", "applied"}}, counts.applied);
    out.sample({{"result", "unchanged"}}, counts.unchanged);
    out.sample({{"result", "invalid"}}, counts.invalid);
    out.sample({{"result", "needs_restart"}}, counts.restart);
    out.sample({{"result", "failed"}}, counts.failed);
    out.family(metric::config_changed);
    out.sample({}, static_cast<double>(to_ns(counts.changed)) / 1e9);
    std::string hash;
    append_hex16(hash, counts.hash);
    out.family(metric::config_info);
    out.sample({{"hash", hash}}, std::uint64_t{1});
}

}  // namespace tickstock
